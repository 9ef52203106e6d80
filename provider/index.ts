export { type ArgumentProblem, checkArguments, type TokenRevocationArgs } from "./arguments";
export type { Actor } from "./datadog/client";
export { parseToken, type TokenKind, type TokenName } from "./datadog/tokenIds";
export type { Outcome, RevocationRecord, Snapshot, Status } from "./host/record";
export { TokenRevocation } from "./tokenRevocation";
