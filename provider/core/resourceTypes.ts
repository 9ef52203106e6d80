/** The package in Pulumi's sense: the namespace of types and of the plugin's configuration. */
export const PACKAGE = "datadog-revocation";

/** The type tokens, which stand in users' state for ever. */
export const RESOURCE_TYPES = {
  TokenRevocation: "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation",
  TokenRevocationShard: "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocationShard",
  TokenSweep: "pulumi-nodejs:dynamic/datadog-revocation:TokenSweep",
  /** A component. */
  TokenRevocationBatch: "datadog-revocation:index:TokenRevocationBatch",
} as const;

/** A kind of resource that stands in state with records. */
export type Kind = "TokenRevocation" | "TokenRevocationShard" | "TokenSweep";

/** The same resources as the provider plugin's. */
export const PLUGIN_TYPES = {
  TokenRevocation: "datadog-revocation:index:TokenRevocation",
  TokenRevocationShard: "datadog-revocation:index:TokenRevocationShard",
  TokenSweep: "datadog-revocation:index:TokenSweep",
} as const satisfies Record<Kind, string>;

/** What comes of the act alone: everything that stands in state beside the arguments and what `check` adds to them. */
export const RESULTS = {
  TokenRevocation: ["outcome", "revokedAt", "httpStatus", "verifiedAt", "snapshot", "act", "actor", "apiUrl"],
  TokenRevocationShard: ["records", "acts", "failures", "actor", "apiUrl"],
  TokenSweep: ["matched", "records", "acts", "failures", "lastSweptAt", "actor", "apiUrl"],
} as const satisfies Record<Kind, readonly string[]>;

/** The host modules: their keys in `exports` of package.json, which stand in users' state for ever. */
const HOST_MODULES = {
  TokenRevocation: "host/tokenRevocation",
  TokenRevocationShard: "host/tokenRevocationShard",
  TokenSweep: "host/tokenSweep",
} as const satisfies Record<Kind, string>;

/** The property in which a dynamic resource keeps its provider. */
export const PROVIDER_PROPERTY = "__provider";

/** What the SDK's process for dynamic providers runs to get a resource's provider. */
export function dynamicProvider(kind: Kind): string {
  return `exports.handler = () => require("pulumi-datadog-revocation/${HOST_MODULES[kind]}");`;
}
