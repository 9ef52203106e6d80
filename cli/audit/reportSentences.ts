import { inWords } from "../../provider/text/durations";
import { plainLine } from "../../provider/text/plainLine";
import type { AuditedHistory, AuditRecord, AuditReport, Deployment } from "./auditReport";
import { isAlive, isSeenGone } from "./lastSeen";
import { isLeaked, startOf } from "./leak";

/** The report in a sentence. */
export function summary(report: AuditReport): string {
  const { records } = report;
  if (records.length === 0) return sayNone(report);
  const where = whereOf(report);
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
    ...(interrupted > 0 ? [`${interrupted} that Datadog did not know, and that a killed run may have revoked`] : []),
    ...(superseded > 0 ? [`${superseded} superseded by a later record`] : []),
    ...(removed > 0 ? [`${removed} recovered from history, no longer in state`] : []),
    ...(slowest >= 0 ? [`longest from ${startOf(records)} to revocation ${inWords(slowest * 1000)}`] : []),
  ];
  return plainLine(`${parts.join("; ")}.`);
}

/** That no record is shown, which need not mean that there is none. */
export function sayNone(report: AuditReport): string {
  const { about, findings } = report;
  const where = whereOf(report);
  if (about.leftOut > 0) return plainLine(`The filters leave out every record in ${where}: ${about.leftOut} in all.`);
  const isUnread = findings.some(({ kind }) => kind === "unreadable");
  return plainLine(isUnread ? `No record could be read in ${where}.` : `No record of a revocation in ${where}.`);
}

/** How many projects are named. */
const NAMED_PROJECTS = 3;

/** The stacks of a report: the one, or how many of which projects. */
export function whereOf({ stacks, project }: AuditedHistory): string {
  if (stacks.length === 1) return `stack ${stacks[0]?.stack}`;
  return `${stacks.length} stacks of ${projectsOf(project)}`;
}

/** The projects in a few words. */
export function projectsOf(project: string): string {
  const names = project.split(", ");
  const more = names.length - NAMED_PROJECTS;
  return more <= 1 ? project : `${names.slice(0, NAMED_PROJECTS).join(", ")} and ${more} more`;
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

/** How many records a sentence names. */
const NAMED = 10;

/**
 * That an option could not be judged, and of what.
 *
 * @param items each with the reason in brackets
 * @param aside what became of them
 */
export function cannotBeJudged(option: string, items: readonly string[], aside = ""): string {
  const more = items.length > NAMED ? `, and ${items.length - NAMED} more` : "";
  const named = `${items.slice(0, NAMED).join(", ")}${more}`;
  return plainLine(`${option}: cannot be judged for ${items.length}${aside}: ${named}`);
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

/** Whether a plan held the run to what it showed; undefined: history does not say. Nothing tells whether anybody read it. */
export function planText(deployment: Deployment | null): string | undefined {
  if (deployment === null || deployment.reviewedPlan === null) return undefined;
  return deployment.reviewedPlan ? "bound to a saved plan" : "not bound to a plan";
}

/** That what ran is not what the commit holds; undefined: it is, or history does not say. */
export function changesText(deployment: Deployment | null): string | undefined {
  return deployment?.uncommittedChanges ? "with uncommitted changes" : undefined;
}

/** The resource's name: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
