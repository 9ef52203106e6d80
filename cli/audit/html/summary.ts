import { askedText, filterText, limitsOf } from "../about";
import type { AuditRecord, AuditReport } from "../auditReport";
import { isAlive, isNeverSeen, isSeenGone } from "../lastSeen";
import { startOf } from "../leak";
import { projectsOf, sayNone } from "../reportSentences";
import { type Content, html, type Markup, quoted } from "./markup";
import { count, day, duration, grouped, time, timeOf } from "./units";

/** Which Datadog, which stacks, how much of their history was read, when, and as whom and when Datadog was asked. */
export function facts({ about, project, stacks, records }: AuditReport): Markup {
  const { madeAt, asked } = about;
  const organizations = distinct(records.map(({ actor }) => actor && (actor.organizationName ?? actor.organizationId)));
  const sites = distinct(records.map(({ site }) => site));
  const deployments = stacks.reduce((sum, stack) => sum + stack.deployments.length, 0);
  return html`<dl class="facts">
${fact(project.includes(", ") ? "Projects" : "Project", [projectsOf(project)])}${fact(
  stacks.length === 1 ? "Stack" : "Stacks",
  stacks.map(({ stack }) => stack),
)}${fact(organizations.length === 1 ? "Organization" : "Organizations", organizations)}${fact(sites.length === 1 ? "Datadog site" : "Datadog sites", sites)}<div><dt>Deployments read</dt><dd>${grouped(deployments)}</dd></div>
<div><dt>Made (UTC)</dt><dd>${time(madeAt)}</dd></div>
<div><dt>Shows</dt><dd>${quoted(filterText(about))}</dd></div>
<div><dt>Datadog asked for this report</dt><dd>${asked === null ? "no" : html`${time(asked.at)} as ${quoted(askedText(asked))}: ${asked.questions.map((question) => `--${question}`).join(", ")}`}</dd></div>
</dl>
`;
}

/** That the report is not all there is, where it is not. */
export function notice({ about }: AuditReport): Content {
  const { leftOut, missing } = about;
  const filter = filterText(about);
  const isFiltered = filter !== "everything";
  if (!isFiltered && missing.length === 0) return null;
  const items = [
    ...(isFiltered
      ? [html`This report shows ${quoted(filter)}: ${count(leftOut, "record is", "records are")} left out.`]
      : []),
    ...missing.map((sentence) => quoted(sentence)),
  ];
  return html`<div class="panel${missing.length > 0 && " open"}" role="note" aria-labelledby="notice"><h2 id="notice">${missing.length > 0 ? "This report is incomplete" : "This report is filtered"}</h2>
<ul>${items.map(
    (item) => html`<li>${item}</li>
`,
  )}</ul></div>
`;
}

function distinct(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts)].filter((text) => text !== null);
}

const MOST_NAMED = 4;

function fact(label: string, names: readonly string[]): Content {
  if (names.length === 0) return null;
  const more = names.length - MOST_NAMED;
  return html`<div><dt>${label}</dt><dd>${names.slice(0, MOST_NAMED).map((name, index) => html`${index > 0 && ", "}${quoted(name)}`)}${more > 0 && ` and ${grouped(more)} more`}</dd></div>
`;
}

/** Where the page shows a record, by its place in the report. */
export function recordAnchor(index: number): string {
  return `record-${index + 1}`;
}

/** The seconds from report to revocation that are known, shortest first. */
export function timesToRevoke(records: readonly AuditRecord[]): number[] {
  return records.flatMap(({ secondsToRevoke }) => secondsToRevoke ?? []).toSorted((one, other) => one - other);
}

/** @param sorted shortest first, at least one */
export function median(sorted: readonly number[]): number {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]] as [number, number];
  return (low + high) / 2;
}

/** The report in a few sentences: what an auditor reads first. */
export function summary(report: AuditReport): Markup {
  const { records } = report;
  if (records.length === 0) {
    return html`<p class="lede">${quoted(sayNone(report))} ${openMatters(report)}</p>`;
  }
  return html`<p class="lede">${period(records)}${tokens(records)} ${where(report)}. ${outcomes(records)}
${pace(records)} ${openMatters(report)}</p>`;
}

