import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { fromLists, toLists } from "../core/acts";
import { DEFAULT_SWEEP_FUSE, SWEEP_VALIDATORS, type SweepArguments } from "../core/arguments";
import { contradictions } from "../core/criteria";
import { guardOrganization } from "../core/guards";
import { type Listing, listing, lookUp, remember, whoAmI, withOwners } from "../core/lookUp";
import { NotRevokedError } from "../core/notRevokedError";
import { compact, pick, sorted } from "../core/objects";
import { elsewhere } from "../core/place";
import { presentRecords } from "../core/presentRecords";
import {
  type Act,
  addressOf,
  type Failure,
  type Place,
  type Recorded,
  type RevocationRecord,
  type Snapshot,
  withoutLastUse,
  withSecrets,
} from "../core/records";
import { foundGone, toAct, utcNow } from "../core/revoke";
import { type ManyActs, revokeMany, type Target } from "../core/revokeMany";
import { warnOfRights, warnOfSight } from "../core/rights";
import type { Run } from "../core/run";
import { type Selection, selectAndDescribe, warnOfUnjudged } from "../core/selection";
import type { Session } from "../core/session";
import { TIME_LIMITS } from "../core/timeLimits";
import { ArgumentError, demandNone, demandValid } from "../core/validators";
import { atOtherPlace, notChecked } from "../core/wording";
import type { Actor } from "../datadog/client";
import type { Token } from "../datadog/token";
import { counted } from "../text/counts";
import { sentence } from "../text/plainLine";
import { UNKNOWN } from "../tokens/tokenIds";
import { checked, type Handlers, type Provided, splitUnknown } from "./checking";
import { SweepPreviews } from "./sweepPreview";

/** What a program asks for, and what matches it. */
interface Inputs extends SweepArguments, Provided {
  /** Without last use, which mere use moves; absent without credentials, when nobody can look. */
  readonly matched?: readonly Snapshot[];
  readonly secretArguments?: readonly string[] | undefined;
}

/** What stands in state: the arguments, what last matched them, and what was ever revoked. */
interface State extends Inputs {
  readonly matched: readonly Snapshot[];
  /** Sorted by token id. */
  readonly records: readonly RevocationRecord[];
  /** What `act` of each record points into. */
  readonly acts?: readonly Act[];
  readonly failures: readonly Failure[];
  readonly lastSweptAt: string;
  readonly actor?: Actor | undefined;
  readonly apiUrl: string;
}

/** Of state, what a sweep goes on from. */
type Earlier = Pick<State, "records" | "acts" | "failures" | "matched" | "actor" | "secretArguments"> &
  Partial<Pick<State, "apiUrl" | (typeof DECLARED)[number]>>;

const DECLARED = ["reason", "ticket", "requestedBy"] as const;
const ARGUMENTS = Object.keys(SWEEP_VALIDATORS) as (keyof SweepArguments)[];
const IN_FLIGHT = 32;

