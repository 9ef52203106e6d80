/**
 * The half of a batch of revocations that the engine's dynamic-provider process runs, for the tokens whose ids begin
 * with one hex digit. The module itself is the provider: its path stands in users' state, and the engine calls these
 * functions by name.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
import { isDeepStrictEqual } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import type { Actor, TokenAddress } from "../datadog/client";
import { concurrently } from "../datadog/concurrently";
import { ConfigurationError, sentence } from "../datadog/errors";
import type { RevocationInputs } from "./arguments";
import { applyRules } from "./arguments";
import { type Batch, begin, progressOf, show } from "./batch";
import { SHARD_RULES, type ShardArguments } from "./batchArguments";
import { connect, connectToAct, NO_CREDENTIALS, setConfiguration } from "./connection";
import { info, requireEngine, warnOnce } from "./engine";
import { reviewRun } from "./guards";
import { checked, type Provided, splitUnknown } from "./inputs";
import { lookUpUnlisted } from "./lookUp";
import { lookUpMany } from "./lookUpMany";
import { compact, pick, sorted } from "./objects";
import { addressOf, type RevocationRecord, type Status } from "./record";
import { type Failure, type ManyActs, revokeMany, type Target } from "./revokeMany";

/** What a batch asks for, of the tokens that are this shard's. */
type Inputs = ShardArguments & Provided & { readonly status: Status };

/** What stands in state: the arguments, where they were carried out, and what became of each token. */
interface State extends Inputs {
  readonly records: readonly RevocationRecord[];
  readonly failures: readonly Failure[];
  readonly actor?: Actor;
  readonly apiUrl?: string;
}

/** All but what merely describes the batch around the shard. */
const COMPARED = Object.keys(SHARD_RULES).filter((name) => name !== "batch") as (keyof ShardArguments)[];
const DEFAULT_CONCURRENCY = 32;

/** Takes the stack's configuration. */
export async function configure(request: pulumi.dynamic.ConfigureRequest): Promise<void> {
  setConfiguration(request);
}

/** Checks the arguments, judges the guards, and shows the reviewer what is new. The inputs hold ids only. */
export async function check(olds: Partial<Inputs>, news: Partial<Inputs>): Promise<pulumi.dynamic.CheckResult> {
  return checked(news, async () => {
    const { __provider, status: _status, ...given } = news;
    const { known, unknown } = splitUnknown(given);
    const args = applyRules(SHARD_RULES, known) as Partial<ShardArguments>;
    const inputs = { ...args, ...unknown, status: "revoked", __provider };
    const isKnown = !["tokenIds", "batch", "expect", "allowSelf"].some((name) => name in unknown);
    if (isKnown) await review(args as ShardArguments, olds);
    return compact(inputs);
  });
}

/** Judges and shows the tokens that are to be revoked: those that are new here, and those that came back. */
async function review(args: ShardArguments, olds: Partial<Inputs>): Promise<void> {
  const before = new Set(olds.tokenIds);
  const added = args.tokenIds.filter((tokenId) => !before.has(tokenId));
  const asked = olds.status === "alive" ? args.tokenIds : added;
  const client = asked.length > 0 ? await connect() : undefined;
  if (!client) {
    if (asked.length > 0) {
      const text = `${asked[0]}: neither looked up nor checked, nor any other token: ${NO_CREDENTIALS}`;
      await warnOnce(text, NO_CREDENTIALS);
    }
    return show(args.batch, { tokenIds: added });
  }
  await reviewRun(client, asked, args);
  const { serviceAccountId, concurrency = DEFAULT_CONCURRENCY } = args;
  const addresses = asked.map((tokenId) => ({ tokenId, serviceAccountId }));
  const seen = await lookUpMany(client, addresses, concurrency);
  const due = [...seen].filter(([tokenId, { found }]) => !before.has(tokenId) || found === "alive");
  return show(args.batch, { tokenIds: due.map(([tokenId]) => tokenId), client, seen: new Map(due) });
}

/** Names what an edit changes. Nothing replaces: which tokens there are is an update. */
export async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
  // A preview does not know yet which they are.
  if ("tokenIds" in splitUnknown(news).unknown) return { changes: true };
  const { changed, targets, again } = compare(olds, news);
  if (again > 0) {
    await warnOnce(`${nameOf(news.batch)}: failed before, or alive when last seen: ${tokens(again)}; up tries again`);
  }
  const changes = changed || targets.length > 0;
  if (!changes) progressOf(news.batch).skip(news.tokenIds.length);
  return { changes };
}

/** Revokes all of them. */
export async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
  const targets = argumentsOf(inputs).map((args) => ({ args }));
  return { id: inputs.batch.shard, outs: await act(inputs, targets, { records: [], failures: [] }) };
}

