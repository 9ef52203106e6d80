import { type AuditedSnapshot, type AuditRecord, LEAK_DETECTED_AT } from "./auditReport";
import { inShort, SECRET } from "./declared";
import { NEVER_SEEN } from "./lastSeen";

/** Whether Datadog itself found the token somewhere. */
export function isLeaked({ snapshot }: Pick<AuditRecord, "snapshot">): boolean {
  return snapshot?.leak != null;
}

/** When Datadog found the token, and where; undefined where nobody said. */
export function leakText(snapshot: AuditedSnapshot | null): string | undefined {
  const leak = snapshot?.leak;
  if (!leak) return leak === null ? "none known" : undefined;
  const { detectedAt, source } = leak;
  return `${detectedAt ?? "time not known"}${source === undefined ? "" : ` (${source})`}`;
}

/** Whether the time to revoke counts from when Datadog found the token, as no earlier time of report is given. */
export function isFromLeak({ secondsToRevokeFrom }: Pick<AuditRecord, "secondsToRevokeFrom">): boolean {
  return secondsToRevokeFrom === LEAK_DETECTED_AT;
}

/** From what the times to revoke of these records count, for headings and sentences. */
export function startOf(records: readonly Pick<AuditRecord, "secondsToRevoke" | "secondsToRevokeFrom">[]): string {
  const timed = records.filter(({ secondsToRevoke }) => secondsToRevoke !== null);
  const ofLeak = timed.filter(isFromLeak).length;
  if (ofLeak === 0) return "report";
  return ofLeak === timed.length ? "leak" : "report or leak";
}

/** Why nothing counts, where Datadog found the token at a time that it did not tell, and nobody reported it. */
export const NEITHER_KNOWN = "neither the time of a report nor of the leak is known";

/** Whether Datadog found the token, at a time that nobody knows. */
export function isLeakUndated({ snapshot }: Pick<AuditRecord, "snapshot">): boolean {
  return snapshot?.leak != null && Number.isNaN(timeOf(snapshot.leak.detectedAt));
}

/** Why the token may have been reported at any time, in few words; undefined: the time is known, or none was given. */
export function whyReportOpen({
  reportedAt,
  unknown,
}: Pick<AuditRecord, "reportedAt" | "unknown">): "secret" | "unreadable" | "not known" | undefined {
  if (reportedAt === null) return inShort(unknown.reportedAt) === "not known" ? "not known" : undefined;
  if (reportedAt === SECRET) return "secret";
  return Number.isNaN(timeOf(reportedAt)) ? "unreadable" : undefined;
}

/**
 * Seconds from the leak to the revocation, where the token may have been reported before: it took as long or longer. Null
 * where the time is known, or nothing of it.
 */
export function leastSecondsToRevoke(
  record: Pick<AuditRecord, "outcome" | "secondsToRevoke" | "snapshot" | "revokedAt" | "reportedAt" | "unknown">,
): number | null {
  const { outcome, secondsToRevoke, snapshot, revokedAt } = record;
  if (outcome !== "revoked" || secondsToRevoke !== null || whyReportOpen(record) === undefined) return null;
  const seconds = (timeOf(revokedAt) - timeOf(snapshot?.leak?.detectedAt)) / 1000;
  return seconds > 0 ? seconds : null;
}

/** Why nothing is known of the token itself. */
function whyNoSnapshot({ snapshot = NEVER_SEEN }: AuditRecord["unknown"]): string {
  return snapshot === NEVER_SEEN ? NEVER_SEEN : `its snapshot is ${snapshot}`;
}

/** Why a time at which Datadog found the token leaked may be missing; undefined: none is. */
export function whyLeakOpen({ snapshot, unknown }: AuditRecord): string | undefined {
  if (!snapshot) {
    const why = whyNoSnapshot(unknown);
    return why === NEVER_SEEN ? undefined : `whether it leaked is not known: ${why}`;
  }
  if (unknown.leak !== undefined) return `whether it leaked is ${unknown.leak}`;
  return isLeakUndated({ snapshot }) ? "Datadog found it leaked, and did not say when" : undefined;
}

/** Why the time of report cannot be judged, in a sentence without its end; undefined: it is known, or none was ever given. */
export function whyReportUnjudged(record: Pick<AuditRecord, "reportedAt" | "unknown">): string | undefined {
  const open = whyReportOpen(record);
  if (open !== undefined) return `its time of report is ${open}`;
  const isLate = record.reportedAt === null && inShort(record.unknown.reportedAt) === "given later";
  return isLate ? "its time of report was given later" : undefined;
}

/** An answer, or why there is none. */
export type Answer = boolean | { readonly why: string };

/** Whether a token was used after it leaked, as far as Datadog had seen when it was asked. */
export function usedAfterLeak(record: AuditRecord): Answer {
  const { snapshot, unknown } = record;
  if (!snapshot) return { why: whyNoSnapshot(unknown) };
  const { leak } = snapshot;
  const why = whyLeakOpen(record);
  if (why !== undefined) return { why };
  if (leak === undefined) return { why: "Datadog did not say whether it leaked" };
  return leak !== null && usedSince(snapshot, leak.detectedAt);
}

/** Whether a token was used after it was reported, as the program said then. */
export function usedAfterReport(record: AuditRecord): Answer {
  const { snapshot, reportedAt, unknown } = record;
  const why = whyReportUnjudged(record);
  if (why !== undefined) return { why };
  if (reportedAt === null) return false;
  return snapshot ? usedSince(snapshot, reportedAt) : { why: whyNoSnapshot(unknown) };
}

function usedSince({ lastUsedAt }: AuditedSnapshot, time: string | undefined): Answer {
  if (lastUsedAt === null) return false;
  const used = timeOf(lastUsedAt);
  return Number.isNaN(used) ? { why: "Datadog did not say when it was last used" } : used > timeOf(time);
}

function timeOf(text: string | undefined): number {
  return Date.parse(text ?? "");
}
