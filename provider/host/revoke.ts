import { setTimeout as sleep } from "node:timers/promises";
import type { Actor, DatadogClient, RevokeAnswer, TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { now } from "../datadog/rateLimit";
import { isAlive } from "../datadog/schemas";
import type { RevocationInputs } from "./arguments";
import { warnOnce } from "./engine";
import { NotRevokedError, notFound, review } from "./guards";
import { forget, type LookUp, whoAmI } from "./lookUp";
import type { RevocationRecord } from "./record";

/** A revocation, and whose credentials did it. */
export interface Act {
  readonly record: RevocationRecord;
  readonly actor?: Actor | undefined;
}

/** How one revocation goes, where it is not as usual. */
export interface Circumstances {
  /** The record of an earlier revocation, when the token was found alive since. */
  readonly previous?: RevocationRecord | undefined;
  /** What this run has seen of the token already, so that it is not looked for in vain. */
  readonly known?: LookUp | undefined;
  /** Where news about the token goes. */
  readonly tell?: Tell;
}

/** Takes news for the user: a sentence that begins with the token id, and what it is about. */
export type Tell = (text: string, topic: "notFound" | "unverified") => Promise<void>;

const sayEach: Tell = (text) => warnOnce(text);

/** What this run did already, by site and token. */
const acts = new Map<string, Promise<Act>>();

/** What this run did for a token already; undefined for nothing. */
export async function earlierAct(client: DatadogClient, tokenId: string): Promise<Act | undefined> {
  return acts.get(`${client.apiUrl} ${tokenId}`)?.catch(() => undefined);
}

/**
 * Revokes a token that this stack has no record of. A second resource of the same token is answered from what was done
 * for the first: to Datadog it would look as if somebody else had been there before.
 *
 * @throws NotRevokedError
 */
export async function revokeOnce(
  client: DatadogClient,
  args: RevocationInputs,
  circumstances: Circumstances = {},
): Promise<Act> {
  const key = `${client.apiUrl} ${args.tokenId}`;
  const done = acts.has(key) ? await earlierAct(client, args.tokenId) : undefined;
  if (done) {
    await review(client, args, seenBefore(done));
    return done;
  }
  const act = revoke(client, args, circumstances);
  acts.set(key, act);
  return act;
}

/** What was seen of a token before it was revoked. */
export function seenBefore({ record: { snapshot } }: Act): LookUp {
  return snapshot ? { found: "alive", snapshot } : { found: "gone" };
}

/**
 * Revokes a token and verifies that it is gone: the one function that does the irreversible.
 *
 * @returns the record's status is `"alive"` when Datadog accepted, but knew the token still at the deadline
 * @throws NotRevokedError
 */
export async function revoke(
  client: DatadogClient,
  args: RevocationInputs,
  { previous, known, tell = sayEach }: Circumstances = {},
): Promise<Act> {
  const { tokenId } = args;
  const { seen, address } = await review(client, args, known, previous?.snapshot);
  const who = await whoAmI(client);
  const { status, answerLost } = await sendRevocation(client, address);
  forget(client, args);
  return { record: await judge(), actor: who.actor };

  async function judge(): Promise<RevocationRecord> {
    const revokedAt = utcNow();
    const snapshot = seen.found === "alive" ? seen.snapshot : previous?.snapshot;
    const record = {
      tokenId,
      status: "revoked",
      revokedAt,
      httpStatus: status,
      ...(snapshot && { snapshot }),
    } as const;
    if (status === 204) {
      const accepted: RevocationRecord = { ...record, outcome: "revoked" };
      return args.verify === false ? accepted : verify(client, address, accepted, tell);
    }
    if (seen.found === "alive" && answerLost) return { ...record, outcome: "revoked", verifiedAt: revokedAt };
    if (previous) return stillStanding(previous, revokedAt);
    if (args.onNotFound === "fail") {
      throw new NotRevokedError(`${tokenId}: not revoked: ${notFound(client, args, who, seen)}`, status);
    }
    if (seen.found === "alive") return { ...record, outcome: "alreadyRevoked", verifiedAt: revokedAt };
    await tell(`${tokenId}: ${notFound(client, args, who, seen)}`, "notFound");
    return { ...record, outcome: "alreadyRevoked" };
  }
}

/** The old record of a token that is gone by now. A verification that was due is done with that. */
function stillStanding(previous: RevocationRecord, goneAt: string): RevocationRecord {
  const isDue = previous.verifiedAt === undefined && previous.snapshot !== undefined;
  return { ...previous, status: "revoked", ...(isDue && { verifiedAt: goneAt }) };
}

async function sendRevocation(client: DatadogClient, address: TokenAddress): Promise<RevokeAnswer> {
  try {
    return await client.revokeToken(address);
  } catch (error) {
    if (!(error instanceof DatadogError)) throw error;
    const result = error.answerLost
      ? "nobody can say whether it is revoked, run pulumi up again to ask once more"
      : "not revoked";
    const isOutage = error.kind === "network" || (error.status ?? 0) >= 500;
    throw new NotRevokedError(`${address.tokenId}: ${result}: ${error.message}`, error.status, isOutage);
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
export async function verify(
  client: DatadogClient,
  address: TokenAddress,
  record: RevocationRecord,
  tell: Tell = sayEach,
): Promise<RevocationRecord> {
  const { tokenId } = address;
  const unverified = async (why: string): Promise<RevocationRecord> => {
    await tell(`${tokenId}: Datadog accepted the revocation, but it is not verified: ${why}`, "unverified");
    return record;
  };
  if (tokenId === client.ownTokenId) return unverified("it authenticated this run, which can ask nothing any more");
  const deadline = now() + VERIFY_WITHIN;
  let seen = record.snapshot !== undefined;
  let alive = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    let why = "";
    try {
      alive = isAlive(await client.getToken(address, deadline - now()));
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

/** What is said of a token that did not go. */
export function stillAlive(tokenId: string): string {
  return `${tokenId}: still alive ${VERIFY_WITHIN / 1000} s after Datadog accepted the revocation; the next up tries again`;
}

function utcNow(): string {
  return new Date().toISOString();
}