function where({ project, stacks }: AuditReport): Markup {
  const inStacks =
    stacks.length === 1
      ? html`in the stack ${quoted(stacks[0]?.stack ?? "")}`
      : html`in ${count(stacks.length, "stack")}`;
  return html`${inStacks} of the ${project.includes(", ") ? "projects" : "project"} ${quoted(projectsOf(project))}`;
}

function period(records: readonly AuditRecord[]): Content {
  const days = records
    .flatMap(({ revokedAt }) => timeOf(revokedAt) ?? [])
    .toSorted((one, other) => one - other)
    .map(day);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return "In all, ";
  return first === last ? `On ${first}, ` : `From ${first} to ${last}, `;
}

function tokens(records: readonly AuditRecord[]): Markup {
  const ids = new Set(records.map(({ tokenId }) => tokenId)).size;
  const inRecords = ids < records.length && ` (in ${count(records.length, "record")})`;
  return html`<strong>${count(ids, "token")}</strong>${inRecords} ${ids === 1 ? "was" : "were"} declared revoked`;
}

function outcomes(records: readonly AuditRecord[]): Markup {
  const revoked = records.filter(({ outcome }) => outcome === "revoked").length;
  const before = records.filter(({ outcome }) => outcome === "alreadyRevoked");
  const unseen = before.filter(isNeverSeen).length;
  const gone = before.length - unseen;
  const other = records.length - revoked - before.length;
  const superseded = records.filter(({ supersededBy }) => supersededBy).length;
  const seenGone = records.filter(isSeenGone).length;
  const alive = records.filter(isAlive).length;
  const were = (number: number): string => count(number, "was", "were");
  return html`<strong>${were(revoked)} revoked</strong> by these deployments${
    gone > 0 && html`, <strong>${were(gone)} already revoked</strong> when ${gone === 1 ? "its" : "their"} turn came`
  }${unseen > 0 && html`, <strong>${were(unseen)} never seen</strong> there`}${other > 0 && html`, of <strong>${grouped(other)}</strong> this version does not know what the record says`}; <strong>${were(seenGone)} verified</strong>, that is, afterwards seen to be gone${
    alive > 0 && html`, and <strong class="bad">${count(alive, "is", "are")} alive</strong>`
  }.${superseded > 0 && ` ${count(superseded, "record is", "records are")} superseded by a later one of the same token.`}`;
}

function pace(records: readonly AuditRecord[]): Content {
  const times = timesToRevoke(records);
  const slowest = times.at(-1);
  const start = startOf(records);
  if (slowest === undefined) return "The time from report to revocation is not known for any of them.";
  const index = records.findIndex(({ secondsToRevoke }) => secondsToRevoke === slowest);
  const { snapshot, tokenId } = records[index] as AuditRecord;
  const name = html`<a href="#${recordAnchor(index)}">${quoted(shortened(snapshot?.name || tokenId))}</a>`;
  const known = times.length < records.length && ` (known for ${grouped(times.length)} of ${grouped(records.length)})`;
  if (times.length === 1) {
    return html`From ${start} to revocation it took <strong>${duration(slowest)}</strong> for ${name}${known}.`;
  }
  return html`From ${start} to revocation it took <strong>${duration(median(times))}</strong> at the median${known} and <strong>${duration(slowest)}</strong> at the slowest, for ${name}.`;
}

/** The place for long names is the record. */
function shortened(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 59)}…`;
}

function openMatters({ findings, about }: AuditReport): Markup {
  // Of what it does not show the report knows nothing.
  if (findings.length === 0)
    return html`Nothing ${limitsOf(about).length > 0 && "that is shown here "}needs attention.`;
  return html`<a href="#findings"><strong>${count(findings.length, "matter")}</strong> ${findings.length === 1 ? "needs" : "need"} attention</a>.`;
}
