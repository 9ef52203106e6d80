import type { AuditRecord } from "./auditReport";

/** Why a record has no snapshot, where Datadog never knew the token when this stack asked. */
export const NEVER_SEEN = "never seen";

/**
 * Whether Datadog still knew the token when it was last asked, by the stack or for this report. A record that is not in state
 * any more says nothing of today: the token may have been revoked again since. One that is superseded leaves it to the
 * later one.
 */
export function isAlive({ status, removed, supersededBy, verification }: AuditRecord): boolean {
  if (supersededBy) return false;
  return verification?.alive ?? (status === "alive" && !removed);
}

/** Whether Datadog was seen not to know the token any more, by the stack or for this report. */
export function isSeenGone({ status, verifiedAt, supersededBy, verification }: AuditRecord): boolean {
  if (supersededBy) return false;
  if (verification && verification.alive !== null) return !verification.alive;
  // A status that is not known may mean that it was seen alive since.
  return status === "revoked" && verifiedAt !== null;
}

/** Whether nobody has seen it gone. Of one that is superseded the later record tells. */
export function isUnverified(record: AuditRecord): boolean {
  return !record.supersededBy && !isSeenGone(record);
}

/**
 * Whether the record rests on one 404 alone, or on an outcome that cannot be read: what was there before, or elsewhere,
 * is not known.
 */
export function isNeverSeen({
  outcome,
  snapshot,
  verifiedAt,
  unknown,
}: Pick<AuditRecord, "outcome" | "snapshot" | "verifiedAt" | "unknown">): boolean {
  // A snapshot that cannot be read is one.
  const isUnseen = snapshot === null && (unknown.snapshot ?? NEVER_SEEN) === NEVER_SEEN;
  return outcome !== "revoked" && isUnseen && verifiedAt === null;
}

/** Why `--verify` does not know whether the token is alive; undefined: it knows, or was not given. */
export function whyNotVerified({ verification }: AuditRecord): string | undefined {
  if (!verification || verification.alive !== null) return undefined;
  const { why = "no reason is known" } = verification;
  return isNotAsked(why) ? why : `not known: ${why}`;
}

/** Whether Datadog was not asked of the record at all: it is another organization's, or its id is none. */
export function isNotAsked(why: string | undefined): boolean {
  return why?.startsWith("not asked") ?? false;
}

/** Why the outcome may be any; undefined: it is known. */
export function whyOutcomeOpen({ unknown }: Pick<AuditRecord, "unknown">): string | undefined {
  return unknown.outcome === undefined ? undefined : `its outcome is ${unknown.outcome}`;
}

/** What became of the record since, in words; undefined: it is in state, and the latest of its token. */
export function sequelOf({ removed, supersededBy }: AuditRecord): string | undefined {
  if (!supersededBy) return removed ? "removed" : undefined;
  const { version } = supersededBy;
  return version === null ? "superseded by a later record" : `superseded by deployment ${version}`;
}
