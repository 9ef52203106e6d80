import { type Kind, PLUGIN_TYPES, RESOURCE_TYPES } from "../../provider/core/resourceTypes";
import type { AuditRecord } from "./auditReport";

/** What a report calls the resources with records. */
const SHOWN: Readonly<Record<Kind, AuditRecord["resourceType"]>> = {
  TokenRevocation: "TokenRevocation",
  TokenRevocationShard: "TokenRevocationBatch",
  TokenSweep: "TokenSweep",
};
const KINDS = Object.keys(SHOWN) as Kind[];
/** What the types of dynamic resources begin with, and those of the plugin's. */
const PREFIXES = [RESOURCE_TYPES, PLUGIN_TYPES].map(({ TokenSweep }) => TokenSweep.slice(0, -"TokenSweep".length));

/** What a resource of this package is called, of whatever version; undefined: it is none, or holds no records. */
export function kindOfType(type: string): string | undefined {
  if (type === RESOURCE_TYPES.TokenRevocationBatch) return undefined;
  const prefix = PREFIXES.find((each) => type.startsWith(each));
  return prefix === undefined ? undefined : type.slice(prefix.length);
}

/** What a report calls it; undefined: this version does not know it. */
export function shownType(kind: string): AuditRecord["resourceType"] | undefined {
  return KINDS.some((each) => each === kind) ? SHOWN[kind as Kind] : undefined;
}

/**
 * A resource's URN as it would be for dynamic resources. A record moves between these and the plugin's resources as the
 * program does, and its URN changes by the types alone.
 */
export function identityOf(urn: string): string {
  const [stack, project, types, ...name] = urn.split("::");
  if (types === undefined) return urn;
  const dynamic = types.split("$").map((type) => {
    const kind = KINDS.find((each) => PLUGIN_TYPES[each] === type);
    return kind ? RESOURCE_TYPES[kind] : type;
  });
  return [stack, project, dynamic.join("$"), ...name].join("::");
}
