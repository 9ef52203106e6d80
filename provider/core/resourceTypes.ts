/** The type tokens, which stand in users' state for ever. */
export const RESOURCE_TYPES = {
  TokenRevocation: "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation",
  TokenRevocationShard: "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocationShard",
  TokenSweep: "pulumi-nodejs:dynamic/datadog-revocation:TokenSweep",
  /** A component. */
  TokenRevocationBatch: "datadog-revocation:index:TokenRevocationBatch",
} as const;
