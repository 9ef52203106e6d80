import { plainLine } from "../../provider/text/plainLine";
import type { Condition, Filter } from "./auditOptions";
import type { AuditRecord, AuditReport } from "./auditReport";
import { inShort, SECRET } from "./declared";
import { isAlive, isNotAsked, isUnverified, NEVER_SEEN, whyNotVerified } from "./lastSeen";
import { leastSecondsToRevoke, usedAfterLeak, whyLeakOpen, whyReportOpen } from "./leak";

/** The report of the records that the filter takes. A finding about a token goes with the token's records. */
export function narrow(report: AuditReport, filter: Filter): AuditReport {
  const records = report.records.filter((record) => takes(filter, record));
  const taken = new Set(records);
  const untold = report.records.filter(
    (record) => !taken.has(record) && isTicketUnknown(record) && takes({ ...filter, tickets: [] }, record),
  );
  const stacks = report.stacks.map((each) => {
    const count = untold.filter(({ stack }) => stack === each.stack).length;
    return count === 0 ? each : { ...each, notes: [...each.notes, ticketNote(count)] };
  });
  const kept = new Set(records.map(({ tokenId }) => tokenId));
  const dropped = new Set(report.records.map(({ tokenId }) => tokenId).filter((tokenId) => !kept.has(tokenId)));
  const findings = report.findings.filter(({ tokenId }) => {
    if (tokenId === null) return true;
    return !dropped.has(tokenId) && (filter.tokenIds.length === 0 || filter.tokenIds.includes(tokenId.toLowerCase()));
  });
  return { ...report, stacks, records, findings };
}

function isTicketUnknown({ ticket, unknown }: AuditRecord): boolean {
  return ticket === null ? inShort(unknown.ticket) !== "not given" : ticket === SECRET;
}

function ticketNote(count: number): string {
  const [records, them] = count === 1 ? ["record", "it"] : ["records", "them"];
  return `For ${count} ${records} the ticket at the time of the revocation is not known: --ticket leaves ${them} out`;
}

function takes(filter: Filter, { tokenId, revokedAt, snapshot, ticket, outcome }: AuditRecord): boolean {
  const at = Date.parse(revokedAt);
  const owner = snapshot?.owner;
  return (
    at >= filter.since &&
    at < filter.until &&
    isAmong(filter.tokenIds, tokenId) &&
    isAmong(filter.owners, owner?.id, owner?.handle, owner?.name) &&
    isAmong(filter.tickets, ticket ?? undefined) &&
    (filter.outcomes.length === 0 || filter.outcomes.includes(outcome))
  );
}

function isAmong(wanted: readonly string[], ...values: (string | undefined)[]): boolean {
  return wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value.toLowerCase()));
}

/** The conditions that apply, each with how often: `"slow:24h: 3 tokens"`. */
export function judge({ records, findings }: AuditReport, conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    const count = countOf(condition);
    return count === 0 ? [] : [`--fail-on ${nameOf(condition)}: applies to ${count}`];
  });

  function countOf(condition: Condition): number {
    switch (condition.kind) {
      case "alreadyRevoked":
        return count(({ outcome }) => outcome === "alreadyRevoked");
      case "unverified":
        return count((record) => isUnverified(record) && whyNotVerified(record) === undefined);
      case "slow":
        return count((record) => isSlow(record, condition.seconds));
      case "alive":
      case "usedAfterLeak":
      case "pending":
      case "failed":
        return findings.filter(({ kind }) => kind === condition.kind).length;
    }
  }

  function count(holds: (record: AuditRecord) => boolean): number {
    return records.filter(holds).length;
  }
}

/** How many tokens a line names. */
const NAMED = 10;

/** The conditions that could not be judged of some record, each with which: they may apply. */
export function unjudged({ records }: AuditReport, conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    const open = openFor(condition, records).flatMap((record) => {
      const why = whyOpen(condition, record);
      return why === undefined ? [] : [`${record.tokenId} (${why})`];
    });
    if (open.length === 0) return [];
    const more = open.length > NAMED ? `, and ${open.length - NAMED} more` : "";
    const named = `${open.slice(0, NAMED).join(", ")}${more}`;
    return [plainLine(`--fail-on ${nameOf(condition)}: cannot be judged for ${open.length}: ${named}`)];
  });
}

/** Of a use after the leak, a record that does not tell leaves it to another one of its token. */
function openFor({ kind }: Condition, records: readonly AuditRecord[]): readonly AuditRecord[] {
  if (kind !== "usedAfterLeak") return records;
  const told = new Set(records.filter(isUseTold).map(({ tokenId }) => tokenId));
  return records.filter(({ tokenId }) => !told.has(tokenId));
}

/** Why a condition cannot be judged of a record; undefined: it can. */
function whyOpen(condition: Condition, record: AuditRecord): string | undefined {
  switch (condition.kind) {
    case "unverified":
      return isUnverified(record) ? whyNotVerified(record) : undefined;
    case "alive":
      // Where it was looked for, nothing of one that was never seen lives.
      if (record.supersededBy || isAlive(record) || record.verification?.why === NEVER_SEEN) return undefined;
      return whyNotVerified(record);
    case "slow":
      return isSlow(record, condition.seconds) ? undefined : whyUntimed(record);
    case "usedAfterLeak": {
      const used = usedAfterLeak(record);
      return typeof used === "boolean" ? undefined : used.why;
    }
    default:
      return undefined;
  }
}

function isSlow(record: AuditRecord, limit: number): boolean {
  const seconds = record.secondsToRevoke ?? leastSecondsToRevoke(record);
  return seconds !== null && seconds > limit;
}

/** Why it may have taken longer than the record tells: of what this stack revoked, when it was reported or found leaked. */
function whyUntimed(record: AuditRecord): string | undefined {
  if (record.outcome !== "revoked") return undefined;
  const open = whyReportOpen(record);
  if (open === undefined) return whyLeakOpen(record);
  return record.unknown.secondsToRevoke ?? `its time of report is ${open}`;
}

/** What could not be read, a sentence each. */
export function unread({ records, findings }: AuditReport): string[] {
  const partial = records.filter(isTrailUnread).length;
  return [
    ...(findings.some(({ kind }) => kind === "unreadable")
      ? ["Some data could not be read. The report names it."]
      : []),
    ...(partial > 0
      ? [
          `The Audit Trail could not be read whole for ${partial} ${partial === 1 ? "record" : "records"}. ` +
            "The report says why beside each.",
        ]
      : []),
  ];
}

/** Datadog was asked, and a DELETE may be missing. */
function isTrailUnread({ auditTrail }: AuditRecord): boolean {
  return auditTrail !== undefined && !auditTrail.complete && !isNotAsked(auditTrail.why);
}

function isUseTold(record: AuditRecord): boolean {
  return typeof usedAfterLeak(record) === "boolean";
}

function nameOf(condition: Condition): string {
  return condition.kind === "slow" ? `slow:${condition.text}` : condition.kind;
}
