import type { Actor, DatadogClient, TokenAddress } from "../datadog/client";
import { plainLine } from "../datadog/errors";
import type { RevocationInputs } from "./arguments";
import { insistWhoAmI, type LookUp, lookUp, type WhoAmI } from "./lookUp";
import type { Snapshot } from "./record";

/** A token that is not revoked, because a guard or Datadog refused; or nobody can say. The text is for the user. */
export class NotRevokedError extends Error {
  override readonly name = "NotRevokedError";

  constructor(
    text: string,
    /** Of Datadog's answer, where there was one. */
    readonly httpStatus?: number,
    /** Whether Datadog was not there to answer: others will fare no better. */
    readonly isOutage = false,
  ) {
    // It may repeat names, which others chose.
    super(plainLine(text));
  }
}

/**
 * Finds out what Datadog says of a token, judges it by the guards, and tells by which path it goes.
 *
 * @param known what was seen of it before this run revoked it, so that it is not looked for in vain
 * @param recorded what an earlier run saw of it
 * @throws NotRevokedError when a guard speaks against it
 */
export async function review(
  client: DatadogClient,
  args: RevocationInputs,
  known?: LookUp,
  recorded?: Snapshot,
): Promise<{ seen: LookUp; address: TokenAddress }> {
  const { tokenId, serviceAccountId, expect = {} } = args;
  checkSelf(client, tokenId, args);
  const seen = known ?? (await lookUp(client, { tokenId, serviceAccountId }));
  await checkOrganization(client, tokenId, args);
  if (seen.found === "alive") checkToken(args, seen.snapshot);
  if (seen.found === "unseen" && (expect.name !== undefined || expect.ownerId !== undefined)) {
    throw refusal(tokenId, `nobody can see whether it is the token that expect describes: ${seen.why}`);
  }
  return { seen, address: { tokenId, serviceAccountId: ownerAccount(args, seen, recorded) } };
}

/** What the guards of a whole run judge by. */
type RunGuards = Pick<RevocationInputs, "allowSelf"> & { readonly expect?: { readonly organizationId?: string } };

/**
 * Judges many tokens by the guards that are about the run: one that speaks against it refuses them all.
 *
 * @throws NotRevokedError
 */
export async function reviewRun(client: DatadogClient, tokenIds: readonly string[], guards: RunGuards): Promise<void> {
  const [first] = tokenIds;
  if (first === undefined) return;
  for (const tokenId of tokenIds) checkSelf(client, tokenId, guards);
  await checkOrganization(client, `${first} and all others`, guards);
}

function checkSelf(client: DatadogClient, tokenId: string, { allowSelf }: RunGuards): void {
  if (tokenId !== client.ownTokenId || allowSelf === true) return;
  throw refusal(tokenId, "it authenticates this very run: use other credentials, or allowSelf: true to revoke it last");
}

/**
 * Judges by which organization answers.
 *
 * @param subject what is refused
 * @throws NotRevokedError
 */
export async function checkOrganization(client: DatadogClient, subject: string, { expect }: RunGuards): Promise<void> {
  const expected = expect?.organizationId;
  if (expected === undefined) return;
  const who = await insistWhoAmI(client);
  if (!who.actor) throw refusal(subject, `nobody can see which organization answers: ${who.why}`);
  if (who.actor.organizationId.toLowerCase() === expected) return;
  throw refusal(subject, `${organization(who.actor)} answers, not ${expected} as expect.organizationId says`);
}

function checkToken(args: RevocationInputs, { name, owner, kind }: Snapshot): void {
  const { tokenId, expect = {}, serviceAccountId } = args;
  const its = `its owner is ${owner.id}${owner.handle === undefined ? "" : ` (${owner.handle})`}`;
  if (expect.name !== undefined && expect.name !== name) {
    throw refusal(
      tokenId,
      `its name is ${JSON.stringify(name)}, not ${JSON.stringify(expect.name)} as expect.name says`,
    );
  }
  if (expect.ownerId !== undefined && expect.ownerId !== owner.id.toLowerCase()) {
    throw refusal(tokenId, `${its}, not ${expect.ownerId} as expect.ownerId says`);
  }
  if (serviceAccountId !== undefined && (kind !== "service" || serviceAccountId !== owner.id.toLowerCase())) {
    throw refusal(tokenId, `${its}, not ${serviceAccountId} as serviceAccountId says`);
  }
}

/** A service account's token goes by its account's path alone: what the personal path would do with it is not known. */
function ownerAccount(args: RevocationInputs, seen: LookUp, recorded?: Snapshot): string | undefined {
  if (args.serviceAccountId !== undefined) return args.serviceAccountId;
  // Whose a token is never changes: not seen now, it goes by the path by which it was seen before.
  const snapshot = seen.found === "alive" ? seen.snapshot : recorded;
  if (snapshot) return snapshot.kind === "service" ? snapshot.owner.id : undefined;
  if (args.kind !== "service") return undefined;
  const why = seen.found === "unseen" ? seen.why : "Datadog does not know it, or does not show it to these credentials";
  throw refusal(
    args.tokenId,
    `it is a service account's token, and whose cannot be seen: give serviceAccountId. ${why}`,
  );
}

function refusal(subject: string, why: string): NotRevokedError {
  return new NotRevokedError(`${subject}: refused, not revoked: ${why}`);
}

/** What it means that Datadog does not know a token that was never seen. */
export function notFound(
  client: DatadogClient,
  { onNotFound }: RevocationInputs,
  { actor }: WhoAmI,
  seen: LookUp,
): string {
  const where = new URL(client.apiUrl).host + (actor ? `, ${organization(actor)}` : "");
  const consequence = onNotFound === "fail" ? 'onNotFound: "fail" makes that an error' : "It counts as alreadyRevoked";
  const unlisted = seen.found === "gone" && seen.unlisted !== undefined;
  const otherwise = unlisted
    ? "; or it is a service account's token: give serviceAccountId, as these credentials cannot list tokens"
    : "";
  return (
    `Datadog (${where}) does not know this token: it was revoked before, ` +
    `or the id, the site or the organization is wrong${otherwise}. ${consequence}`
  );
}

/** An organization, as messages name it. */
export function organization({ organizationId, organizationName }: Actor): string {
  const name = organizationName === undefined ? "" : ` ${JSON.stringify(organizationName)}`;
  return `organization${name} ${organizationId}`;
}
