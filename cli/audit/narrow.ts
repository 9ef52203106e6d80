import { isUuid } from "../../provider/tokens/tokenIds";
import type { Filter } from "./auditOptions";
import type { AuditedHistory, AuditRecord } from "./auditReport";
import { inShort, SECRET } from "./declared";
import { NEVER_SEEN, whyOutcomeOpen } from "./lastSeen";
import type { Answer } from "./leak";
import { cannotBeJudged } from "./reportSentences";

/** What is left of a report, and what is not. */
export interface Narrowed {
  readonly report: AuditedHistory;
  /** How many records are left out. */
  readonly leftOut: number;
  /** For each option that cannot tell of some record, a sentence that names them: they are left out, and may belong here. */
  readonly missing: readonly string[];
}

/** What each option says of a record. */
const CRITERIA: Readonly<Record<string, (filter: Filter, record: AuditRecord) => Answer>> = {
  since: ({ since }, { revokedAt }) => Date.parse(revokedAt) >= since,
  until: ({ until }, { revokedAt }) => Date.parse(revokedAt) < until,
  token: ({ tokenIds }, { tokenId }) => isAmong(tokenIds, [tokenId]),
  owner: ({ owners }, record) => {
    const { id, handle, name } = record.snapshot?.owner ?? {};
    return isAmong(owners, [id, handle, name], whyOwnerOpen(record, owners));
  },
  ticket: ({ tickets }, record) => {
    const { ticket } = record;
    return isAmong(tickets, ticket === null || ticket === SECRET ? [] : [ticket], whyTicketOpen(record));
  },
  outcome: ({ outcomes }, record) => {
    const wanted = outcomes.map((outcome) => outcome.toLowerCase());
    return isAmong(wanted, [record.outcome], whyOutcomeOpen(record));
  },
};

/** The report of the records that the filter takes. A finding about a token goes with the token's records. */
export function narrow(report: AuditedHistory, filter: Filter): Narrowed {
  const doubts: { readonly option: string; readonly item: string }[] = [];
  const records = report.records.filter((record) => {
    const answers = Object.entries(CRITERIA).map(([option, takes]) => ({ option, answer: takes(filter, record) }));
    if (answers.some(({ answer }) => answer === false)) return false;
    const open = answers.flatMap(({ option, answer }) => (typeof answer === "object" ? [{ option, ...answer }] : []));
    doubts.push(...open.map(({ option, why }) => ({ option, item: `${record.tokenId} (${why})` })));
    return open.length === 0;
  });
  const missing = [...Map.groupBy(doubts, ({ option }) => option)].map(([option, of]) => {
    const items = of.map(({ item }) => item);
    return cannotBeJudged(`--${option}`, items, ", left out here");
  });
  return {
    report: { ...report, records, findings: findingsOf(report, filter, records) },
    leftOut: report.records.length - records.length,
    missing,
  };
}

function findingsOf({ records, findings }: AuditedHistory, { tokenIds }: Filter, shown: readonly AuditRecord[]) {
  const kept = new Set(shown.map(({ tokenId }) => tokenId));
  const dropped = new Set(records.map(({ tokenId }) => tokenId).filter((tokenId) => !kept.has(tokenId)));
  return findings.filter(({ kind, tokenId }) => {
    if (tokenId === null) return true;
    // Nobody knows what a record that cannot be read says.
    return isAmong(tokenIds, [tokenId]) === true && (kind === "unreadable" || !dropped.has(tokenId));
  });
}

/**
 * Whether one of these values is wanted, or anything is.
 *
 * @param open why there may be other values
 */
function isAmong(wanted: readonly string[], values: readonly (string | undefined)[], open?: string): Answer {
  if (wanted.length === 0) return true;
  if (values.some((value) => value !== undefined && wanted.includes(value.toLowerCase()))) return true;
  return open === undefined ? false : { why: open };
}

/** Why the owner may be one of those that are wanted, though the record does not say so. */
function whyOwnerOpen({ snapshot, unknown }: AuditRecord, wanted: readonly string[]): string | undefined {
  if (!snapshot) return `its owner is not known: ${unknown.snapshot ?? NEVER_SEEN}`;
  const { owner } = snapshot;
  if (!owner) return `its owner is not known: ${unknown.owner ?? "Datadog did not say"}`;
  // In state of 0.1.0 a service account's handle is its UUID.
  const isNamed = [owner.handle, owner.name].some((text) => text !== undefined && !isUuid(text));
  return isNamed || wanted.every(isUuid) ? undefined : "only the id of its owner is known";
}

function whyTicketOpen({ ticket, unknown }: AuditRecord): string | undefined {
  if (ticket === SECRET) return "its ticket is secret";
  if (ticket !== null || inShort(unknown.ticket) === "not given") return undefined;
  // What was given, or is declared now, is no answer to the question.
  return inShort(unknown.ticket) === "given later"
    ? `its ticket was ${unknown.ticket?.replace(/: .*$/s, "")}`
    : "its ticket is not known";
}
