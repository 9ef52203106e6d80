/**
 * The half of a sweep that the engine's dynamic-provider process runs. The module itself is the provider: its path
 * stands in users' state, and the engine calls these functions by name.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import type { Actor, DatadogClient } from "../datadog/client";
import { sentence } from "../datadog/errors";
import { isAlive, type Token } from "../datadog/schemas";
import { UNKNOWN } from "../datadog/tokenIds";
import { ArgumentError, applyRules } from "./arguments";
import { connect, connectToAct, NO_CREDENTIALS, setConfiguration } from "./connection";
import { refuseContradiction } from "./criteria";
import { info, warnOnce } from "./engine";
import { checkOrganization, NotRevokedError } from "./guards";
import { checked, type Provided, splitUnknown } from "./inputs";
import { listing, withHandles } from "./listing";
import { lookUp, lookUpUnlisted, remember } from "./lookUp";
import { compact, pick, sorted } from "./objects";
import { addressOf, type RevocationRecord, type Snapshot, type Status, withoutLastUse } from "./record";
import { type Failure, type ManyActs, revokeMany, type Target } from "./revokeMany";
import { type Selection, select } from "./selection";
import { DEFAULT_FUSE, SWEEP_RULES, type SweepArguments } from "./sweepArguments";
import { report } from "./sweepReport";

/** What a program asks for, and what matches it. */
interface Inputs extends SweepArguments, Provided {
  /** Without last use, which mere use moves; absent without credentials, when nobody can look. */
  readonly matched?: readonly Snapshot[];
}

/** What stands in state: the arguments, what last matched them, and what was ever revoked. */
interface State extends Inputs {
  readonly matched: readonly Snapshot[];
  /** Sorted by token id. */
  readonly records: readonly RevocationRecord[];
  readonly failures: readonly Failure[];
  readonly lastSweptAt: string;
  readonly actor?: Actor;
  readonly apiUrl: string;
}

const ARGUMENTS = Object.keys(SWEEP_RULES) as (keyof SweepArguments)[];
/** Milliseconds: without the listing there is no sweep, so that it may take longer than an extra. */
const LISTING_WITHIN = 120_000;
const IN_FLIGHT = 32;

/** Takes the stack's configuration. */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  setConfiguration(request);
}

/** Checks the arguments, adds to the inputs what matches them, shows it to the reviewer, and judges the guards. */
export async function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
  return checked(news, async () => {
    const { __provider, matched: _matched, ...given } = news;
    const { known, unknown } = splitUnknown(given);
    const args = applyRules(SWEEP_RULES, known) as Partial<SweepArguments>;
    const inputs = { ...args, ...unknown, __provider };
    // Named as unknown, it may differ at `up` without making a reviewed plan stale.
    if ("where" in unknown || "exempt" in unknown) return compact({ ...inputs, matched: UNKNOWN });
    const { where } = args;
    if (where === undefined) throw new ArgumentError("is missing: which tokens is the rule about?", ["where"]);
    refuseContradiction(where, args.exempt);
    return compact({ ...inputs, matched: await review({ ...args, where }, olds) });
  });
}

/** Finds what matches, shows it if it is news, and throws what a guard has against it. */
async function review(args: SweepArguments, olds: Partial<Inputs>): Promise<Snapshot[] | undefined> {
  const client = await connect();
  if (!client) {
    await warnOnce(`What a TokenSweep matches cannot be shown: ${NO_CREDENTIALS}`, NO_CREDENTIALS);
    return undefined;
  }
  await checkOrganization(client, "all matches", args);
  const { selection, snapshots } = await findMatches(client, args);
  const matched = snapshots.map(withoutLastUse);
  if (isNews({ ...args, matched }, olds)) await report(args, selection, snapshots);
  checkFuse(args, matched);
  return matched;
}

/** What matches now, with everything that Datadog says of it. */
async function findMatches(
  client: DatadogClient,
  { where, exempt }: SweepArguments,
): Promise<{ selection: Selection; snapshots: Snapshot[] }> {
  const all = select((await listTokens(client)).values(), { where, exempt });
  // The token that authenticates this very run never matches.
  const matches = all.matches.filter(({ token }) => token.id.toLowerCase() !== client.ownTokenId);
  const snapshots = await describe(
    client,
    matches.map(({ token }) => token),
  );
  return { selection: { ...all, matches }, snapshots };
}

