import type { AuditRecord } from "./auditReport";

/**
 * Whether Datadog was last seen to know the token still, by the stack or for this report. A record that is not in state
 * any more says nothing of today: the token may have been revoked again since.
 */
export function isAlive({ status, removed, verification }: AuditRecord): boolean {
  return verification?.alive ?? (status === "alive" && !removed);
}

/** Whether Datadog was seen not to know the token any more, by the stack or for this report. */
export function isSeenGone(record: AuditRecord): boolean {
  return !isAlive(record) && (record.verifiedAt !== null || record.verification?.alive === false);
}
