import { setTimeout as sleep } from "node:timers/promises";
import type { DatadogClient, RevokeAnswer } from "../datadog/client";
import { DatadogError, plainLine } from "../datadog/errors";
import { now } from "../datadog/rateLimit";
import type { RevocationArguments, RevocationInputs } from "./arguments";
import { warn, warnOnce } from "./engine";
import { forget, type LookUp, lookUp } from "./lookUp";
import type { RevocationRecord } from "./record";

/** A token that is not revoked, because a guard or Datadog refused; or nobody can say. The text is for the user. */
export class NotRevokedError extends Error {
  override readonly name = "NotRevokedError";

  constructor(text: string) {
    // It may repeat names, which others chose.
    super(plainLine(text));
  }
}

/** What is to be revoked, and whose it is as far as its prefix told. */
export type Target = RevocationArguments & Pick<RevocationInputs, "kind">;

/**
 * Why a token must not be revoked as asked, judged by what Datadog says of it; undefined when nothing speaks against it.
 */
export function refusal({ tokenId, expect, kind }: Target, seen: LookUp): string | undefined {
  const refused = (why: string): string => `${tokenId}: refused, nothing was sent: ${why}`;
  const isService = kind === "service" || (seen.found === "alive" && seen.snapshot.kind === "service");
  if (isService) return refused(SERVICE_TOKEN);
  const guarded = expect?.name !== undefined || expect?.ownerId !== undefined;
  if (seen.found === "unseen" && guarded) {
    return refused(`nobody can see whether it is the token that expect describes: ${seen.why}`);
  }
  if (seen.found !== "alive") return undefined;
  const { name, owner } = seen.snapshot;
  if (expect?.name !== undefined && expect.name !== name) {
    return refused(`its name is ${JSON.stringify(name)}, not ${JSON.stringify(expect.name)} as expect.name says`);
  }
  if (expect?.ownerId !== undefined && expect.ownerId !== owner.id.toLowerCase()) {
    const handle = owner.handle === undefined ? "" : ` (${owner.handle})`;
    return refused(`its owner is ${owner.id}${handle}, not ${expect.ownerId} as expect.ownerId says`);
  }
  return undefined;
}

/** Why a service account's token is refused. */
export const SERVICE_TOKEN = "it is a service account's token, which this version does not revoke yet";

/**
 * Revokes a token and verifies that it is gone: the one function that does the irreversible.
 *
 * @param previous the record of an earlier revocation, when the token was found alive since
 * @returns the record; its status is `"alive"` when Datadog accepted, but knew the token still at the deadline
 * @throws NotRevokedError
 */
export async function revoke(
  client: DatadogClient,
  args: Target,
  previous?: RevocationRecord,
): Promise<RevocationRecord> {
  const { tokenId } = args;
  const before = await lookUp(client, tokenId);
  const why = refusal(args, before);
  if (why !== undefined) throw new NotRevokedError(why);

  const { status, answerLost } = await sendRevocation(client, tokenId);
  forget(client, tokenId);
  const seen = before.found === "alive";
  const revokedAt = utcNow();
  const snapshot = seen ? before.snapshot : previous?.snapshot;
  const record = { tokenId, status: "revoked", revokedAt, httpStatus: status, ...(snapshot && { snapshot }) } as const;

  if (status === 204) {
    const accepted: RevocationRecord = { ...record, outcome: "revoked" };
    return args.verify === false ? accepted : verify(client, accepted);
  }
  if (seen && answerLost) return { ...record, outcome: "revoked", verifiedAt: revokedAt };
  if (previous) return stillStanding(previous, revokedAt);
  if (args.onNotFound === "fail") {
    throw new NotRevokedError(`${tokenId}: not revoked: ${notFound(client, args)}`);
  }
  if (seen) return { ...record, outcome: "alreadyRevoked", verifiedAt: revokedAt };
  await warnOnce(`${tokenId}: ${notFound(client, args)}`);
  return { ...record, outcome: "alreadyRevoked" };
}

/** The old record of a token that is gone by now. A verification that was due is done with that. */
function stillStanding(previous: RevocationRecord, goneAt: string): RevocationRecord {
  const isDue = previous.verifiedAt === undefined && previous.snapshot !== undefined;
  return { ...previous, status: "revoked", ...(isDue && { verifiedAt: goneAt }) };
}

/** What it means that Datadog does not know a token that was never seen. */
export function notFound(client: DatadogClient, { onNotFound }: RevocationArguments): string {
  const { host } = new URL(client.apiUrl);
  const consequence = onNotFound === "fail" ? 'onNotFound: "fail" makes that an error' : "It counts as alreadyRevoked";
  return (
    `Datadog (${host}) does not know this token: it was revoked before, ` +
    `or the id, the site or the organization is wrong. ${consequence}`
  );
}

async function sendRevocation(client: DatadogClient, tokenId: string): Promise<RevokeAnswer> {
  try {
    return await client.revokeToken(tokenId);
  } catch (error) {
    if (!(error instanceof DatadogError)) throw error;
    const result = error.answerLost
      ? "nobody can say whether it is revoked, run pulumi up again to ask once more"
      : "not revoked";
    throw new NotRevokedError(`${tokenId}: ${result}: ${error.message}`);
  }
}

/** Milliseconds after which a token that Datadog still knows counts as alive. */
const VERIFY_WITHIN = 30_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/**
 * Waits until Datadog does not know the token any more. Only looks: it sends no DELETE.
 *
 * @returns the record, with `verifiedAt`; without, when nobody could see it, and that is said; or with status `"alive"`
 */
export async function verify(client: DatadogClient, record: RevocationRecord): Promise<RevocationRecord> {
  const { tokenId } = record;
  const unverified = async (why: string): Promise<RevocationRecord> => {
    await warn(`${tokenId}: Datadog accepted the revocation, but it is not verified: ${why}`);
    return record;
  };
  const deadline = now() + VERIFY_WITHIN;
  let seen = record.snapshot !== undefined;
  let alive = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    let why = "";
    try {
      alive = (await client.getToken(tokenId, deadline - now())) !== undefined;
      if (!alive) return seen ? { ...record, verifiedAt: utcNow() } : unverified("nobody had seen it there before");
      seen = true;
    } catch (error) {
      if (!(error instanceof DatadogError)) throw error;
      why = error.message;
      if (error.forbidden) return unverified(why);
    }
    if (now() + pause >= deadline) return alive ? { ...record, status: "alive" } : unverified(why);
    await sleep(pause);
  }
}

function utcNow(): string {
  return new Date().toISOString();
}
