export type { Actor } from "./datadog/client";
export type { TokenKind } from "./datadog/tokenIds";
export type { Outcome, RevocationRecord, Snapshot, Status } from "./host/record";
export { TokenRevocation, type TokenRevocationArgs } from "./tokenRevocation";
