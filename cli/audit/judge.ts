import { plainLine } from "../../provider/text/plainLine";
import type { Condition, Filter } from "./auditOptions";
import type { AuditRecord, AuditReport } from "./auditReport";
import { isUnverified, whyNotVerified } from "./lastSeen";

/** The report of the records that the filter takes. A finding about a token goes with the token's records. */
export function narrow(report: AuditReport, filter: Filter): AuditReport {
  const records = report.records.filter((record) => takes(filter, record));
  const kept = new Set(records.map(({ tokenId }) => tokenId));
  const dropped = new Set(report.records.map(({ tokenId }) => tokenId).filter((tokenId) => !kept.has(tokenId)));
  const findings = report.findings.filter(({ tokenId }) => {
    if (tokenId === null) return true;
    return !dropped.has(tokenId) && (filter.tokenIds.length === 0 || filter.tokenIds.includes(tokenId.toLowerCase()));
  });
  return { ...report, records, findings };
}

function takes(filter: Filter, { tokenId, revokedAt, snapshot, ticket, outcome }: AuditRecord): boolean {
  const at = Date.parse(revokedAt);
  const owner = snapshot?.owner;
  return (
    at >= filter.since &&
    at < filter.until &&
    isAmong(filter.tokenIds, tokenId) &&
    isAmong(filter.owners, owner?.id, owner?.handle) &&
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
    const name = condition.kind === "slow" ? `slow:${condition.text}` : condition.kind;
    return count === 0 ? [] : [`--fail-on ${name}: applies to ${count}`];
  });

  function countOf(condition: Condition): number {
    switch (condition.kind) {
      case "alreadyRevoked":
        return count(({ outcome }) => outcome === "alreadyRevoked");
      case "unverified":
        return count((record) => isUnverified(record) && whyNotVerified(record) === undefined);
      case "slow":
        return count(({ secondsToRevoke }) => secondsToRevoke !== null && secondsToRevoke > condition.seconds);
      case "alive":
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
  if (!conditions.some(({ kind }) => kind === "unverified")) return [];
  const open = records.flatMap((record) => {
    const why = isUnverified(record) ? whyNotVerified(record) : undefined;
    return why === undefined ? [] : [`${record.tokenId} (${why})`];
  });
  if (open.length === 0) return [];
  const more = open.length > NAMED ? `, and ${open.length - NAMED} more` : "";
  return [
    plainLine(`--fail-on unverified: cannot be judged for ${open.length}: ${open.slice(0, NAMED).join(", ")}${more}`),
  ];
}
