import type { Actor, DatadogClient } from "../datadog/client";
import { concurrently } from "../datadog/concurrently";
import { sentence } from "../datadog/errors";
import type { RevocationInputs } from "./arguments";
import { requireEngine, warnOnce } from "./engine";
import { NotRevokedError } from "./guards";
import type { LookUp } from "./lookUp";
import { lookUpMany } from "./lookUpMany";
import { sorted } from "./objects";
import { addressOf, type RevocationRecord } from "./record";
import { type Act, revoke, revokeOnce, stillAlive, type Tell, verify } from "./revoke";

/** A token of many that could not be revoked. */
export interface Failure {
  readonly tokenId: string;
  /** Of Datadog's answer, where there was one. */
  readonly httpStatus?: number;
  /** What happened and what to do: a plain line that begins with the token id. */
  readonly message: string;
}

/** So many tokens in a row that nobody answered for, each with all its retries, and the rest of the run is not tried. */
const OUTAGE = 100;
/** How many it is by now. */
let unanswered = 0;

/** One token of many. */
export interface Target {
  readonly args: RevocationInputs;
  /** Its record: the token was found alive since, or is only to be verified. */
  readonly previous?: RevocationRecord | undefined;
}

/** What became of many tokens. */
export interface ManyActs {
  /** Sorted by token id. */
  readonly records: readonly RevocationRecord[];
  /** Sorted by token id. Nothing else stopped for them. */
  readonly failures: readonly Failure[];
  /** Whose credentials did it; absent where Datadog did not say. */
  readonly actor?: Actor;
}

/**
 * Revokes many tokens, so many at a time. One that fails stops nothing: it is among the failures. Only when Datadog does
 * not answer at all any more, the others are left for the next run. The run's own token
 * goes last, as nothing can be asked after it. When the engine is gone, what is done cannot be recorded any more, and
 * this process ends.
 *
 * @param done called after each token
 */
export async function revokeMany(
  client: DatadogClient,
  targets: readonly Target[],
  { concurrency, done = () => {} }: { readonly concurrency: number; readonly done?: () => void },
): Promise<ManyActs> {
  const records: RevocationRecord[] = [];
  const failures: Failure[] = [];
  let actor: Actor | undefined;
  const toRevoke = targets.filter(({ previous }) => !isToVerify(previous));
  const known = await lookUpMany(
    client,
    toRevoke.map(({ args }) => args),
    concurrency,
  );

  const settle = async (target: Target): Promise<void> => {
    await requireEngine();
    const { tokenId } = target.args;
    try {
      if (unanswered >= OUTAGE) throw notTried(tokenId);
      const act = await carryOut(client, target, known.get(tokenId));
      unanswered = 0;
      records.push(act.record);
      actor ??= act.actor;
      if (act.record.status === "alive") failures.push({ tokenId, message: stillAlive(tokenId) });
    } catch (error) {
      unanswered = error instanceof NotRevokedError && error.isOutage ? unanswered + 1 : 0;
      failures.push(toFailure(tokenId, error));
      if (target.previous) records.push(target.previous);
    }
    done();
  };
  const isOwn = ({ args }: Target): boolean => args.tokenId === client.ownTokenId;
  await concurrently(
    targets.filter((target) => !isOwn(target)),
    concurrency,
    settle,
  );
  await concurrently(targets.filter(isOwn), 1, settle);
  return { records: sorted(records), failures: sorted(failures), ...(actor && { actor }) };
}

function notTried(tokenId: string): NotRevokedError {
  const why = `Datadog did not answer for ${OUTAGE} tokens in a row. The next up tries it`;
  return new NotRevokedError(`${tokenId}: not revoked, and not tried: ${why}`, undefined, true);
}

function toFailure(tokenId: string, error: unknown): Failure {
  if (!(error instanceof NotRevokedError)) {
    // What nobody foresaw must not take the others' records with it.
    return { tokenId, message: `${tokenId}: nobody can say whether it is revoked: ${sentence(error)}` };
  }
  const { httpStatus, message } = error;
  return { tokenId, ...(httpStatus !== undefined && { httpStatus }), message };
}

function carryOut(client: DatadogClient, { args, previous }: Target, known: LookUp | undefined): Promise<Act> {
  if (!previous) return revokeOnce(client, args, { known, tell: tellOfMany });
  if (!isToVerify(previous)) return revoke(client, args, { known, previous, tell: tellOfMany });
  return verify(client, addressOf({ ...args, ...previous }), previous, tellOfMany).then((record) => ({ record }));
}

/** Whether a record lacks nothing but its verification. */
function isToVerify(previous: RevocationRecord | undefined): boolean {
  return previous?.status === "revoked";
}

/** Of thousands, the first few of a kind are told. */
const TOLD_OF_EACH = 3;
const told = new Map<string, number>();

const tellOfMany: Tell = async (text, topic) => {
  const count = (told.get(topic) ?? 0) + 1;
  told.set(topic, count);
  if (count > TOLD_OF_EACH) return;
  const rest = count < TOLD_OF_EACH ? "" : ". Further tokens like this one are not told of: their records show it";
  await warnOnce(text + rest);
};
