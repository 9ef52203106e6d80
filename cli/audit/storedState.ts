import { pick } from "../../provider/core/objects";
import { redactTokenValues } from "../../provider/tokens/redact";
import type { AuditRecord } from "./auditReport";

/** A record as it stands in one checkpoint. Its fields are unchecked: they may have any shape. */
export interface StoredRecord {
  readonly tokenId: string;
  readonly revokedAt: string;
  /** The record's own fields. */
  readonly fields: Fields;
  /** The kind of token, as the resource knew it without a snapshot. */
  readonly kind: "personal" | "service" | null;
  readonly resource: StoredResource;
}

/** A resource that holds records. */
export interface StoredResource {
  /** Of a batch, where this is one of its shards. */
  readonly urn: string;
  readonly type: AuditRecord["resourceType"];
  /** Its arguments, actor and apiUrl; not its lists, which are long. */
  readonly shared: Fields;
  /** When the engine last changed it; null where it does not say. */
  readonly modified: string | null;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What one checkpoint says of revocations. */
export interface StoredState {
  readonly records: readonly StoredRecord[];
  /** Tokens of batches and sweeps that could not be revoked. */
  readonly failures: readonly Concern[];
  /** Operations that were begun, and whose end was never recorded. */
  readonly pending: readonly (Concern & { readonly operation: string })[];
  /** What is there and cannot be read. */
  readonly unreadable: readonly Concern[];
  /** When each resource that a deployment counts was changed last, milliseconds since 1970; NaN where it is not recorded. */
  readonly changes: readonly number[];
}

export interface Concern {
  readonly urn: string;
  readonly tokenId: string | null;
  readonly message: string;
}

const TYPE_PREFIX = "pulumi-nodejs:dynamic/datadog-revocation:";
const BATCH = "datadog-revocation:index:TokenRevocationBatch";
const RESOURCE_TYPES: ReadonlyMap<string, AuditRecord["resourceType"]> = new Map([
  ["TokenRevocation", "TokenRevocation"],
  ["TokenRevocationShard", "TokenRevocationBatch"],
  ["TokenSweep", "TokenSweep"],
]);

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
 * @throws Error for what is neither
 */
export function readState(stored: unknown): StoredState {
  const latest = latestOf(stored);
  const records: StoredRecord[] = [];
  const failures: Concern[] = [];
  const unreadable: Concern[] = [];
  const changes: number[] = [];
  const urns = new Set<string>();
  for (const resource of objects(latest.resources)) {
    const { urn, type } = resource;
    if (typeof urn !== "string" || typeof type !== "string") continue;
    urns.add(urn);
    // Providers that the engine makes by itself are not counted.
    if (!type.startsWith("pulumi:providers:")) changes.push(timeAt(resource.modified));
    if (!type.startsWith(TYPE_PREFIX)) continue;
    const kind = type.slice(TYPE_PREFIX.length);
    const resourceType = RESOURCE_TYPES.get(kind);
    if (!resourceType) {
      const message = `a resource of the type ${kind}, which this version does not know. Its records are not shown`;
      unreadable.push({ urn, tokenId: null, message });
      continue;
    }
    const outputs = isObject(resource.outputs) ? resource.outputs : {};
    const serviceTokenIds = new Set(Array.isArray(outputs.serviceTokenIds) ? outputs.serviceTokenIds : []);
    const read: StoredResource = {
      urn: batchOf(resource) ?? urn,
      type: resourceType,
      shared: pick(outputs, SHARED),
      modified: typeof resource.modified === "string" ? resource.modified : null,
    };
    for (const fields of resourceType === "TokenRevocation" ? [outputs] : list(outputs.records, read, unreadable)) {
      const record = toRecord(fields, read, serviceTokenIds);
      if ("message" in record) unreadable.push(record);
      else records.push(record);
    }
    for (const failure of resourceType === "TokenRevocation" ? [] : objects(outputs.failures)) {
      failures.push({
        urn: read.urn,
        tokenId: textOf(failure.tokenId),
        message: textOf(failure.message) ?? "no reason recorded",
      });
    }
  }
  return { records, failures, pending: pendingOf(latest, urns), unreadable, changes };
}

function latestOf(stored: unknown): Fields {
  if (!isObject(stored)) throw new Error("the state is not in a format of Pulumi that this version knows");
  const { checkpoint, deployment } = stored;
  if (isObject(deployment)) return deployment;
  // A stack that was never deployed has no latest state.
  if (isObject(checkpoint)) return isObject(checkpoint.latest) ? checkpoint.latest : {};
  throw new Error("the state is not in a format of Pulumi that this version knows");
}

function list(records: unknown, { urn }: StoredResource, unreadable: Concern[]): Fields[] {
  if (records === undefined || Array.isArray(records)) return objects(records);
  const why = isSecret(records) ? "its records are a secret" : "its records are not a list";
  unreadable.push({ urn, tokenId: null, message: `${why}. They are not shown` });
  return [];
}

function toRecord(
  fields: Fields,
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
  return { tokenId, revokedAt, fields, kind: kind === "personal" || kind === "service" ? kind : null, resource };
}

/** A create that was carried out later is left out: the engine keeps it as pending all the same. */
function pendingOf(latest: Fields, urns: ReadonlySet<string>): StoredState["pending"] {
  return objects(latest.pending_operations).flatMap(({ type, resource }) => {
    if (!isObject(resource) || typeof resource.urn !== "string" || typeof resource.type !== "string") return [];
    if (!resource.type.startsWith(TYPE_PREFIX)) return [];
    const operation = typeof type === "string" ? type : "changing";
    if (operation === "creating" && urns.has(resource.urn)) return [];
    const inputs = isObject(resource.inputs) ? resource.inputs : {};
    const message =
      `${operation} it was interrupted: Datadog may have done something that is not recorded. ` +
      "If the stack is locked, run pulumi cancel. Then run pulumi up";
    return [{ urn: resource.urn, tokenId: textOf(inputs.tokenId), operation, message }];
  });
}

function batchOf({ parent }: Fields): string | undefined {
  return typeof parent === "string" && parent.includes(`${BATCH}::`) ? parent : undefined;
}

/** How Pulumi marks a secret in what it stores. */
const SECRET = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

export function isSecret(value: unknown): boolean {
  return isObject(value) && value[SECRET[0]] === SECRET[1];
}

/** Text that others wrote, without token values; null for anything else. A secret is never opened. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return redactTokenValues(value);
  return isSecret(value) ? "(secret)" : null;
}

/** An RFC 3339 time; null for anything else, also for what only JavaScript takes for a time. */
export function timeOf(value: unknown): string | null {
  const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value);
  return isTime && !Number.isNaN(Date.parse(value)) ? value : null;
}

/** Milliseconds since 1970; NaN for what is no time. */
function timeAt(value: unknown): number {
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
