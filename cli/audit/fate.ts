import type { AuditRecord } from "./report";

/** Whether Datadog was last seen to know the token still, by the stack or for this report. */
export function isAlive({ status, verification }: AuditRecord): boolean {
  return status === "alive" || verification?.alive === true;
}

/** Whether Datadog was seen not to know the token any more, by the stack or for this report. */
export function isSeenGone({ verifiedAt, verification }: AuditRecord): boolean {
  return verifiedAt !== null || verification?.alive === false;
}
