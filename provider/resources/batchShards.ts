import * as pulumi from "@pulumi/pulumi";
import { BATCH_VALIDATORS, DEFAULT_BATCH_FUSE, SHARD_VALIDATORS, SHARDS } from "../core/arguments";
import { type TokenList, tokenIdList } from "../core/tokenLists";
import { demandOne, positiveInteger, type Validator } from "../core/validators";
import { secretArguments, toInputs } from "./programArguments";
import { runError } from "./runError";
import type { BatchSummary } from "./tokenRevocationBatch";
import type { TokenRevocationShard } from "./tokenRevocationShard";

/** A batch's arguments, ready for its shards. */
export interface ReadBatch {
  readonly list: pulumi.Output<TokenList>;
  readonly maxRevocations: pulumi.Input<number>;
  /** What all tokens have in common. */
  readonly common: Readonly<Record<string, unknown>>;
  /** The tokens, as far as they are no outputs. */
  readonly knownTokenIds: readonly string[];
}

/** A shard as the component sees it, whatever runs its other half. */
export type Shard = pulumi.CustomResource & Pick<TokenRevocationShard, "tokenIds" | "records" | "failures">;

interface Surroundings<S extends Shard> {
  /** The batch's name in the stack. */
  readonly name: string;
  readonly opts: pulumi.ComponentResourceOptions;
  /** The id of the token that authenticates this run. */
  readonly ownTokenId: string | undefined;
  /** @param digit what the ids of its tokens begin with */
  newShard(name: string, digit: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions): S;
}

/**
 * Checks a batch's arguments, reduces the tokens, and judges the fuse.
 *
 * @param tokens what the argument of that name may hold
 * @throws pulumi.RunError
 */
export function readBatch(label: string, args: object, tokens: Validator): ReadBatch {
  const validators = { tokens, tokenIds: tokenIdList, maxRevocations: positiveInteger, ...BATCH_VALIDATORS };
  const inputs = toInputs(label, validators, args, demandOne(args, "tokens", "tokenIds"));
  const { tokens: named, tokenIds, maxRevocations = DEFAULT_BATCH_FUSE, ...common } = inputs;
  const given = (named ?? tokenIds) as pulumi.Input<TokenList>;
  const most = maxRevocations as pulumi.Input<number>;
  const known = pulumi.Output.isInstance(given) ? undefined : (given as TokenList);
  if (known && typeof most === "number") guardFuse(label, known, most);
  const list = pulumi.all([given, most]).apply(([list, most]) => guardFuse(label, list as TokenList, most));
  return {
    list: pulumi.unsecret(list) as pulumi.Output<TokenList>,
    maxRevocations: most,
    common: { ...common, ...secretArguments(common) },
    knownTokenIds: known?.tokenIds ?? [],
  };
}

/**
 * Declares the sixteen shards of a batch.
 *
 * @param batch the component
 * @returns by the first hex digit of their token ids, `0` to `f`
 */
export function declareShards<S extends Shard>(
  batch: pulumi.ComponentResource,
  { list, maxRevocations, common }: ReadBatch,
  { name, opts, ownTokenId, newShard }: Surroundings<S>,
): readonly S[] {
  const tokenIds = list.apply(({ tokenIds }) => tokenIds);
  const repeated = list.apply(({ repeated }) => (repeated > 0 ? repeated : undefined));

  // As an output it would make each shard depend on the component, and so on all shards.
  const urn = promiseOf(batch.urn);
  const last = ownTokenId?.slice(0, 1);
  const shards = new Map<string, S>();
  for (const shard of [...SHARDS.filter((digit) => digit !== last), ...(last === undefined ? [] : [last])]) {
    const others = [...shards.values()];
    const inShard = (ids: readonly string[]): string[] => ids.filter((id) => id.startsWith(shard));
    const inputs = {
      ...common,
      batch: { name, urn, shard, size: tokenIds.apply(({ length }) => length), maxRevocations, repeated },
      tokenIds: inTurn(tokenIds, others.at(-2)).apply(inShard),
      serviceTokenIds: list.apply(({ serviceTokenIds }) => {
        const ids = inShard(serviceTokenIds);
        return ids.length > 0 ? ids : undefined;
      }),
    };
    // After the run's own token nothing can be asked any more.
    const before = shard === last ? tokenIds.apply((ids) => (ids.includes(ownTokenId as string) ? others : [])) : [];
    const options = { parent: batch, ...shardOptions(opts, before) };
    shards.set(shard, newShard(`${name}-${shard}`, shard, inputs, options));
  }
  return SHARDS.map((digit) => shards.get(digit) as S);
}

function guardFuse(label: string, list: TokenList, most: number): TokenList {
  const { length } = list.tokenIds;
  if (length <= most) return list;
  throw runError(
    `${label}: it lists ${length} tokens, and maxRevocations allows ${most}: nothing is revoked. If all of them are meant, raise maxRevocations`,
  );
}

/**
 * Holds a shard back until the engine has recorded the last but one, whatever became of that: a kill then finds one shard
 * at work and one that is being written, and never a third. A dependency would do the same, but would make --target and
 * --exclude refuse.
 */
function inTurn<T>(value: pulumi.Output<T>, before: pulumi.Resource | undefined): pulumi.Output<T> {
  if (before === undefined || pulumi.runtime.isDryRun()) return value;
  const recorded = promiseOf(before.urn).catch(() => undefined);
  return value.apply((known) => recorded.then(() => known)) as pulumi.Output<T>;
}

/** An output without its dependencies, and with its failure. There at run time, and left out of the SDK's types. */
export function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** What a component's options mean to its children, beyond what the SDK hands on. */
function shardOptions(
  { ignoreChanges = [], dependsOn = [] }: pulumi.ComponentResourceOptions,
  others: pulumi.Input<readonly Shard[]>,
): pulumi.CustomResourceOptions {
  const ignored = ignoreChanges.flatMap((path) => {
    const name = path.split(/[.[]/)[0] ?? "";
    // Which tokens there are shows in three of a shard's inputs.
    if (name === "tokens" || name === "tokenIds") return ["tokenIds", "serviceTokenIds", "batch"];
    return name === "*" || name in SHARD_VALIDATORS ? [path] : [];
  });
  return {
    ignoreChanges: ignored,
    dependsOn: pulumi.all([dependsOn, others]).apply((all) => all.flat() as pulumi.Resource[]),
  };
}

/** What became of all tokens. */
export function summarize(shards: readonly Shard[]): pulumi.Output<BatchSummary> {
  const all = shards.map(({ tokenIds, records, failures }) => pulumi.all([tokenIds, records, failures]));
  return pulumi.all(all).apply((all) => {
    const sum = { revoked: 0, alreadyRevoked: 0, failed: 0, total: 0 };
    for (const [tokenIds, records = [], failures = []] of all) {
      const failed = new Set(failures.map(({ tokenId }) => tokenId));
      for (const { tokenId, outcome } of records) if (!failed.has(tokenId)) sum[outcome]++;
      sum.failed += failed.size;
      sum.total += tokenIds.length;
    }
    return sum;
  });
}
