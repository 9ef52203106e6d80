import { RESOURCE_TYPES } from "../../provider/core/resourceTypes";
import type { Concern } from "./storedState";
import { identityOf, kindOfType } from "./storedTypes";
import { type Fields, isObject, objects, textOf } from "./storedValues";

/** An operation of a run that was killed, which may have revoked tokens that no record says so of. */
export interface Interruption {
  readonly operation: "creating" | "updating";
  /** URN; of a shard, where it is one. */
  readonly urn: string;
  /** URN; of its batch, where it is a shard. */
  readonly whole: string;
  readonly tokenIds: ReadonlySet<string>;
}

/**
 * What still needs a hand. A create that was carried out later is left out: the engine keeps it as pending all the same.
 *
 * @param identities of the resources in state
 */
export function pendingOf(operations: readonly Fields[], identities: ReadonlySet<string>): Concern[] {
  return operations.flatMap(({ type, resource }) => {
    if (!isOurs(resource)) return [];
    const operation = typeof type === "string" ? type : "changing";
    if (operation === "creating" && identities.has(identityOf(resource.urn))) return [];
    const inputs = isObject(resource.inputs) ? resource.inputs : {};
    const message =
      `${operation} it was interrupted: Datadog may have done something that is not recorded. ` +
      "If the stack is locked, run pulumi cancel. Then run pulumi up";
    return [{ urn: resource.urn, tokenId: textOf(inputs.tokenId), message }];
  });
}

/**
 * What killed runs may have revoked. The engine carries a pending create from state to state until
 * `pulumi refresh --clear-pending-creates`; any other operation only until the next run, so that it stands in the
 * checkpoint of the killed run, where the backend keeps one, and in state until then.
 */
export function interruptedOf(operations: readonly Fields[]): Interruption[] {
  return operations.flatMap(({ type: operation, resource }) => {
    if (operation !== "creating" && operation !== "updating") return [];
    if (!isOurs(resource) || !isObject(resource.inputs)) return [];
    const tokenIds = new Set(tokensOf(resource.inputs));
    return tokenIds.size > 0
      ? [{ operation, urn: resource.urn, whole: batchOf(resource) ?? resource.urn, tokenIds }]
      : [];
  });
}

/** The tokens that a resource is to revoke, by its inputs. */
function tokensOf({ tokenId, tokenIds, matched, enforce }: Fields): string[] {
  const swept = enforce === true ? objects(matched).map((match) => match.tokenId) : [];
  const listed: unknown[] = Array.isArray(tokenIds) ? tokenIds : [];
  return [tokenId, ...listed, ...swept].filter((id) => typeof id === "string");
}

function isOurs(resource: unknown): resource is Fields & { readonly urn: string } {
  return (
    isObject(resource) &&
    typeof resource.urn === "string" &&
    typeof resource.type === "string" &&
    kindOfType(resource.type) !== undefined
  );
}

/** URN of the batch that a shard is of. */
export function batchOf({ parent }: Fields): string | undefined {
  return typeof parent === "string" && parent.includes(`${RESOURCE_TYPES.TokenRevocationBatch}::`) ? parent : undefined;
}
