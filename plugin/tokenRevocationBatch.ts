import * as pulumi from "@pulumi/pulumi";
import { PLUGIN_TYPES, RESOURCE_TYPES, RESULTS } from "../provider/core/resourceTypes";
import type { Run } from "../provider/core/run";
import { publicTokenList } from "../provider/core/tokenLists";
import { failuresText, labelOf } from "../provider/core/wording";
import { declareShards, promiseOf, readBatch, summarize } from "../provider/resources/batchShards";
import type { TokenRevocationShard } from "../provider/resources/tokenRevocationShard";
import { sentence } from "../provider/text/plainLine";

interface Surroundings {
  readonly run: Run;
  /** Throws for a token that another resource names already. */
  declare(tokenId: string): void;
}

/** A batch, all of whose shards are recorded. */
interface Declared {
  readonly urn: string;
  readonly outputs: pulumi.Inputs;
  /** What is to fail the deployment. */
  readonly failure: string | undefined;
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
    const outputs = Object.fromEntries(RESULTS.TokenRevocationShard.map((result) => [result, undefined]));
    // A TypeScript program may have made the records.
    const aliases = [{ type: RESOURCE_TYPES.TokenRevocationShard }];
    super(PLUGIN_TYPES.TokenRevocationShard, name, { ...outputs, ...inputs }, pulumi.mergeOptions(opts, { aliases }));
  }
}

/** @throws what an output fails with */
function settled(input: unknown): Promise<unknown> {
  return promiseOf(pulumi.output(input));
}

/**
 * Declares a batch, and waits until its shards are recorded.
 *
 * @throws Error for arguments that cannot be used
 */
export async function declareBatch(
  name: string,
  args: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
  { run, declare }: Surroundings,
): Promise<Declared> {
  const label = labelOf("TokenRevocationBatch", name);
  const read = readBatch(label, args, publicTokenList);
  const others = [read.maxRevocations, ...Object.values(read.common)].map(settled);
  // What is wrong with what an output brought, such as a secret, is told here: once, and before anything is declared.
  await Promise.all([promiseOf(read.list), ...others]);
  try {
    for (const tokenId of read.knownTokenIds) declare(tokenId);
  } catch (error) {
    throw new Error(`${label}: ${sentence(error)}`);
  }
  const batch = new Batch(name, opts);
  const shards = declareShards(batch, read, {
    name,
    opts,
    ownTokenId: run.ownTokenId(),
    newShard: (shardName, _digit, inputs, shardOpts) => new Shard(shardName, inputs, shardOpts),
  });
  const summary = summarize(shards);
  const failures = pulumi.all(shards.map(({ failures }) => failures)).apply((all) => all.flatMap((some) => some ?? []));
  batch.finish({ summary });
  // A preview knows them only of shards that it leaves as they are.
  const known = (await Promise.all(shards.map(({ failures }) => promiseOf(failures)))).flatMap((some) => some ?? []);
  const text = known.length > 0 ? failuresText(known, label) : undefined;
  if (text !== undefined && pulumi.runtime.isDryRun()) await pulumi.log.warn(text, batch);
  return {
    urn: await promiseOf(batch.urn),
    outputs: { summary, failures },
    failure: pulumi.runtime.isDryRun() ? undefined : text,
  };
}
