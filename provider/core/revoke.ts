import { setTimeout as sleep } from "node:timers/promises";
import type { RevokeAnswer, TokenAddress } from "../datadog/client";
import { DatadogError } from "../datadog/errors";
import { now } from "../datadog/gate";
import { isAlive } from "../datadog/token";
import type { Revocation } from "./arguments";
import { guard } from "./guards";
import { forget, type LookUp, whoAmI } from "./lookUp";
import { NotRevokedError } from "./notRevokedError";
import { compact } from "./objects";
import { elsewhere } from "./place";
import {
  type Act,
  type Actor,
  addressOf,
  declaredIn,
  type MaybeSecret,
  type Recorded,
  type RevocationRecord,
  wasNeverSeen,
} from "./records";
import type { Session } from "./session";
import { TIME_LIMITS } from "./timeLimits";
import { atOtherPlace, notFound } from "./wording";

/** How one revocation goes, where it is not as usual. */
export interface Circumstances {
  /** The record of an earlier revocation, when the token was found alive since, or the record does not hold here. */
  readonly previous?: Recorded | undefined;
  /** What this run has seen of the token already. */
  readonly seen?: LookUp | undefined;
  /** Whether it is one of so many that only the first few warnings are given. Default false. */
  readonly isOneOfMany?: boolean;
}

/** What this run did for a token already; undefined for nothing. */
export async function doneBefore({ done }: Session, tokenId: string): Promise<Recorded | undefined> {
  return done.get(tokenId)?.catch(() => undefined);
}

/**
 * Revokes a token that this stack has no record of. A second resource of the same token is answered from what was done
 * for the first: to Datadog it would look as if somebody else had been there before.
 *
 * @throws NotRevokedError
 */
export async function revokeOnce(
  session: Session,
  revocation: Revocation,
  circumstances: Circumstances = {},
): Promise<Recorded> {
  const { tokenId } = revocation;
  // Of two at the same moment the second must find the first; of two that waited for one that failed, too.
  let failed: Promise<Recorded> | undefined;
  for (let first = session.done.get(tokenId); first && first !== failed; first = session.done.get(tokenId)) {
    const done = await first.catch(() => undefined);
    if (done) {
      await guard(session, revocation, { seen: seenBefore(done) });
      return { record: done.record, act: toAct(session, revocation, done.act?.actor) };
    }
    failed = first;
  }
  const revoked = revoke(session, revocation, circumstances);
  session.done.set(tokenId, revoked);
  return revoked;
}

/** What is recorded of who acts, where, and what is declared now. */
export function toAct({ client }: Session, revocation: MaybeSecret, actor: Actor | undefined): Act {
  return compact({ actor, apiUrl: client.apiUrl, ...declaredIn(revocation) });
}

/** The record of a token that Datadog does not know, where no DELETE asked. */
export function foundGone(tokenId: string): RevocationRecord {
  return { tokenId, status: "revoked", outcome: "alreadyRevoked", revokedAt: utcNow(), httpStatus: 404 };
}

/** What was seen of a token before it was revoked. */
export function seenBefore({ record: { snapshot } }: Recorded): LookUp {
  return snapshot ? { found: "alive", snapshot } : { found: "gone" };
}

/**
 * Revokes a token and verifies that it is gone: the one function that does the irreversible.
 *
 * @returns the record's status is `"alive"` when Datadog accepted, but knew the token still at the deadline
 * @throws NotRevokedError
 */
export async function revoke(
  session: Session,
  revocation: Revocation,
  { previous, seen: known, isOneOfMany = false }: Circumstances = {},
): Promise<Recorded> {
  const { tokenId } = revocation;
  const { seen, address } = await guard(session, revocation, { seen: known, recorded: previous?.record.snapshot });
  const who = await whoAmI(session);
  const { status, answerLost } = await sendRevocation(session, address);
  forget(session, revocation);
  forget(session, address);
  // By a wrong path Datadog knows no token, however alive.
  if (status === 404 && seen.found === "alive" && seen.snapshot.owner.id === undefined) {
    const whose =
      address.serviceAccountId === undefined
        ? "personal tokens. If it belongs to a service account, set serviceAccountId"
        : "this service account's tokens. Check serviceAccountId, or leave it out";
    const text =
      `Datadog shows this token without saying whose it is, and does not know it among ${whose}. ` +
      "If it was revoked a moment ago, run pulumi up again";
    throw new NotRevokedError(`${tokenId}: ${answerLost ? "outcome unknown" : "not revoked"}: ${text}`, {
      httpStatus: status,
    });
  }
  const isLostAnswer = seen.found === "alive" && answerLost;
  if (status === 404 && previous && !wasNeverSeen(previous.record) && !isLostAnswer) {
    const other = await elsewhere(session, previous);
    if (!other) return { ...previous, record: stillStanding(previous.record, utcNow()) };
    const text = `Datadog does not know it here, and it was alive when it was last seen: ${atOtherPlace(other)}`;
    throw new NotRevokedError(`${tokenId}: not revoked: ${text}`, { httpStatus: status });
  }
  return { record: await toRecord(), act: toAct(session, revocation, who.actor) };

  async function toRecord(): Promise<RevocationRecord> {
    const revokedAt = utcNow();
    const snapshot = seen.found === "alive" ? seen.snapshot : previous?.record.snapshot;
    const fields = {
      tokenId,
      status: "revoked",
      revokedAt,
      httpStatus: status,
      ...(snapshot && { snapshot }),
    } as const;
    if (status === 204) {
      const accepted: RevocationRecord = { ...fields, outcome: "revoked" };
      return revocation.verify === false ? accepted : verify(session, address, accepted, { isOneOfMany });
    }
    if (isLostAnswer) return { ...fields, outcome: "revoked", verifiedAt: revokedAt };
    if (revocation.onNotFound === "fail") {
      const text = `${tokenId}: not revoked: ${notFound(session, revocation, who, seen)}`;
      throw new NotRevokedError(text, { httpStatus: status });
    }
    if (seen.found === "alive") return { ...fields, outcome: "alreadyRevoked", verifiedAt: revokedAt };
    const text = `${tokenId}: ${notFound(session, revocation, who, seen)}`;
    await session.messages.warnOfOne(text, "not found", isOneOfMany);
    return { ...fields, outcome: "alreadyRevoked" };
  }
}