/** Revokes what is new, failed or was found alive, and forgets what is listed no more. */
export async function update(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.UpdateResult> {
  const { targets } = compare(olds, news);
  const listed = new Set(news.tokenIds);
  const again = new Set(targets.map(({ args }) => args.tokenId));
  const removed = olds.records.filter(({ tokenId }) => !listed.has(tokenId)).length;
  if (removed > 0) await info(forgotten(removed, olds.batch));
  const kept = olds.records.filter(({ tokenId }) => listed.has(tokenId) && !again.has(tokenId));
  return { outs: await act(news, targets, { ...pick(olds, ["actor", "apiUrl"]), records: kept, failures: [] }) };
}

/** What is to be done about tokens that are listed, and whether anything else is different. */
function compare(olds: State, news: Inputs): { changed: boolean; targets: Target[]; again: number } {
  const records = new Map(olds.records.map((record) => [record.tokenId, record]));
  const failed = new Set(olds.failures.map(({ tokenId }) => tokenId));
  const isDone = (args: RevocationInputs, record: RevocationRecord): boolean =>
    record.status === "revoked" && !failed.has(args.tokenId) && !isVerificationDue(record, args);
  const targets = argumentsOf(news)
    .map((args): Target => ({ args, previous: records.get(args.tokenId) }))
    .filter(({ args, previous }) => previous === undefined || !isDone(args, previous));
  const again = targets.filter(
    ({ args: { tokenId }, previous }) => failed.has(tokenId) || previous?.status === "alive",
  );
  return {
    changed: COMPARED.some((name) => !isDeepStrictEqual(olds[name], news[name])),
    targets,
    again: again.length,
  };
}

function isVerificationDue({ outcome, verifiedAt, snapshot }: RevocationRecord, { verify }: RevocationInputs): boolean {
  return verify === true && outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
}

/** The arguments of each of its revocations. */
function argumentsOf(inputs: Inputs): RevocationInputs[] {
  const service = new Set(inputs.serviceTokenIds);
  const common = {
    verify: false,
    ...pick(inputs, ["serviceAccountId", "onNotFound", "allowSelf", "expect", "verify"]),
  };
  return inputs.tokenIds.map((tokenId) => ({
    ...common,
    tokenId,
    ...(service.has(tokenId) && { kind: "service" }),
    status: "revoked",
  }));
}

/** What the shards do, one after the other: side by side they would all end, and be recorded, only at the very end. */
let turn: Promise<unknown> = Promise.resolve();

/** Does what is to be done, and joins it to what stands in state already. */
async function act(inputs: Inputs, targets: readonly Target[], state: Omit<State, keyof Inputs>): Promise<object> {
  const { batch, concurrency = DEFAULT_CONCURRENCY } = inputs;
  const progress = progressOf(batch);
  progress.skip(inputs.tokenIds.length - targets.length);
  if (targets.length === 0) return compact({ ...inputs, ...state });
  begin(batch.name);
  const client = await connectToAct(`${targets[0]?.args.tokenId} and all others`);
  const mine = turn.then(async (): Promise<ManyActs> => {
    await requireEngine();
    await reviewRun(
      client,
      targets.map(({ args }) => args.tokenId),
      inputs,
    );
    progress.start();
    return revokeMany(client, targets, { concurrency, done: () => progress.done() });
  });
  turn = mine.catch(() => undefined);
  const { records, failures, actor } = await mine;
  const merged = sorted([...state.records, ...records]);
  return compact({
    ...inputs,
    records: merged,
    failures,
    status: merged.some(({ status }) => status === "alive") ? "alive" : "revoked",
    actor: actor ?? state.actor,
    apiUrl: client.apiUrl,
  });
}

/** Asks Datadog which of the recorded tokens it knows again. What cannot be seen is left as it stands. */
export async function read(id: string, props: State): Promise<pulumi.dynamic.ReadResult> {
  const records = await presentRecords(props).catch(async (error) => {
    await sayUnseen(props.tokenIds[0], sentence(error));
    return props.records;
  });
  const status: Status = records.some((record) => record.status === "alive") ? "alive" : "revoked";
  return {
    id,
    props: compact({ ...props, records, status }),
    inputs: { ...pick(props, Object.keys(SHARD_RULES) as (keyof ShardArguments)[]), status },
  };
}

async function presentRecords({ records, serviceAccountId, concurrency }: State): Promise<readonly RevocationRecord[]> {
  if (records.length === 0) return records;
  const client = await connect();
  if (!client) throw new ConfigurationError(NO_CREDENTIALS);
  const addressFor = (record: RevocationRecord): TokenAddress => addressOf({ ...record, serviceAccountId });
  const inFlight = concurrency ?? DEFAULT_CONCURRENCY;
  const seen = await lookUpMany(client, records.map(addressFor), inFlight);
  return concurrently(records, inFlight, async (record): Promise<RevocationRecord> => {
    let found = seen.get(record.tokenId);
    if (found?.found === "gone" && record.status === "alive") found = await lookUpUnlisted(client, addressFor(record));
    if (found?.found === "unseen") {
      await sayUnseen(record.tokenId, found.why);
      return record;
    }
    return { ...record, status: found?.found === "alive" ? "alive" : "revoked" };
  });
}

/** One that cannot be seen is left as it stands. */
function sayUnseen(tokenId: string | undefined, why: string): Promise<void> {
  return warnOnce(`${tokenId}: left as recorded, as every token that cannot be seen: ${why}`, "read");
}

/** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
async function forgetRecords(_id: string, { records, batch }: State): Promise<void> {
  if (records.length > 0) await info(forgotten(records.length, batch));
}

function forgotten(count: number, batch: Batch): string {
  return `${nameOf(batch)}: ${tokens(count)} removed from state only. Nothing was sent to Datadog and nothing is restored.`;
}

function tokens(count: number): string {
  return count === 1 ? "1 token" : `${count} tokens`;
}

/** The shard's name in the stack. */
function nameOf({ name, shard }: Batch): string {
  return `${name}-${shard}`;
}

export { forgetRecords as delete };