/** What the engine calls for a TokenSweep. */
export function tokenSweepHandlers(run: Run): Handlers {
  const { messages } = run;
  const previews = new SweepPreviews(messages);

  /** Checks the arguments, adds to the inputs what matches them, shows it to the reviewer, and judges the guards. */
  function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
    return checked(news, async () => {
      const { __provider, secretArguments, matched: _matched, ...given } = news;
      const { known, unknown } = splitUnknown(given);
      const args = demandValid<Partial<SweepArguments>>(SWEEP_VALIDATORS, known);
      const inputs = { ...args, ...unknown, secretArguments, __provider };
      // Named as unknown, it may differ at `up` without making a reviewed plan stale.
      if ("where" in unknown || "exempt" in unknown) return compact({ ...inputs, matched: UNKNOWN });
      const { where } = args;
      if (where === undefined)
        throw new ArgumentError('is missing: set at least one criterion, like { unusedFor: "90d" }', ["where"]);
      demandNone(contradictions(where, args.exempt));
      return compact({ ...inputs, matched: await showMatches({ ...args, where }, olds) });
    });
  }

  /** Finds what matches, shows it if it is news, and throws what a guard has against it. */
  async function showMatches(args: SweepArguments, olds: Partial<Inputs>): Promise<readonly Snapshot[] | undefined> {
    const session = await run.connect();
    if (!session) {
      const { noCredentials } = run;
      await messages.warnOnce(`What a TokenSweep matches cannot be shown: ${noCredentials}`, noCredentials);
      return undefined;
    }
    await guardOrganization(session, "all matches", args);
    // The token that authenticates this very run never matches.
    const criteria = { ...args, except: session.client.ownTokenId };
    const list = await demandListing(session);
    const tokens = [...list.tokens.values()];
    const { selection, snapshots } = await selectAndDescribe(session, tokens, criteria);
    const found = snapshots.map(withoutLastUse);
    // What says nothing new stays as it is recorded, word for word.
    const matched = olds.matched && isSame(olds.matched, found) ? olds.matched : found;
    const hasNews = isNews({ ...args, matched }, olds);
    if (hasNews) {
      await previews.show(args, selection, snapshots);
      await warnOfUnjudged(session, { ...list, tokens }, args);
    }
    await warnOfSight(session, tokens, { mayAsk: hasNews });
    await warnOfOwnLeak(session, selection);
    guardFuse(args, matched);
    if (args.enforce) await warnOfRights(session, matched);
    return matched;
  }

  /** A report changes with what it reports; a sweep that enforces, when there is something to revoke. */
  async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
    return { changes: ARGUMENTS.some((name) => !isDeepStrictEqual(olds[name], news[name])) || isDue(olds, news) };
  }

  /** Reports, or revokes. */
  async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
    return { id: "sweep", outs: await sweep(inputs, { records: [], failures: [], matched: [] }) };
  }

  /** Reports, or revokes what matches by now. */
  async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
    return { outs: await sweep(news, withSecrets(olds, news)) };
  }

  /** Revokes what was reviewed, if it enforces, and joins it to what was revoked before. */
  async function sweep(inputs: Inputs, olds: Earlier): Promise<State> {
    const { matched = [], enforce } = inputs;
    const session = await run.connectToRevoke("TokenSweep");
    const { tokens } = await demandListing(session);
    const matches = matched.flatMap(({ tokenId }) => tokens.get(tokenId) ?? []);
    const listed = await withOwners(session, matches, new Set());
    const latest = new Map(listed.map((snapshot) => [snapshot.tokenId, snapshot]));
    const before = fromLists(olds);
    const known = new Map(before.map((each) => [each.record.tokenId, each]));
    const acts = enforce ? await revokeMatches(run, session, inputs, known, latest) : undefined;
    const gone = before.filter(({ record: { status, tokenId } }) => status === "alive" && !tokens.has(tokenId));
    const present = await presentRecords(session, gone, { concurrency: IN_FLIGHT });
    const settled = gone.map((each, index): Recorded => ({ ...each, record: present[index] ?? each.record }));
    const unlisted = olds.failures.filter(({ tokenId }) => !tokens.has(tokenId));
    const vanished = await Promise.all(
      unlisted.map((failure) => recordVanished(session, failure, inputs, olds, known)),
    );
    const added = [...vanished.filter((each) => "record" in each), ...(acts?.recorded ?? [])];
    const all = new Map([...before, ...settled, ...added].map((each) => [each.record.tokenId, each]));
    const lists = toLists([...all.values()], olds.acts);
    const failures = sorted([...vanished.filter((each) => "message" in each), ...(acts?.failures ?? [])]);
    return compact({
      ...inputs,
      matched: matched.map((snapshot) => latest.get(snapshot.tokenId) ?? snapshot),
      ...lists,
      failures,
      lastSweptAt: utcNow(),
      ...(await placeOf(session, olds, { ...lists, failures, hasActed: enforce === true && matched.length > 0 })),
    });
  }

  /** Asks Datadog which of the revoked tokens it lists again. What cannot be seen is left as it stands. */
  async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
    const records = await readRecords(props).catch(async (error) => {
      await messages.warnOnce(notChecked("TokenSweep", sentence(error)), "read");
      return props.records;
    });
    const revoked = new Set(records.filter(({ status }) => status === "revoked").map(({ tokenId }) => tokenId));
    // As `check` would find them now: what a sweep has revoked is listed no more, and is no change to refresh.
    const matched = props.enforce ? props.matched.filter(({ tokenId }) => !revoked.has(tokenId)) : props.matched;
    const inputs = { ...pick(props, [...ARGUMENTS, "secretArguments"]), matched: matched.map(withoutLastUse) };
    return { id, props: compact({ ...props, records }), inputs };
  }

  async function readRecords(props: State): Promise<readonly RevocationRecord[]> {
    if (props.records.length === 0) return props.records;
    const session = await run.connectToLook();
    // The one listing tells of them all.
    await demandListing(session);
    return presentRecords(session, fromLists(props), { concurrency: IN_FLIGHT });
  }

  /** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
  async function forgetRecords(_id: string, { records }: State): Promise<void> {
    const what =
      records.length === 0
        ? "a TokenSweep that revoked nothing"
        : `${counted(records.length, "record")} of a TokenSweep`;
    await messages.info(`${what}: removed from state only. Nothing was sent to Datadog and nothing is restored.`);
  }

  return { check, diff, create, update, read, delete: forgetRecords };
}

/** @throws NotRevokedError as it would be wrong to take what cannot be seen for nothing */
async function demandListing(session: Session): Promise<Listing & { readonly tokens: ReadonlyMap<string, Token> }> {
  const list = await listing(session, TIME_LIMITS.listing);
  if (list.tokens) return list;
  throw new NotRevokedError(`the tokens cannot be listed, so it is unknown which match: ${list.why}`);
}