/** The earlier record of a token that is gone by now. A verification that was due is done with that. */
function stillStanding(previous: RevocationRecord, goneAt: string): RevocationRecord {
  const isDue = previous.verifiedAt === undefined && previous.snapshot !== undefined;
  return { ...previous, status: "revoked", ...(isDue && { verifiedAt: goneAt }) };
}

async function sendRevocation({ client }: Session, address: TokenAddress): Promise<RevokeAnswer> {
  try {
    return await client.revokeToken(address);
  } catch (error) {
    if (!(error instanceof DatadogError)) throw error;
    const result = error.answerLost
      ? "outcome unknown: Datadog may have revoked it. Run pulumi up again."
      : "not revoked:";
    const isOutage = error.kind === "network" || (error.status ?? 0) >= 500;
    throw new NotRevokedError(`${address.tokenId}: ${result} ${error.message}`, {
      httpStatus: error.status,
      isOutage,
    });
  }
}

/** Milliseconds between two looks. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/**
 * Waits until Datadog does not know the token any more. Only looks: it sends no DELETE.
 *
 * @returns the record, with `verifiedAt`; without, when nobody could see it, and that is said; or with status `"alive"`
 */
export async function verify(
  { client, messages }: Session,
  address: TokenAddress,
  record: RevocationRecord,
  { isOneOfMany = false }: Pick<Circumstances, "isOneOfMany"> = {},
): Promise<RevocationRecord> {
  const { tokenId } = address;
  const unverified = async (why: string): Promise<RevocationRecord> => {
    const text = `${tokenId}: Datadog accepted the revocation, but it is not verified: ${why}`;
    await messages.warnOfOne(text, "unverified", isOneOfMany);
    return record;
  };
  if (tokenId === client.ownTokenId)
    return unverified("this run authenticated with it, so nothing can be asked afterwards");
  const deadline = now() + TIME_LIMITS.verification;
  let seen = record.snapshot !== undefined;
  let alive = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    let why = "";
    try {
      alive = isAlive(await client.getToken(address, deadline - now()));
      if (!alive)
        return seen
          ? { ...record, verifiedAt: utcNow() }
          : unverified("Datadog does not know it now, but these credentials had not seen it before");
      seen = true;
    } catch (error) {
      if (!(error instanceof DatadogError)) throw error;
      why = error.message;
      if (isFinal(error)) return unverified(why);
    }
    if (now() + pause >= deadline) return alive ? { ...record, status: "alive" } : unverified(why);
    await sleep(pause);
  }
}

/** Whether asking again brings the same answer. */
function isFinal({ status = 0 }: DatadogError): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The same for what an earlier run revoked. Where that was elsewhere, nothing can be seen of it. */
export async function verifyLater(
  session: Session,
  revocation: Revocation,
  recorded: Recorded,
  { isOneOfMany = false }: Pick<Circumstances, "isOneOfMany"> = {},
): Promise<Recorded> {
  const { record } = recorded;
  const other = await elsewhere(session, recorded);
  if (!other) {
    const address = addressOf({ ...record, serviceAccountId: revocation.serviceAccountId });
    return { ...recorded, record: await verify(session, address, record, { isOneOfMany }) };
  }
  const text = `${record.tokenId}: still not verified: ${atOtherPlace(other)}`;
  await session.messages.warnOfOne(text, "unverified", isOneOfMany);
  return recorded;
}

/** RFC 3339, as state has times. */
export function utcNow(): string {
  return new Date().toISOString();
}
