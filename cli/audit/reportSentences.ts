import { inWords } from "../../provider/text/durations";
import { plainLine } from "../../provider/text/plainLine";
import type { AuditRecord, AuditReport } from "./auditReport";
import { isAlive, isSeenGone } from "./lastSeen";
import { isLeaked, startOf } from "./leak";

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
  const leaked = records.filter(isLeaked).length;
  const superseded = records.filter(({ supersededBy }) => supersededBy).length;
  const removed = records.filter(({ removed, supersededBy }) => removed && !supersededBy).length;
  const interrupted = records.filter(({ interruptedRun }) => interruptedRun).length;
  const slowest = records.reduce((most, { secondsToRevoke }) => Math.max(most, secondsToRevoke ?? -1), -1);
  const parts = [
    `${records.length} ${records.length === 1 ? "record" : "records"} in ${where}: ${counts.join(", ")}`,
    `${gone.length} seen gone`,
    ...(alive > 0 ? [`${alive} alive`] : []),
    ...(leaked > 0 ? [`${leaked} found leaked by Datadog`] : []),
    ...(interrupted > 0 ? [`${interrupted} found gone that a killed run may have revoked`] : []),
    ...(superseded > 0 ? [`${superseded} superseded by a later record`] : []),
    ...(removed > 0 ? [`${removed} recovered from history, no longer in state`] : []),
    ...(slowest >= 0 ? [`longest from ${startOf(records)} to revocation ${inWords(slowest * 1000)}`] : []),
  ];
  return plainLine(`${parts.join("; ")}.`);
}

/** What needs attention, a line each. */
export function sayFindings({ findings, stacks }: AuditReport): string[] {
  if (findings.length === 0) return [];
  const widest = Math.max(10, ...new Set(findings.map(({ kind }) => kind.length)));
  const lines = findings.map(({ kind, stack, resource, tokenId, message }) => {
    const where = [
      ...(stacks.length > 1 ? [stack] : []),
      ...(resource ? [nameOf(resource)] : []),
      ...(tokenId ? [tokenId] : []),
    ];
    return plainLine(`  ${kind.padEnd(widest)} ${where.length > 0 ? `${where.join(" ")}: ` : ""}${message}`);
  });
  return ["", "Needs attention:", ...lines.map((line) => `  ${line}`)];
}

/** What could not be determined, a line each. */
export function sayNotes({ stacks }: AuditReport): string[] {
  const lines = stacks.flatMap(({ stack, notes }) =>
    notes.map((note) => plainLine(`${stacks.length > 1 ? `${stack}: ` : ""}${note}.`)),
  );
  return lines.length === 0 ? [] : ["", "Could not be determined:", ...lines.map((line) => `  ${line}`)];
}

/** That a killed run may have revoked the token, a sentence without its end; undefined where nothing tells of one. */
export function interruptionText({ interruptedRun }: AuditRecord): string | undefined {
  if (!interruptedRun) return undefined;
  const { operation, resource, before } = interruptedRun;
  const deployment = before === null ? "the one that recorded this" : `deployment ${before}`;
  const name = nameOf(resource);
  return operation === null
    ? `a run before ${deployment} worked on ${name} and is not in the history, as if it was killed: it may have revoked this token`
    : `a run before ${deployment} was killed while it was ${operation} ${name}: it may have revoked this token`;
}

/** The resource's name: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
