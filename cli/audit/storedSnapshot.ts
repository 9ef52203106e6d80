import * as v from "valibot";
import { redactTokenValues } from "../../provider/tokens/redact";
import type { AuditedSnapshot, AuditRecord } from "./auditReport";
import { ODD, SECRET } from "./declared";
import { NEVER_SEEN } from "./lastSeen";
import { isObject, isSecret, textOf } from "./storedValues";

const Text = v.pipe(v.string(), v.transform(redactTokenValues));

/** Each part by itself: one that is missing or odd hides no other. */
const SNAPSHOT_PARTS = {
  kind: v.picklist(["personal", "service"]),
  name: Text,
  owner: v.object({
    id: Text,
    type: v.picklist(["users", "service_account"]),
    handle: v.exactOptional(Text),
    name: v.exactOptional(Text),
  }),
  scopes: v.array(Text),
  createdAt: Text,
  expiresAt: v.nullable(Text),
  lastUsedAt: v.nullable(Text),
  leak: v.nullable(v.object({ detectedAt: v.exactOptional(Text), source: v.exactOptional(Text) })),
};

const NOTHING = { success: false } as const;

/**
 * What can be read of a snapshot; null: nothing can.
 *
 * @param unknown takes in why parts are missing
 */
export function readSnapshot(value: unknown, unknown: Record<string, string>): AuditedSnapshot | null {
  const tokenId = isObject(value) && !isSecret(value) ? textOf(value.tokenId) : null;
  if (!isObject(value) || tokenId === null) return null;
  const parts: Record<string, unknown> = { tokenId };
  for (const [name, schema] of Object.entries(SNAPSHOT_PARTS)) {
    const part = isUnsaid(value[name]) && name === "owner" ? undefined : value[name];
    // An object without fields of its own would take a secret or a list for an empty one.
    const isOdd = isSecret(part) || (Array.isArray(part) && name !== "scopes");
    const parsed = isOdd ? NOTHING : v.safeParse(schema, part);
    if (parsed.success) parts[name] = parsed.output;
    // The kind has a cell of its own.
    else if (name === "kind") continue;
    else if (part !== undefined) unknown[name] = whyOdd(part);
    // Before Datadog told of leaks, nobody said anything of them.
    else if (name !== "leak") unknown[name] = "Datadog did not say";
  }
  const snapshot = parts as unknown as AuditedSnapshot;
  const { owner } = snapshot;
  if (owner && owner.handle === undefined && owner.name === undefined) {
    unknown.ownerHandle = "Datadog did not let it be read";
  }
  return snapshot;
}

/** An owner of whom Datadog said nothing. */
function isUnsaid(part: unknown): boolean {
  return isObject(part) && Object.keys(part).length === 0;
}

/** What its owner tells of the token. */
export function kindOf(snapshot: AuditedSnapshot | null): AuditRecord["kind"] {
  if (!snapshot?.owner) return null;
  return snapshot.owner.type === "service_account" ? "service" : "personal";
}

/** Why nothing can be read of a snapshot. */
export function whyNoSnapshot(value: unknown): string {
  return value == null ? NEVER_SEEN : whyOdd(value);
}

/** Why what is recorded cannot be shown. */
export function whyOdd(value: unknown): string {
  return isSecret(value) ? SECRET : ODD;
}
