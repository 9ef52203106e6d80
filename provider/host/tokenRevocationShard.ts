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
import { sentence } from "../datadog/errors";
import type { RevocationInputs } from "./arguments";
import { applyRules } from "./arguments";
import { type Batch, begin, progressOf, show } from "./batch";
import { SHARD_RULES, type ShardArguments } from "./batchArguments";
import { connect, connectToAct, NO_CREDENTIALS, setConfiguration } from "./connection";
import { info, requireEngine, warnOnce } from "./engine";
import { reviewRun } from "./guards";
import { checked, type Provided, splitUnknown } from "./inputs";
import { lookUpMany } from "./lookUpMany";
import { compact, pick } from "./objects";
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
    if (!["tokenIds", "expect", "allowSelf", "batch"].some((name) => name in unknown)) {
      await review(args as ShardArguments, olds.status === "revoked" ? olds.tokenIds : []);
    }
    return compact(inputs);
  });
}

/** Judges and shows the tokens that the batch has not had before. */
async function review(args: ShardArguments, olds: readonly string[] = []): Promise<void> {
  const before = new Set(olds);
  const tokenIds = args.tokenIds.filter((tokenId) => !before.has(tokenId));
  if (tokenIds.length === 0) return show(args.batch, { tokenIds });
  const client = await connect();
  if (!client) {
    await warnOnce(
      `${tokenIds[0]}: neither looked up nor checked, nor any other token: ${NO_CREDENTIALS}`,
      NO_CREDENTIALS,
    );
    return show(args.batch, { tokenIds });
  }
  await reviewRun(client, tokenIds, args);
  const seen = await lookUpMany(
    client,
    tokenIds.map((tokenId) => addressIn(args, tokenId)),
  );
  return show(args.batch, { tokenIds, client, seen });
}

/** Names what an edit changes. Nothing replaces: which tokens there are is an update. */
export async function diff(_id: string, olds: State, news: Inputs): Promise<pulumi.dynamic.DiffResult> {
  const { changed, targets } = compare(olds, news);
  progressOf(news.batch).expect(news.batch.shard, targets.length);
  return { changes: changed || targets.length > 0 };
}

/** Revokes all of them. */
export async function create(inputs: Inputs): Promise<pulumi.dynamic.CreateResult> {
  const targets = inputs.tokenIds.map((tokenId) => ({ args: argumentsOf(inputs, tokenId) }));
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
function compare(olds: State, news: Inputs): { changed: boolean; targets: Target[] } {
  const records = new Map(olds.records.map((record) => [record.tokenId, record]));
  const failed = new Set(olds.failures.map(({ tokenId }) => tokenId));
  const targets = news.tokenIds.flatMap((tokenId): Target[] => {
    const previous = records.get(tokenId);
    const args = argumentsOf(news, tokenId);
    if (previous === undefined) return [{ args }];
    if (previous.status === "alive" || failed.has(tokenId) || isVerificationDue(previous, args))
      return [{ args, previous }];
    return [];
  });
  return { changed: COMPARED.some((name) => !isDeepStrictEqual(olds[name], news[name])), targets };
}

function isVerificationDue({ outcome, verifiedAt, snapshot }: RevocationRecord, { verify }: RevocationInputs): boolean {
  return verify === true && outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
}

/** The arguments of one revocation of the shard's. */
function argumentsOf(inputs: Inputs, tokenId: string): RevocationInputs {
  const { serviceTokenIds = [], verify = false, onNotFound, allowSelf, expect } = inputs;
  return {
    ...addressIn(inputs, tokenId),
    ...compact({ onNotFound, allowSelf, expect }),
    ...(serviceTokenIds.includes(tokenId) && { kind: "service" }),
    verify,
    status: "revoked",
  } as RevocationInputs;
}

function addressIn({ serviceAccountId }: ShardArguments, tokenId: string): TokenAddress {
  return { tokenId, ...(serviceAccountId !== undefined && { serviceAccountId }) };
}

/** What the shards do, one after the other: side by side they would all end, and be recorded, only at the very end. */
let turn: Promise<unknown> = Promise.resolve();

/** Does what is to be done, and joins it to what stands in state already. */
async function act(inputs: Inputs, targets: readonly Target[], state: Omit<State, keyof Inputs>): Promise<object> {
  if (targets.length === 0) return compact({ ...inputs, ...state });
  const { batch, concurrency = DEFAULT_CONCURRENCY } = inputs;
  const progress = progressOf(batch);
  progress.expect(batch.shard, targets.length);
  begin(batch.name);
  const client = await connectToAct(`${targets[0]?.args.tokenId} and ${targets.length - 1} more`);
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
  const merged = [...state.records, ...records].toSorted((one, other) => (one.tokenId < other.tokenId ? -1 : 1));
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
    await warnOnce(
      `${props.tokenIds[0]}: left as recorded, as every token that cannot be seen: ${sentence(error)}`,
      "read",
    );
    return props.records;
  });
  const status: Status = records.some((record) => record.status === "alive") ? "alive" : "revoked";
  return {
    id,
    props: compact({ ...props, records, status }),
    inputs: { ...pick(props, Object.keys(SHARD_RULES) as (keyof ShardArguments)[]), status },
  };
}

async function presentRecords({ records, serviceAccountId }: State): Promise<readonly RevocationRecord[]> {
  if (records.length === 0) return records;
  const client = await connect();
  if (!client) throw new Error(NO_CREDENTIALS);
  const seen = await lookUpMany(
    client,
    records.map((record) => addressOf({ ...record, serviceAccountId })),
  );
  const presentStatus = ({ tokenId, status }: RevocationRecord): Status => {
    const found = seen.get(tokenId);
    if (found?.found === "unseen") throw new Error(found.why);
    return found ? (found.found === "alive" ? "alive" : "revoked") : status;
  };
  return records.map((record) => ({ ...record, status: presentStatus(record) }));
}

/** Forgets the records. Nothing is sent: Datadog cannot restore a token. */
async function forgetRecords(_id: string, { records, batch }: State): Promise<void> {
  if (records.length > 0) await info(forgotten(records.length, batch));
}

function forgotten(count: number, { name, shard }: Batch): string {
  return `${name}-${shard}: ${count} tokens removed from state only. Nothing was sent to Datadog and nothing is restored.`;
}

export { forgetRecords as delete };