/** A token that must not be revoked by itself must not be passed over in silence either. */
async function warnOfOwnLeak({ messages }: Session, { excepted }: Selection): Promise<void> {
  if (!excepted?.token.leak) return;
  // The schedules of examples/leaked, which people copy, look for these words.
  const text = "found leaked by Datadog, and it authenticates this very run: not revoked";
  await messages.warnOnce(
    `${excepted.token.tokenId}: ${text}. Create a new token, run with that one, then revoke this one`,
  );
}

/** Whether the reviewer has not been shown this before. What is gone because it was revoked is none. */
function isNews(news: Inputs, olds: Partial<Inputs>): boolean {
  const isEdited = (["where", "exempt", "enforce"] as const).some((name) => !isDeepStrictEqual(news[name], olds[name]));
  if (isEdited) return true;
  return news.enforce === true ? news.matched?.length !== 0 : !isSame(news.matched, olds.matched);
}

/** Whether a report has nothing new: no other tokens, nothing else of one of them that lasts. */
function isSame(one: readonly Snapshot[] = [], other: readonly Snapshot[] = []): boolean {
  return (
    one.length === other.length &&
    one.every((snapshot, index) => {
      const { leak, ...lasting } = lastingOf(snapshot);
      const { leak: otherLeak, ...otherLasting } = lastingOf(other[index] as Snapshot);
      // Whether it is leaked, where both say: state of 0.1.0 does not, nor does every answer.
      const isLeakSame = leak === undefined || otherLeak === undefined || (leak === null) === (otherLeak === null);
      return isLeakSame && isDeepStrictEqual(lasting, otherLasting);
    })
  );
}

/** A token's use changes no report, and neither does whether its owner's name could be read this time. */
function lastingOf({ lastUsedAt: _, owner, ...snapshot }: Snapshot) {
  return { ...snapshot, ownerId: owner?.id };
}

