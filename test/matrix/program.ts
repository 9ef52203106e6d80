// A user's program, which names everything that the package exports, with the types that it promises.
import * as pulumi from "@pulumi/pulumi";
import {
  type Actor,
  type ArgumentProblem,
  type BatchSummary,
  checkArguments,
  type Exempt,
  type ExemptArgs,
  type Failure,
  type FoundToken,
  type GetTokensOptions,
  type GetTokensOutputOptions,
  getTokens,
  getTokensOutput,
  identifyTokens,
  type Outcome,
  parseToken,
  type RevocationRecord,
  type Snapshot,
  type Status,
  type TokenKind,
  type TokenName,
  TokenRevocation,
  type TokenRevocationArgs,
  TokenRevocationBatch,
  type TokenRevocationBatchArgs,
  TokenRevocationShard,
  TokenSweep,
  type TokenSweepArgs,
  type Where,
  type WhereArgs,
} from "pulumi-datadog-revocation";
import { type Fault, type LoggedRequest, type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";

const config = new pulumi.Config();
const [one, ...others] = config.requireObject<[string, ...string[]]>("tokenIds");

const args: TokenRevocationArgs = {
  tokenId: one,
  reason: "found in a log",
  ticket: undefined,
  requestedBy: pulumi.output("ana@example.com"),
  reportedAt: "2026-11-20T09:00:00Z",
  expect: { name: config.require("name") },
  onNotFound: "fail",
};
const problems: ArgumentProblem[] = checkArguments(args);
if (problems.length > 0) throw new pulumi.RunError(problems.map(({ path, problem }) => `${path} ${problem}`).join());
const revocation = new TokenRevocation("one", args, { protect: false });

const batchArgs: TokenRevocationBatchArgs = { tokenIds: others, maxRevocations: 10, concurrency: 2, verify: true };
const batch = new TokenRevocationBatch("others", batchArgs, { dependsOn: revocation });

const whereArgs: WhereArgs = { namePattern: "nobody's/*", olderThan: pulumi.output("90d"), kind: ["personal"] };
const exemptArgs: ExemptArgs = { names: ["break-glass"] };
const sweepArgs: TokenSweepArgs = { where: whereArgs, exempt: exemptArgs };
const sweep = new TokenSweep("sweep", sweepArgs);

const where: Where = { unusedFor: "90d" };
const exempt: Exempt = { ownerIds: [] };
const options: GetTokensOptions = { exempt };
const outputOptions: GetTokensOutputOptions = { dependsOn: [batch] };

export const outcome: pulumi.Output<Outcome> = revocation.outcome;
export const status: pulumi.Output<Status> = revocation.status;
export const name: pulumi.Output<string | undefined> = revocation.snapshot.apply((seen?: Snapshot) => seen?.name);
export const organization = revocation.actor.apply((actor?: Actor) => actor?.organizationName);
export const summary: pulumi.Output<BatchSummary> = batch.summary;
export const failures = batch.shards.map((shard: TokenRevocationShard): pulumi.Output<Failure[]> => shard.failures);
export const matched: pulumi.Output<Snapshot[]> = sweep.matched;
export const swept: pulumi.Output<RevocationRecord[]> = sweep.records;
export const listed: Promise<number> = getTokens(where, options).then((tokens: Snapshot[]) => tokens.length);
export const left: pulumi.Output<number> = getTokensOutput(where, outputOptions).apply((tokens) => tokens.length);

const portion: TokenName = parseToken("7n42DGM5Tflk9n8mt7Fhc7");
const kind: TokenKind | undefined = portion.kind;
const found: FoundToken[] = identifyTokens("no value in here");

async function inATest(fault: Fault): Promise<readonly LoggedRequest[]> {
  const simulator: Simulator = await startSimulator({ seed: 1 });
  simulator.fault({ method: "DELETE" }, fault).remove();
  return simulator.requests();
}
const mistakes = [
  // @ts-expect-error: it is misspelt.
  () => new TokenRevocation("misspelt", { tokenID: one }),
  // @ts-expect-error: it takes one of two words.
  () => new TokenRevocation("wrong", { tokenId: one, onNotFound: "ignore" }),
  // @ts-expect-error: it is no criterion.
  () => new TokenSweep("wrong", { where: { owner: one } }),
  // @ts-expect-error: batches alone declare them.
  () => new TokenRevocationShard("wrong"),
];
// What is not used at all, the compiler would complain of.
export const named = [kind, ...found, inATest, ...mistakes].length;
