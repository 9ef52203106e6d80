import { plainLine } from "../../provider/datadog/errors";
import { inWords } from "../../provider/host/criteria";
import type { AuditReport } from "./auditReport";
import { isAlive, isSeenGone } from "./lastSeen";

/** The report in a sentence. */
export function summary({ records, stacks, project }: AuditReport): string {
  const where = stacks.length === 1 ? `stack ${stacks[0]?.stack}` : `${stacks.length} stacks of ${project}`;
  if (records.length === 0) return plainLine(`No record of a revocation in ${where}.`);
  const outcomes = [...new Set(records.map(({ outcome }) => outcome))].toSorted().toReversed();
  const counts = outcomes.map(
    (outcome) => `${records.filter((record) => record.outcome === outcome).length} ${outcome}`,
  );
  const gone = records.filter(isSeenGone);
  const alive = records.filter(isAlive).length;
  const removed = records.filter((record) => record.removed).length;
  const slowest = records.reduce((most, { secondsToRevoke }) => Math.max(most, secondsToRevoke ?? -1), -1);
  const parts = [
    `${records.length} ${records.length === 1 ? "record" : "records"} in ${where}: ${counts.join(", ")}`,
    `${gone.length} seen gone`,
    ...(alive > 0 ? [`${alive} alive`] : []),
    ...(removed > 0 ? [`${removed} recovered from history, not in state any more`] : []),
    ...(slowest >= 0 ? [`longest from report to revocation ${inWords(slowest * 1000)}`] : []),
  ];
  return plainLine(`${parts.join("; ")}.`);
}

/** What still needs a hand, a line each. */
export function sayFindings({ findings, stacks }: AuditReport): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(({ kind, stack, resource, tokenId, message }) => {
    const where = [
      ...(stacks.length > 1 ? [stack] : []),
      ...(resource ? [nameOf(resource)] : []),
      ...(tokenId ? [tokenId] : []),
    ];
    return plainLine(`  ${kind.padEnd(10)} ${where.length > 0 ? `${where.join(" ")}: ` : ""}${message}`);
  });
  return ["", "Still needs a hand:", ...lines.map((line) => `  ${line}`)];
}

/** What could not be read or recovered, a line each. */
export function sayNotes({ stacks }: AuditReport): string[] {
  const lines = stacks.flatMap(({ stack, notes }) =>
    notes.map((note) => plainLine(`${stacks.length > 1 ? `${stack}: ` : ""}${note}.`)),
  );
  return lines.length === 0 ? [] : ["", "Not to be known:", ...lines.map((line) => `  ${line}`)];
}

/** A resource's own name, the end of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
