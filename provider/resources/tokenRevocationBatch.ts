import * as pulumi from "@pulumi/pulumi";
import type { OnNotFound } from "../core/arguments";
import { RESOURCE_TYPES } from "../core/resourceTypes";
import { tokenList } from "../core/tokenLists";
import { admit } from "./admission";
import { declareShards, readBatch, summarize } from "./batchShards";
import type { OrganizationExpectationArgs, ReportArgs } from "./commonArguments";
import { declareToken, programRun } from "./deployment";
import { reportFailures } from "./reportFailures";
import { TokenRevocationShard } from "./tokenRevocationShard";

/** The arguments of a `TokenRevocationBatch`: which tokens, and how they are revoked. */
export type TokenRevocationBatchArgs = (ByAnyName | ById) & HowArgs;

interface ByAnyName {
  /**
   * Token values (`ddpat_…`), public portions and token ids, in any mix and any order; those that repeat count once. They
   * are reduced to ids in the program. Exactly one of `tokens` and `tokenIds` is given.
   */
  tokens: pulumi.Input<pulumi.Input<string>[]>;
  tokenIds?: undefined;
}

interface ById {
  /** Token ids, UUIDs, alone. */
  tokenIds: pulumi.Input<pulumi.Input<string>[]>;
  tokens?: undefined;
}

interface HowArgs extends ReportArgs {
  /** UUID of the service account that owns them all, where Datadog does not show it. */
  serviceAccountId?: pulumi.Input<string> | undefined;
  /** What the credentials must be like; otherwise nothing is revoked. */
  expect?: pulumi.Input<OrganizationExpectationArgs> | undefined;
  /**
   * What a token is that Datadog does not know (404): `"accept"` records it as `alreadyRevoked`, `"fail"` lists it among
   * the failures. Default `"accept"`.
   */
  onNotFound?: pulumi.Input<OnNotFound> | undefined;
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
  /** Datadog accepted this stack's DELETE. */
  readonly revoked: number;
  /** Datadog did not know them. */
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

  /** What became of the tokens, in numbers. */
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
    const label = admit("TokenRevocationBatch", name, opts);
    const batch = readBatch(label, args ?? {}, tokenList);
    for (const tokenId of batch.knownTokenIds) declareToken(tokenId, label);
    // Without the arguments, which the engine would store as they are, values included.
    super(TokenRevocationBatch.__pulumiType, name, {}, opts);
    this.shards = declareShards(this, batch, {
      name,
      opts,
      ownTokenId: programRun().ownTokenId(),
      newShard: (shardName, digit, inputs, shardOpts) => {
        const shard = new TokenRevocationShard(shardName, inputs, shardOpts);
        shard.failures.apply((failures) => reportFailures(failures, `${label}, shard ${digit}`, shard));
        return shard;
      },
    });
    this.summary = summarize(this.shards);
    this.registerOutputs({ summary: this.summary });
  }
}
