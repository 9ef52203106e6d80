import { sentence } from "../text/plainLine";
import type { Revocation } from "./arguments";
import { concurrently } from "./concurrently";
import type { LookUp } from "./lookUp";
import { lookUpMany } from "./lookUpMany";
import { NotRevokedError } from "./notRevokedError";
import { sorted } from "./objects";
import { addressOf, type Failure, type Recorded, wasNeverSeen } from "./records";
import { revoke, revokeOnce, verifyLater } from "./revoke";
import type { Session } from "./session";
import { stillAlive } from "./wording";

/** After this many tokens in a row without an answer, each with all its retries, the rest is left for the next run. */
const OUTAGE = 100;

/** One token of many. */
export interface Target {
  readonly revocation: Revocation;
  /** Its record: the token was found alive since, the record does not hold here, or it is only to be verified. */
  readonly previous?: Recorded | undefined;
}

/** What became of many tokens. */
export interface ManyActs {
  readonly recorded: readonly Recorded[];
  /** Sorted by token id. Nothing else stopped for them. */
  readonly failures: readonly Failure[];
}

export interface ManyOptions {
  /** Requests in flight. */
  readonly concurrency: number;
  /** Called after each token, with what is recorded of it now, if it did not fail. */
  readonly onDone?: (target: Target, recorded: Recorded | undefined) => Promise<void>;
}

/**
 * Revokes many tokens, so many at a time. One that fails stops nothing: it is among the failures. Only when Datadog does
 * not answer at all any more, the others are left for the next run. The run's own token goes last, as nothing can be
 * asked after it.
 */
export async function revokeMany(
  session: Session,
  targets: readonly Target[],
  { concurrency, onDone = async () => {} }: ManyOptions,
): Promise<ManyActs> {
  const all: Recorded[] = [];
  const failures: Failure[] = [];
  const toRevoke = targets.filter(({ previous }) => !isToVerify(previous));
  const addresses = toRevoke.map(({ revocation: { tokenId, serviceAccountId }, previous }) =>
    addressOf({ tokenId, serviceAccountId, snapshot: previous?.record.snapshot }),
  );
  const seen = await lookUpMany(session, addresses, concurrency);

  const revokeOne = async (target: Target): Promise<void> => {
    await session.requireEngine();
    const { tokenId } = target.revocation;
    let recorded: Recorded | undefined;
    try {
      if (session.unanswered >= OUTAGE) throw notTried(tokenId);
      recorded = await carryOut(session, target, seen.get(tokenId));
      session.unanswered = 0;
      all.push(recorded);
      if (recorded.record.status === "alive") failures.push({ tokenId, message: stillAlive(tokenId) });
    } catch (error) {
      session.unanswered = error instanceof NotRevokedError && error.isOutage ? session.unanswered + 1 : 0;
      failures.push(toFailure(tokenId, error));
      if (target.previous) all.push(target.previous);
    }
    await onDone(target, recorded);
  };
  const isOwn = ({ revocation }: Target): boolean => revocation.tokenId === session.client.ownTokenId;
  const others = targets.filter((target) => !isOwn(target));
  await concurrently(others, concurrency, revokeOne);
  await concurrently(targets.filter(isOwn), 1, revokeOne);
  return { recorded: all, failures: sorted(failures) };
}

function notTried(tokenId: string): NotRevokedError {
  const why = `Datadog did not answer for ${OUTAGE} tokens in a row. The next pulumi up tries it again`;
  return new NotRevokedError(`${tokenId}: not revoked, and not tried: ${why}`, { isOutage: true });
}

function toFailure(tokenId: string, error: unknown): Failure {
  if (!(error instanceof NotRevokedError)) {
    // What nobody foresaw must not take the others' records with it.
    return {
      tokenId,
      message: `${tokenId}: outcome unknown: Datadog may have revoked it. Run pulumi up again. ${sentence(error)}`,
    };
  }
  const { httpStatus, message } = error;
  return { tokenId, ...(httpStatus !== undefined && { httpStatus }), message };
}

function carryOut(session: Session, { revocation, previous }: Target, seen: LookUp | undefined): Promise<Recorded> {
  if (!previous) return revokeOnce(session, revocation, { seen, isOneOfMany: true });
  if (isToVerify(previous)) return verifyLater(session, revocation, previous, { isOneOfMany: true });
  return revoke(session, revocation, { seen, previous, isOneOfMany: true });
}

/** Whether a record lacks nothing but its verification. */
export function isToVerify(previous: Recorded | undefined): boolean {
  return previous?.record.status === "revoked" && !wasNeverSeen(previous.record);
}