/** Each time the same handles are asked for, whatever else the run asks: they stand in what was reviewed. */
function describe(client: DatadogClient, tokens: readonly Token[]): Promise<Snapshot[]> {
  return withHandles(client, tokens, new Set());
}

/** @throws NotRevokedError as it would be wrong to take what cannot be seen for nothing */
async function listTokens(client: DatadogClient): Promise<ReadonlyMap<string, Token>> {
  const { tokens, why } = await listing(client, LISTING_WITHIN);
  if (!tokens) throw new NotRevokedError(`the tokens cannot be listed, so nobody can say which match: ${why}`);
  return tokens;
}

/** Whether the reviewer has not been shown this before. What is gone because it was revoked is none. */
function isNews(news: Inputs, olds: Partial<Inputs>): boolean {
  const isEdited = (["where", "exempt", "enforce"] as const).some((name) => !isDeepStrictEqual(news[name], olds[name]));
  if (isEdited) return true;
  return news.enforce === true ? news.matched?.length !== 0 : !isSame(news.matched, olds.matched);
}

/** A token's use changes no report, and neither does whether its owner's handle could be read this time. */
function isSame(one: readonly Snapshot[] = [], other: readonly Snapshot[] = []): boolean {
  const lasting = (some: readonly Snapshot[]): object[] =>
    some.map(({ lastUsedAt: _, owner: { handle: __, ...owner }, ...snapshot }) => ({ ...snapshot, owner }));
  return isDeepStrictEqual(lasting(one), lasting(other));
}

function checkFuse({ enforce, maxRevocations = DEFAULT_FUSE }: SweepArguments, matched: readonly Snapshot[]): void {
  if (enforce !== true || matched.length <= maxRevocations) return;
  throw new NotRevokedError(
    `it would revoke ${matched.length} tokens, and maxRevocations allows ${maxRevocations}: nothing is revoked. ` +
      "If all of them are meant, raise it",
  );
}

/** A report changes with what it reports; a sweep that enforces, when there is something to revoke. */
export async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
  return { changes: ARGUMENTS.some((name) => !isDeepStrictEqual(olds[name], news[name])) || isDue(olds, news) };
}

function isDue(olds: State, { enforce, matched }: Inputs): boolean {
  if (matched === undefined) return false;
  if (enforce === true) return matched.length > 0 || olds.failures.length > 0;
  return !isSame(olds.matched, matched);
}

/** Reports, or revokes. */
export async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
  return { id: "sweep", outs: await sweep(inputs, { records: [], failures: [], matched: [] }) };
}

/** Reports, or revokes what matches by now. */
export async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
  return { outs: await sweep(news, olds) };
}

/** Revokes what was reviewed, if it enforces, and joins it to what was revoked before. */
async function sweep(inputs: Inputs, olds: Pick<State, "records" | "failures" | "matched" | "actor">): Promise<object> {
  const { matched = [], enforce } = inputs;
  const client = await connectToAct("TokenSweep");
  const tokens = await listTokens(client);
  const listed = await describe(
    client,
    matched.flatMap(({ tokenId }) => tokens.get(tokenId) ?? []),
  );
  const latest = new Map(listed.map((snapshot) => [snapshot.tokenId, snapshot]));
  const acts = enforce ? await revokeMatches(client, inputs, olds.records, latest) : undefined;
  const before = await Promise.all(
    olds.records.map((record) => (tokens.has(record.tokenId) ? record : presentRecord(client, record))),
  );
  const unlisted = olds.failures.filter(({ tokenId }) => !tokens.has(tokenId));
  const vanished = await Promise.all(unlisted.map((failure) => settleVanished(client, failure, olds)));
  const added = [...vanished, ...(acts?.records ?? [])].filter((each) => "outcome" in each);
  const records = new Map([...before, ...added].map((record) => [record.tokenId, record]));
  return compact({
    ...inputs,
    matched: matched.map((snapshot) => latest.get(snapshot.tokenId) ?? snapshot),
    records: sorted([...records.values()]),
    failures: sorted([...vanished.filter((each) => "message" in each), ...(acts?.failures ?? [])]),
    lastSweptAt: new Date().toISOString(),
    actor: acts?.actor ?? olds.actor,
    apiUrl: client.apiUrl,
  });
}

