import * as pulumi from "@pulumi/pulumi";
import { BATCH_VALIDATORS, DEFAULT_BATCH_FUSE, SHARD_VALIDATORS, SHARDS } from "../core/arguments";
import { RESOURCE_TYPES } from "../core/resourceTypes";
import { type TokenList, tokenIdList, tokenList } from "../core/tokenLists";
import { positiveInteger, type Validators } from "../core/validators";
import { admit } from "./admission";
import type { OrganizationExpectationArgs, ReportArgs } from "./commonArguments";
import { declareToken, programRun } from "./deployment";
import { demandOne, toInputs } from "./programArguments";
import { reportFailures } from "./reportFailures";
import { runError } from "./runError";
import { TokenRevocationShard } from "./tokenRevocationShard";

/** The arguments of a `TokenRevocationBatch`. */
export interface TokenRevocationBatchArgs extends ReportArgs {
  /**
   * Token values (`ddpat_…`), public portions and token ids, in any mix and any order; those that repeat count once. They
   * are reduced to ids in the program. Exactly one of `tokens` and `tokenIds` is given.
   */
  tokens?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Token ids, UUIDs, alone. */
  tokenIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** UUID of the service account that owns them all, where Datadog does not show it. */
  serviceAccountId?: pulumi.Input<string> | undefined;
  /** What the credentials must be like; otherwise nothing is revoked. */
  expect?: pulumi.Input<OrganizationExpectationArgs> | undefined;
  /**
   * What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` lists it among
   * the failures. Default `"accept"`.
   */
  onNotFound?: pulumi.Input<"accept" | "fail"> | undefined;
  /** Whether to see afterwards, of each, that Datadog does not know it any more. Default false: an audit asks once for all. */
  verify?: pulumi.Input<boolean> | undefined;
  /** Whether to revoke the token that authenticates this very run, last of all. Default false: it is refused. */
  allowSelf?: pulumi.Input<boolean> | undefined;
  /** Fuse: the most distinct tokens that may be listed, recorded or not. Default 1000. */
  maxRevocations?: pulumi.Input<number> | undefined;
  /** Requests in flight; Datadog's rate limit paces below it. Default 32. */
  concurrency?: pulumi.Input<number> | undefined;
}

/** What became of a batch's tokens. */
export interface BatchSummary {
  readonly revoked: number;
  readonly alreadyRevoked: number;
  /** Not revoked, or alive still: the next `up` tries these again. */
  readonly failed: number;
  /** Distinct tokens. */
  readonly total: number;
}

/**
 * Declares that many Datadog access tokens are revoked. It works in sixteen shards, one for each first hex digit of the
 * ids, which are recorded one after the other: what was done stays recorded when a run is killed. A token that fails
 * stops nothing: the deployment fails at its end, and the next `up` tries the failed ones again.
 *
 * ```ts
 * new TokenRevocationBatch("leak", {
 *   tokens: fs.readFileSync("leaked-ids.txt", "utf8").trim().split("\n"),
 *   reason: "found in a public build log",
 *   ticket: "INC-1234",
 *   maxRevocations: 5000,
 * });
 * ```
 *
 * Tokens that are added later are revoked then, and only they. Tokens that are removed are forgotten, and nothing is sent.
 */
export class TokenRevocationBatch extends pulumi.ComponentResource {
  /** @internal */
  static readonly __pulumiType = RESOURCE_TYPES.TokenRevocationBatch;

  readonly summary: pulumi.Output<BatchSummary>;
  /** By the first hex digit of their token ids, `0` to `f`. */
  readonly shards: readonly TokenRevocationShard[];

  /**
   * @param name the resource's name in the stack; its shards are `<name>-0` to `<name>-f`
   * @param args which tokens, and why
   * @param opts as of every component; `ignoreChanges` reaches the shards
   * @throws pulumi.RunError naming the resource and the argument that cannot be used
   */
  constructor(name: string, args: TokenRevocationBatchArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const label = admit("TokenRevocationBatch", name, "the incident");
    const { list, maxRevocations, common } = readBatch(label, args ?? {});
    // Without the arguments, which the engine would store as they are, values included.
    super(TokenRevocationBatch.__pulumiType, name, {}, opts);
    const tokenIds = list.apply(({ tokenIds, repeated }) => {
      const text = `${label}: ${repeated} of ${tokenIds.length + repeated} repeat others and count once`;
      if (repeated > 0) void pulumi.log.info(text, this);
      return tokenIds;
    });

    // As an output it would make each shard depend on the component, and so on all shards.
    const urn = promiseOf(this.urn);
    const own = programRun().ownTokenId();
    const last = own?.slice(0, 1);
    const shards = new Map<string, TokenRevocationShard>();
    for (const shard of [...SHARDS.filter((digit) => digit !== last), ...(last === undefined ? [] : [last])]) {
      const others = [...shards.values()];
      const inShard = (ids: readonly string[]): string[] => ids.filter((id) => id.startsWith(shard));
      const inputs = {
        ...common,
        batch: { name, urn, shard, size: tokenIds.apply(({ length }) => length), maxRevocations },
        tokenIds: inTurn(tokenIds, others.at(-2)).apply(inShard),
        serviceTokenIds: list.apply(({ serviceTokenIds }) => {
          const ids = inShard(serviceTokenIds);
          return ids.length > 0 ? ids : undefined;
        }),
      };
      // After the run's own token nothing can be asked any more.
      const before = shard === last ? tokenIds.apply((ids) => (ids.includes(own as string) ? others : [])) : [];
      const resource = new TokenRevocationShard(`${name}-${shard}`, inputs, {
        parent: this,
        ...shardOptions(opts, before),
      });
      resource.failures.apply((failures) => reportFailures(failures, `${label}, shard ${shard}`, resource));
      shards.set(shard, resource);
    }
    this.shards = SHARDS.map((digit) => shards.get(digit) as TokenRevocationShard);
    this.summary = summarize(this.shards);
    this.registerOutputs({ summary: this.summary });
  }
}

/** What the shards do not get is the component's alone. */
const VALIDATORS: Validators = {
  tokens: tokenList,
  tokenIds: tokenIdList,
  maxRevocations: positiveInteger,
  ...BATCH_VALIDATORS,
};

/** Checks the arguments, reduces the tokens, and judges the fuse; what all tokens have in common stands apart. */
function readBatch(label: string, args: object) {
  const inputs = toInputs(label, VALIDATORS, args, demandOne(args, "tokens", "tokenIds"));
  const { tokens, tokenIds, maxRevocations = DEFAULT_BATCH_FUSE, ...common } = inputs;
  const given = (tokens ?? tokenIds) as pulumi.Input<TokenList>;
  const most = maxRevocations as pulumi.Input<number>;
  if (!pulumi.Output.isInstance(given)) {
    const plain = given as TokenList;
    if (typeof most === "number") guardFuse(label, plain, most);
    for (const tokenId of plain.tokenIds) declareToken(tokenId, label);
  }
  const list = pulumi.all([given, most]).apply(([list, most]) => guardFuse(label, list as TokenList, most));
  return { list: pulumi.unsecret(list) as pulumi.Output<TokenList>, maxRevocations: most, common };
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
function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** What a component's options mean to its children, beyond what the SDK hands on. */
function shardOptions(
  { ignoreChanges = [], dependsOn = [] }: pulumi.ComponentResourceOptions,
  others: pulumi.Input<readonly TokenRevocationShard[]>,
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

function summarize(shards: readonly TokenRevocationShard[]): pulumi.Output<BatchSummary> {
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
