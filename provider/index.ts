export { checkArguments, type TokenRevocationArgs } from "./arguments";
export type { ExemptArgs, WhereArgs } from "./criteria";
export type { Actor } from "./datadog/client";
export type { FoundToken } from "./datadog/findTokens";
export { parseToken, type TokenKind, type TokenName } from "./datadog/tokenIds";
export { type GetTokensOptions, type GetTokensOutputOptions, getTokens, getTokensOutput } from "./getTokens";
export type { Exempt, Where } from "./host/criteria";
export type { Outcome, RevocationRecord, Snapshot, Status } from "./host/record";
export type { Failure } from "./host/revokeMany";
export { identifyTokens } from "./identifyTokens";
export type { ArgumentProblem } from "./inputs";
export { TokenRevocation } from "./tokenRevocation";
export {
  type BatchSummary,
  TokenRevocationBatch,
  type TokenRevocationBatchArgs,
  TokenRevocationShard,
} from "./tokenRevocationBatch";
export { TokenSweep, type TokenSweepArgs } from "./tokenSweep";
