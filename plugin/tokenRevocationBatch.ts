import * as pulumi from "@pulumi/pulumi";
import type { Failure } from "../provider/core/records";
import { PLUGIN_TYPES, RESOURCE_TYPES } from "../provider/core/resourceTypes";
import type { Run } from "../provider/core/run";
import { publicTokenList } from "../provider/core/tokenLists";
import { failuresText } from "../provider/core/wording";
import { declareShards, promiseOf, readBatch, summarize } from "../provider/resources/batchShards";
import type { TokenRevocationShard } from "../provider/resources/tokenRevocationShard";
import { plainLine } from "../provider/text/plainLine";

/** A batch and its outputs, all of them recorded. */
interface Declared {
  readonly urn: string;
  readonly state: pulumi.Inputs;
}

/** The component around the shards. */
class Batch extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    // Without the arguments, which the engine would store as they are.
    super(RESOURCE_TYPES.TokenRevocationBatch, name, {}, opts);
  }

  finish(outputs: pulumi.Inputs): void {
    this.registerOutputs(outputs);
  }
}

/** A shard whose other half is this plugin. */
class Shard extends pulumi.CustomResource {
  declare readonly tokenIds: TokenRevocationShard["tokenIds"];
  declare readonly records: TokenRevocationShard["records"];
  declare readonly failures: TokenRevocationShard["failures"];

  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = { records: undefined, acts: undefined, failures: undefined, status: undefined };
    // A TypeScript program may have made the records.
    const aliases = [{ type: RESOURCE_TYPES.TokenRevocationShard }];
    super(PLUGIN_TYPES.TokenRevocationShard, name, { ...outputs, ...inputs }, pulumi.mergeOptions(opts, { aliases }));
  }
}

/**
 * Declares a batch, and waits until its shards are recorded.
 *
 * @throws Error for arguments that cannot be used, and in the end for tokens that could not be revoked
 */
export async function declareBatch(
  name: string,
  args: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
  run: Run,
): Promise<Declared> {
  const label = plainLine(`TokenRevocationBatch ${JSON.stringify(name)}`);
  const read = readBatch(label, args, publicTokenList);
  const batch = new Batch(name, opts);
  const shards = declareShards(batch, read, {
    name,
    label,
    opts,
    ownTokenId: run.ownTokenId(),
    newShard: (shardName, _digit, inputs, shardOpts) => new Shard(shardName, inputs, shardOpts),
  });
  const summary = summarize(shards);
  const failures = pulumi.all(shards.map((shard) => shard.failures)).apply((all) => all.flatMap((some) => some ?? []));
  batch.finish({ summary });
  await Promise.all(shards.map(({ failures }) => promiseOf(failures)));
  await reportFailures(label, batch, (await promiseOf(failures)) ?? []);
  return { urn: await promiseOf(batch.urn), state: { summary, failures } };
}

/** Fails the deployment when everything is recorded; in a preview it is only said. */
async function reportFailures(label: string, batch: Batch, failures: readonly Failure[]): Promise<void> {
  if (failures.length === 0) return;
  const text = failuresText(failures, label);
  if (!pulumi.runtime.isDryRun()) throw new Error(text);
  await pulumi.log.warn(text, batch);
}
