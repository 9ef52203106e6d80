import type { TokenAddress } from "../datadog/client";
import type { Revocation } from "./arguments";
import { insistWhoAmI, type LookUp, lookUp } from "./lookUp";
import { NotRevokedError } from "./notRevokedError";
import { ownerText } from "./owners";
import { addressOf, type Snapshot } from "./records";
import type { Session } from "./session";
import { organization } from "./wording";

/** What the guards let through: what was seen of the token, and by which path it goes. */
export interface Admitted {
  readonly seen: LookUp;
  readonly address: TokenAddress;
}

/** What is known of a token before it is guarded. */
export interface GuardOptions {
  /** What this run has seen of it already. */
  readonly seen?: LookUp | undefined;
  /** What an earlier run saw of it. */
  readonly recorded?: Snapshot | undefined;
}

/**
 * Finds out what Datadog says of a token, and judges it by the guards.
 *
 * @throws NotRevokedError when a guard speaks against it
 */
export async function guard(
  session: Session,
  revocation: Revocation,
  { seen: before, recorded }: GuardOptions = {},
): Promise<Admitted> {
  const { tokenId, serviceAccountId, expect = {} } = revocation;
  guardSelf(session, tokenId, revocation);
  const seen = before ?? (await lookUp(session, addressOf({ tokenId, serviceAccountId, snapshot: recorded })));
  await guardOrganization(session, tokenId, revocation);
  if (seen.found === "alive") guardToken(revocation, seen.snapshot);
  if (seen.found === "unseen" && (expect.name !== undefined || expect.ownerId !== undefined)) {
    throw refusal(tokenId, `expect cannot be checked, because these credentials cannot read the token: ${seen.why}`);
  }
  return { seen, address: admittedAddress(revocation, seen, recorded) };
}

/** What the guards of a whole run judge by. */
type RunGuards = Pick<Revocation, "allowSelf"> & { readonly expect?: { readonly organizationId?: string } };

/**
 * Judges many tokens by the guards that are about the run: one that speaks against it refuses them all.
 *
 * @throws NotRevokedError
 */
export async function guardRun(session: Session, tokenIds: readonly string[], guards: RunGuards): Promise<void> {
  const [first] = tokenIds;
  if (first === undefined) return;
  for (const tokenId of tokenIds) guardSelf(session, tokenId, guards);
  await guardOrganization(session, `${first} and all others`, guards);
}

function guardSelf({ client }: Session, tokenId: string, { allowSelf }: RunGuards): void {
  if (tokenId !== client.ownTokenId || allowSelf === true) return;
  throw refusal(
    tokenId,
    "this run authenticates with it: use other credentials, or set allowSelf: true to revoke it last",
  );
}

/**
 * Judges by which organization answers.
 *
 * @param subject what is refused
 * @throws NotRevokedError
 */
export async function guardOrganization(session: Session, subject: string, { expect }: RunGuards): Promise<void> {
  const expected = expect?.organizationId;
  if (expected === undefined) return;
  const who = await insistWhoAmI(session);
  if (!who.actor)
    throw refusal(
      subject,
      `Datadog does not say which organization answers, so expect.organizationId cannot be checked: ${who.why}`,
    );
  if (who.actor.organizationId.toLowerCase() === expected) return;
  throw refusal(
    subject,
    `${organization(who.actor)} answers, but expect.organizationId is ${expected}: use credentials of that organization, or correct expect.organizationId`,
  );
}

function guardToken(revocation: Revocation, { name, owner, kind }: Snapshot): void {
  const { tokenId, expect = {}, serviceAccountId } = revocation;
  if (expect.name !== undefined && expect.name !== name) {
    const its = name === undefined ? "Datadog does not say its name" : `its name is ${JSON.stringify(name)}`;
    throw refusal(tokenId, `${its}, but expect.name is ${JSON.stringify(expect.name)}: check tokenId and expect.name`);
  }
  const ownerId = owner.id?.toLowerCase();
  const its = ownerId === undefined ? "Datadog does not say whose it is" : `its owner is ${withId(owner)}`;
  if (expect.ownerId !== undefined && expect.ownerId !== ownerId) {
    throw refusal(tokenId, `${its}, but expect.ownerId is ${expect.ownerId}: check tokenId and expect.ownerId`);
  }
  // Of an owner that Datadog does not say, nothing speaks against what is declared.
  if (serviceAccountId !== undefined && ownerId !== undefined && (kind !== "service" || serviceAccountId !== ownerId)) {
    throw refusal(
      tokenId,
      `${its}, but serviceAccountId is ${serviceAccountId}: correct serviceAccountId, or leave it out`,
    );
  }
}

function withId(owner: Snapshot["owner"]): string {
  const text = ownerText(owner);
  return text === owner.id ? text : `${owner.id} (${text})`;
}

/** A service account's token goes by its account's path alone: what the personal path would do with it is not known. */
function admittedAddress(
  { tokenId, serviceAccountId, kind }: Revocation,
  seen: LookUp,
  recorded: Snapshot | undefined,
): TokenAddress {
  // Not seen now, it goes by the path by which it was seen before.
  const snapshot = seen.found === "alive" ? seen.snapshot : recorded;
  const isServiceToken = kind === "service" || snapshot?.kind === "service";
  if (snapshot?.owner?.id !== undefined || serviceAccountId !== undefined || !isServiceToken) {
    return addressOf({ tokenId, serviceAccountId, snapshot });
  }
  throw refusal(
    tokenId,
    `it belongs to a service account that these credentials cannot see: set serviceAccountId, or use credentials that can list tokens (permission org_app_keys_read). ` +
      `To revoke the others now, remove this one from the program, or run pulumi up --exclude '**::NAME' with the resource's name. ${whyNoOwner(seen)}`,
  );
}

function whyNoOwner(seen: LookUp): string {
  if (seen.found === "unseen") return seen.why;
  if (seen.found === "alive") return "Datadog does not say whose it is";
  return "Datadog does not know it, or does not show it to these credentials";
}

function refusal(subject: string, why: string): NotRevokedError {
  return new NotRevokedError(`${subject}: refused, not revoked: ${why}`);
}