/**
 * Records what failed before and is gone by now. No rule matches it any more, and the answer to its DELETE may be what was
 * lost: left out, nothing would tell that it was revoked.
 *
 * @returns the failure as it stands, when Datadog does not say that the token is gone
 */
async function settleVanished(
  client: DatadogClient,
  failure: Failure,
  { records, matched }: Pick<State, "records" | "matched">,
): Promise<RevocationRecord | Failure> {
  const { tokenId } = failure;
  const earlier = records.find((record) => record.tokenId === tokenId);
  const snapshot = earlier?.snapshot ?? matched.find((each) => each.tokenId === tokenId);
  const { found } = await lookUp(client, addressOf({ tokenId, ...(snapshot && { snapshot }) }));
  if (found !== "gone") return failure;
  if (earlier) return withStatus(earlier, "revoked");
  const goneAt = new Date().toISOString();
  const record = { tokenId, status: "revoked", outcome: "alreadyRevoked", revokedAt: goneAt, httpStatus: 404 } as const;
  return snapshot ? { ...record, verifiedAt: goneAt, snapshot } : record;
}

/** Revokes exactly what was reviewed. */
async function revokeMatches(
  client: DatadogClient,
  inputs: Inputs,
  records: readonly RevocationRecord[],
  latest: ReadonlyMap<string, Snapshot>,
): Promise<ManyActs> {
  const { matched = [], expect } = inputs;
  checkFuse(inputs, matched);
  await checkOrganization(client, "all matches", inputs);
  const known = new Map(records.map((record) => [record.tokenId, record]));
  const targets = matched.map(({ tokenId }): Target => {
    const snapshot = latest.get(tokenId);
    // The listing that showed it is this run's look-up.
    if (snapshot) remember(client, { tokenId }, { found: "alive", snapshot });
    const record = known.get(tokenId);
    // What is listed in spite of its record is alive.
    const previous = record && withStatus(record, "alive");
    return { args: { tokenId, status: "revoked", ...(expect && { expect }) }, previous };
  });
  return revokeMany(client, targets, { concurrency: IN_FLIGHT });
}

function withStatus(record: RevocationRecord, status: Status): RevocationRecord {
  return { ...record, status };
}

/** Asks Datadog which of the revoked tokens it lists again. What cannot be seen is left as it stands. */
export async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
  const records = await presentRecords(props).catch(async (error) => {
    await warnOnce(`TokenSweep: its records are left as they stand: ${sentence(error)}`, "read");
    return props.records;
  });
  const revoked = new Set(records.filter(({ status }) => status === "revoked").map(({ tokenId }) => tokenId));
  // As `check` would find them now: what a sweep has revoked is listed no more, and is no change to refresh.
  const matched = props.enforce ? props.matched.filter(({ tokenId }) => !revoked.has(tokenId)) : props.matched;
  const inputs = { ...pick(props, ARGUMENTS), matched: matched.map(withoutLastUse) };
  return { id, props: compact({ ...props, records }), inputs };
}

async function presentRecords({ records }: State): Promise<readonly RevocationRecord[]> {
  if (records.length === 0) return records;
  const client = await connect();
  if (!client) throw new NotRevokedError(NO_CREDENTIALS);
  const tokens = await listTokens(client);
  return Promise.all(
    records.map((record) =>
      isAlive(tokens.get(record.tokenId)) ? withStatus(record, "alive") : presentRecord(client, record),
    ),
  );
}

/** The record of a token that is not listed. */
async function presentRecord(client: DatadogClient, record: RevocationRecord): Promise<RevocationRecord> {
  if (record.status === "revoked") return record;
  const seen = await lookUpUnlisted(client, addressOf(record));
  if (seen.found !== "unseen") return withStatus(record, seen.found === "alive" ? "alive" : "revoked");
  await warnOnce(`${record.tokenId}: left as recorded, as every token that cannot be seen: ${seen.why}`, "read");
  return record;
}

/** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
async function forgetRecords(_id: string, { records }: State): Promise<void> {
  const what = records.length === 0 ? "a TokenSweep that revoked nothing" : `${records.length} records of a TokenSweep`;
  await info(`${what}: removed from state only. Nothing was sent to Datadog and nothing is restored.`);
}

export { forgetRecords as delete };
