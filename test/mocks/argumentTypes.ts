// What the compiler takes and refuses in a user's program. `argumentTypes.test.ts` compiles it as users do.
import * as pulumi from "@pulumi/pulumi";
import {
  checkArguments,
  type Exempt,
  type ExemptArgs,
  getTokens,
  getTokensOutput,
  TokenRevocation,
  type TokenRevocationArgs,
  TokenRevocationBatch,
  type TokenRevocationBatchArgs,
  TokenSweep,
  type TokenSweepArgs,
  type Where,
  type WhereArgs,
} from "pulumi-datadog-revocation";

const id = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const value = "7n42DGM5Tflk9n8mt7Fhc7";
const maybe = new pulumi.Config().get("maybe");
const later = pulumi.output(id);
const rule = { where: { unusedFor: "90d" } };

export const refused = [
  // @ts-expect-error: no token is named.
  () => new TokenRevocation("x", {}),
  // @ts-expect-error: no token is named.
  () => new TokenRevocation("x", { reason: "found in a log" }),
  // @ts-expect-error: only one of the two is taken.
  () => new TokenRevocation("x", { tokenId: id, token: value }),
  // @ts-expect-error: only one of the two is taken, outputs too.
  () => new TokenRevocation("x", { tokenId: later, token: pulumi.secret(value) }),
  // @ts-expect-error: nothing may be in it.
  () => new TokenRevocation("x", { tokenId: maybe }),
  // @ts-expect-error: it guards nothing.
  () => new TokenRevocation("x", { tokenId: id, expect: {} }),
  // @ts-expect-error: nothing may be in it, and then it guards nothing.
  () => new TokenRevocation("x", { tokenId: id, expect: { name: maybe } }),
  // @ts-expect-error: it is misspelt.
  () => new TokenRevocation("x", { tokenID: id }),

  // @ts-expect-error: no tokens are named.
  () => new TokenRevocationBatch("x", {}),
  // @ts-expect-error: only one of the two is taken.
  () => new TokenRevocationBatch("x", { tokens: [value], tokenIds: [id] }),
  // @ts-expect-error: it guards nothing.
  () => new TokenRevocationBatch("x", { tokenIds: [id], expect: {} }),

  // @ts-expect-error: no criterion is given.
  () => new TokenSweep("x", {}),
  // @ts-expect-error: no criterion is given.
  () => new TokenSweep("x", { where: {} }),
  // @ts-expect-error: nothing may be in it.
  () => new TokenSweep("x", { where: { namePattern: maybe } }),
  // @ts-expect-error: it exempts nothing.
  () => new TokenSweep("x", { ...rule, exempt: {} }),
  // @ts-expect-error: it guards nothing.
  () => new TokenSweep("x", { ...rule, expect: {} }),

  // @ts-expect-error: no criterion is given; without `where` all tokens are meant.
  () => getTokens({}),
  // @ts-expect-error: it exempts nothing.
  () => getTokens(rule.where, { exempt: {} }),
  // @ts-expect-error: no criterion is given; without `where` all tokens are meant.
  () => getTokensOutput({}),
  // @ts-expect-error: it exempts nothing.
  () => getTokensOutput(rule.where, { exempt: {} }),
];

/** Entries of a file, which `checkArguments` has looked at. */
const entries: (TokenRevocationArgs & { tokenId?: string; token?: string })[] = JSON.parse("[]");
const named: TokenRevocationArgs = maybe === undefined ? { tokenId: id } : { token: maybe };
const why: Pick<TokenRevocationArgs, "reason" | "ticket"> = { reason: maybe };
const many: TokenRevocationBatchArgs = { tokens: [value, pulumi.secret(value)], verify: true, ticket: undefined };
const where: Where = { ownedBy: [id], kind: undefined };
const exempt: Exempt = { names: [] };
const whereArgs: WhereArgs = { ownedBy: [later, id], olderThan: later, kind: maybe ? "personal" : undefined };
const exemptArgs: ExemptArgs = { ownerIds: later, names: undefined };
const sweepArgs: TokenSweepArgs = { where: whereArgs, exempt: exemptArgs, enforce: true };

export const taken = [
  () => new TokenRevocation("x", { tokenId: id, token: undefined, reason: undefined, expect: undefined }),
  () => new TokenRevocation("x", { token: pulumi.secret(value), tokenId: undefined, ...why }),
  () => new TokenRevocation("x", { tokenId: Promise.resolve(id), expect: { name: maybe, ownerId: later } }),
  () => new TokenRevocation("x", { tokenId: later, expect: later.apply((name) => ({ name })) }),
  () => new TokenRevocation("x", { ...named, reason: "found in a log", onNotFound: "fail" }),
  () => entries.map((args) => checkArguments(args).length || new TokenRevocation(String(args.tokenId), args)),
  () => new TokenRevocationBatch("x", { ...many, expect: { organizationId: later }, concurrency: 2 }),
  () => new TokenRevocationBatch("x", { tokenIds: later.apply((one) => [one]), tokens: undefined }),
  () => new TokenSweep("x", sweepArgs),
  () => new TokenSweep("x", { where: { neverExpires: false }, exempt: { tokenIds: [] }, expect: undefined }),
  // What a sweep has in state may be handed on as it is.
  (sweep: TokenSweep) =>
    new TokenSweep("x", { where: sweep.where, exempt: sweep.exempt.apply((one) => one ?? exempt) }),
  (sweep: TokenSweep) => getTokensOutput(sweep.where, { exempt: exemptArgs, dependsOn: sweep }),
  (sweep: TokenSweep): pulumi.Output<string | undefined> => sweep.where.apply(({ unusedFor }) => unusedFor),
  () => getTokensOutput({ ownedBy: later }),
  () => getTokensOutput(later.apply((ownedBy) => ({ ownedBy }))),
  () => getTokens(where, { exempt }),
  () => getTokens(undefined, { exempt: undefined }),
  () => getTokens(),
];
