import type { AuditRecord } from "./report";

/** Whether Datadog was last seen to know the token still, by the stack or for this report. */
export function isAlive({ status, verification }: AuditRecord): boolean {
  return verification?.alive ?? status === "alive";
}

/** Whether Datadog was seen not to know the token any more, by the stack or for this report. */
export function isSeenGone(record: AuditRecord): boolean {
  return !isAlive(record) && (record.verifiedAt !== null || record.verification?.alive === false);
}
