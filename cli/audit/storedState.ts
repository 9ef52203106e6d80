import { pick } from "../../provider/core/objects";
import { redactTokenValues } from "../../provider/tokens/redact";
import type { AuditRecord } from "./auditReport";
import { batchOf, type Interruption, interruptedOf, pendingOf } from "./pendingOperations";
import { readAct, type StoredAct } from "./storedAct";
import { identityOf, kindOfType, shownType } from "./storedTypes";
import { type Fields, isObject, isSecret, objects, textOf, timeAt, timeOf } from "./storedValues";

/** A record as it stands in one checkpoint. Its fields are unchecked: they may have any shape. */
export interface StoredRecord {
  readonly tokenId: string;
  readonly revokedAt: string;
  /** The record's own fields. */
  readonly fields: Fields;
  readonly act: StoredAct;
  /** The kind of token, as the resource knew it without a snapshot. */
  readonly kind: "personal" | "service" | null;
  readonly resource: StoredResource;
}

/** A resource that holds records. */
export interface StoredResource {
  /** Of a batch, where this is one of its shards. */
  readonly urn: string;
  /** Of the shard itself, where it is one. */
  readonly ownUrn: string;
  readonly type: AuditRecord["resourceType"];
  /** Its arguments, actor and apiUrl; not its lists, which are long. */
  readonly shared: Fields;
  /** When the engine last changed it; null where it does not say. */
  readonly modified: string | null;
}

/** What one checkpoint says of revocations. */
export interface StoredState {
  readonly records: readonly StoredRecord[];
  /** Tokens of batches and sweeps that could not be revoked. */
  readonly failures: readonly Concern[];
  /** Operations that were begun, and whose end was never recorded. */
  readonly pending: readonly Concern[];
  /** The same, and those that were carried out later, as far as they may have revoked tokens. */
  readonly interrupted: readonly Interruption[];
  /** What is there and cannot be read. */
  readonly unreadable: readonly Concern[];
  /** When each resource that a deployment counts was changed last, milliseconds since 1970; NaN where it is not recorded. */
  readonly changes: readonly number[];
}

export interface Concern {
  /** Null where it concerns no resource that is known. */
  readonly urn: string | null;
  readonly tokenId: string | null;
  readonly message: string;
}

/** What a resource says of all its records together. */
const SHARED = [
  "reason",
  "ticket",
  "requestedBy",
  "reportedAt",
  "actor",
  "apiUrl",
  "verify",
  "serviceAccountId",
] as const;

/**
 * Finds the records in what a backend stores of a stack: a checkpoint, or what `pulumi stack export` prints.
 *
 * @param what what it is, for messages
 * @throws Error for what is neither
 */
export function readState(stored: unknown, what = "the state"): StoredState {
  const latest = latestOf(stored);
  if (!latest) throw new Error(`${what} is not in a format of Pulumi that this version knows`);
  const records: StoredRecord[] = [];
  const failures: Concern[] = [];
  const unreadable: Concern[] = [];
  const changes: number[] = [];
  const urns = new Set<string>();
  /** The objects of a list. What else stands there may hide something, and is not passed over in silence. */
  const objectsOf = (value: unknown, what: string, urn: string | null): Fields[] => {
    const found = objects(value);
    const isWhole = Array.isArray(value) && found.length === value.length;
    if (!isWhole) unreadable.push({ urn, tokenId: null, message: `${whyNoList(value, what)}. They are not shown` });
    return found;
  };
  for (const resource of objectsOf(latest.resources ?? [], "the state's resources", null)) {
    const { urn, type } = resource;
    if (typeof urn !== "string" || typeof type !== "string") {
      unreadable.push({ urn: null, tokenId: null, message: "a resource without a URN or a type. It is not shown" });
      continue;
    }
    urns.add(identityOf(urn));
    // Providers that the engine makes by itself are not counted.
    if (!type.startsWith("pulumi:providers:")) changes.push(timeAt(resource.modified));
    const kind = kindOfType(type);
    if (kind === undefined) continue;
    const resourceType = shownType(kind);
    if (!resourceType) {
      const message = `a resource of the type ${kind}, which this version does not know. Its records are not shown`;
      unreadable.push({ urn, tokenId: null, message });
      continue;
    }
    if (!isObject(resource.outputs) || isSecret(resource.outputs)) {
      unreadable.push({ urn, tokenId: null, message: "a resource without outputs that can be read. It is not shown" });
      continue;
    }
    const { outputs } = resource;
    const serviceTokenIds = new Set(Array.isArray(outputs.serviceTokenIds) ? outputs.serviceTokenIds : []);
    const read: StoredResource = {
      urn: batchOf(resource) ?? urn,
      ownUrn: urn,
      type: resourceType,
      shared: pick(outputs, SHARED),
      modified: typeof resource.modified === "string" ? resource.modified : null,
    };
    const isOne = resourceType === "TokenRevocation";
    for (const fields of isOne ? [outputs] : objectsOf(outputs.records, "its records", read.urn)) {
      const act = readAct(outputs, isOne ? undefined : fields);
      const record = toRecord(fields, act, read, serviceTokenIds);
      if ("message" in record) unreadable.push(record);
      else records.push(record);
    }
    for (const failure of isOne ? [] : objectsOf(outputs.failures, "its failures", read.urn)) {
      failures.push({
        urn: read.urn,
        tokenId: textOf(failure.tokenId),
        message: textOf(failure.message) ?? "no reason recorded",
      });
    }
  }
  const operations = objectsOf(latest.pending_operations ?? [], "the state's pending operations", null);
  const pending = pendingOf(operations, urns);
  return { records, failures, pending, interrupted: interruptedOf(operations), unreadable, changes };
}

function latestOf(stored: unknown): Fields | undefined {
  if (!isObject(stored)) return undefined;
  const { checkpoint, deployment } = stored;
  if (isObject(deployment)) return deployment;
  // A stack that was never deployed has no latest state.
  if (isObject(checkpoint) && checkpoint.latest == null) return {};
  return isObject(checkpoint) && isObject(checkpoint.latest) ? checkpoint.latest : undefined;
}

function whyNoList(value: unknown, what: string): string {
  if (isSecret(value)) return `${what} are a secret`;
  return Array.isArray(value)
    ? `some of ${what} have a shape that this version does not know`
    : `${what} are not a list`;
}

function toRecord(
  fields: Fields,
  act: StoredAct,
  resource: StoredResource,
  serviceTokenIds: ReadonlySet<unknown>,
): StoredRecord | Concern {
  const { urn } = resource;
  const revokedAt = timeOf(fields.revokedAt);
  if (typeof fields.tokenId !== "string") return { urn, tokenId: null, message: "a record without a token id" };
  const tokenId = redactTokenValues(fields.tokenId);
  if (revokedAt === null) {
    return { urn, tokenId, message: "a record that does not say when the token was revoked" };
  }
  const kind = serviceTokenIds.has(tokenId) ? "service" : fields.kind;
  return { tokenId, revokedAt, fields, act, kind: kind === "personal" || kind === "service" ? kind : null, resource };
}