function isDue(olds: State, { enforce, matched }: Inputs): boolean {
  if (matched === undefined) return false;
  if (enforce === true) return matched.length > 0 || olds.failures.length > 0;
  return !isSame(olds.matched, matched);
}

function guardFuse(args: SweepArguments, matched: readonly Snapshot[]): void {
  const { enforce, maxRevocations = DEFAULT_SWEEP_FUSE } = args;
  if (enforce !== true || matched.length <= maxRevocations) return;
  throw new NotRevokedError(
    `it would revoke ${matched.length} tokens, and maxRevocations allows ${maxRevocations}: nothing is revoked. ` +
      "If all of them are meant, raise maxRevocations",
  );
}

/**
 * Records what failed before and is gone by now. No criterion matches it any more, and the answer to its DELETE may be
 * what was lost: left out, nothing would tell that it was revoked.
 *
 * @returns the failure as it stands, when Datadog does not say that the token is gone
 */
async function recordVanished(
  session: Session,
  failure: Failure,
  inputs: Inputs,
  olds: Earlier,
  known: ReadonlyMap<string, Recorded>,
): Promise<Recorded | Failure> {
  const { tokenId } = failure;
  const earlier = known.get(tokenId);
  const snapshot = earlier?.record.snapshot ?? olds.matched.find((each) => each.tokenId === tokenId);
  const other = await elsewhere(session, earlier ?? { place: earlierPlace(olds) });
  if (other) {
    await session.messages.warnOnce(`${tokenId}: still counted as failed: ${atOtherPlace(other)}`);
    return failure;
  }
  const { found } = await lookUp(session, addressOf({ tokenId, snapshot }));
  if (found !== "gone") return failure;
  if (earlier) return { ...earlier, record: { ...earlier.record, status: "revoked" } };
  const record = foundGone(tokenId);
  const act = toAct(session, inputs, (await whoAmI(session)).actor);
  return { record: snapshot ? { ...record, verifiedAt: record.revokedAt, snapshot } : record, act };
}

/** Where a sweep was before. */
function earlierPlace({ apiUrl, actor }: Earlier): Place | undefined {
  return apiUrl === undefined ? undefined : { apiUrl, actor };
}

/** Where a sweep is from now on: with failures or records of 0.1.0 that have no other place, still where it was. */
async function placeOf(
  session: Session,
  olds: Earlier,
  { records, failures, hasActed }: Pick<State, "records" | "failures"> & { readonly hasActed: boolean },
): Promise<Place> {
  const before = earlierPlace(olds);
  const isKept = failures.length > 0 || records.some(({ act }) => act === undefined);
  if (before && isKept && (await elsewhere(session, { place: before }))) return before;
  return { apiUrl: session.client.apiUrl, actor: hasActed ? (await whoAmI(session)).actor : olds.actor };
}

/** Revokes exactly what was reviewed. */
async function revokeMatches(
  run: Run,
  session: Session,
  inputs: Inputs,
  known: ReadonlyMap<string, Recorded>,
  latest: ReadonlyMap<string, Snapshot>,
): Promise<ManyActs> {
  const { matched = [] } = inputs;
  guardFuse(inputs, matched);
  await guardOrganization(session, "all matches", inputs);
  const targets = matched.map(({ tokenId }): Target => {
    const snapshot = latest.get(tokenId);
    // The listing that showed it is this run's look-up.
    if (snapshot) remember(session, { tokenId }, { found: "alive", snapshot });
    const earlier = known.get(tokenId);
    // What is listed in spite of its record is alive.
    const previous = earlier && { ...earlier, record: { ...earlier.record, status: "alive" as const } };
    return { revocation: { tokenId, ...pick(inputs, ["expect", "secretArguments", ...DECLARED]) }, previous };
  });
  return revokeMany(session, targets, {
    concurrency: IN_FLIGHT,
    onDone: async ({ previous }, recorded) => recorded && run.tokenLines.became(recorded, previous),
  });
}
