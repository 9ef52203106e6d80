export type { Act, Actor, Failure, Outcome, RevocationRecord, Snapshot, Status } from "./core/records";
export type { ArgumentProblem } from "./core/validators";
export type { Exempt, ExemptArgs, Where, WhereArgs } from "./resources/commonArguments";
export { type GetTokensOptions, type GetTokensOutputOptions, getTokens, getTokensOutput } from "./resources/getTokens";
export { type LedgerEntry, readLedger } from "./resources/readLedger";
export { checkArguments, TokenRevocation, type TokenRevocationArgs } from "./resources/tokenRevocation";
export {
  type BatchSummary,
  TokenRevocationBatch,
  type TokenRevocationBatchArgs,
} from "./resources/tokenRevocationBatch";
export { TokenRevocationShard } from "./resources/tokenRevocationShard";
export { TokenSweep, type TokenSweepArgs } from "./resources/tokenSweep";
export type { FoundToken } from "./tokens/findTokens";
export { identifyTokens } from "./tokens/findTokens";
export type { TokenKind } from "./tokens/syntax";
export { parseToken, type TokenName } from "./tokens/tokenIds";
