import { isDeepStrictEqual } from "node:util";
import type { AuditRecord } from "../auditReport";
import { inShort } from "../declared";
import type { KeptStatement } from "./readStatement";

/** A record, as a statement has it. */
export type KeptRecord = KeptStatement["predicate"]["report"]["records"][number];

/** What a record says of the revocation itself. The other columns may change later: whether it was verified, superseded, … */
const LASTING = [
  ...(["resourceType", "outcome", "httpStatus", "reportedAt", "reason", "ticket", "requestedBy"] as const),
  ...(["kind", "snapshot", "actor", "apiUrl", "verifiedAt"] as const),
] satisfies readonly (keyof AuditRecord)[];

/** What a later run may add where the record has none. */
const ADDED_LATER: readonly string[] = ["kind", "snapshot", "verifiedAt"] satisfies (keyof AuditRecord)[];

/**
 * Whether a stack's records still are as a statement has them.
 *
 * @param isLost whether what is not shown any more may be what this backend does not show, or what could not be read
 */
export function compareRecords(
  known: readonly KeptRecord[],
  now: readonly AuditRecord[],
  isLost: boolean,
): { changed: string[]; unchecked: string[] } {
  const changed: string[] = [];
  const unchecked: string[] = [];
  const today = new Map(now.map((record) => [keyOf(record), record]));
  for (const record of known) {
    const name = `the record of token ${record.tokenId}, revoked at ${record.revokedAt},`;
    const counterpart = today.get(keyOf(record));
    if (!counterpart) {
      if (isLost) unchecked.push(`${name} is not shown any more: what only old states hold cannot be read here`);
      else changed.push(`${name} is not there any more`);
      continue;
    }
    const columns = LASTING.filter((column) => differs(record, counterpart, column));
    const open = columns.filter((column) => isUntold(counterpart, column));
    const edited = columns.filter((column) => !open.includes(column));
    if (edited.length > 0) changed.push(`${name} differs, though its deployment is over: ${edited.join(", ")}`);
    else if (open.length > 0) unchecked.push(`${name} can no longer be read in full: ${open.join(", ")}`);
  }
  return { changed, unchecked };
}

const keyOf = ({ tokenId, revokedAt }: Pick<AuditRecord, "tokenId" | "revokedAt">): string => `${tokenId} ${revokedAt}`;

function differs(known: KeptRecord, now: AuditRecord, column: (typeof LASTING)[number]): boolean {
  const before = known[column] ?? null;
  if (before === null && ADDED_LATER.includes(column)) return false;
  // As JSON has it: without what is undefined.
  return !isDeepStrictEqual(before, JSON.parse(JSON.stringify(now[column])));
}

/** Whether today's report has nothing there because it cannot tell, rather than because nothing was given. */
function isUntold(record: AuditRecord, column: (typeof LASTING)[number]): boolean {
  return record[column] === null && inShort(record.unknown[column]) === "not known";
}
