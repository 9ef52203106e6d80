import { ownerText } from "../../../provider/core/owners";
import type { AuditRecord, AuditReport } from "../auditReport";
import { inShort } from "../declared";
import { isAlive, isNeverSeen, isSeenGone, isUnverified, sequelOf } from "../lastSeen";
import { isFromLeak, isLeaked, isLeakUndated, leastSecondsToRevoke, NEITHER_KNOWN, whyReportOpen } from "../leak";
import { deploymentAnchor } from "./deploymentTables";
import { details } from "./details";
import { type Content, html, type Markup, markup, quoted, unknown } from "./markup";
import { recordAnchor } from "./summary";
import { cell, columnHeading, headRow, rowHeading } from "./table";
import { count, duration, floored, time, timeOf } from "./units";

/** How many rows are shown at once, and stand in the page as elements. The script has the rest as text. */
const PAGE = 200;

interface Column {
  readonly heading: string;
  cell(record: AuditRecord, stacks: readonly string[]): Content;
  /** What the column is sorted by; null where nothing is known, which comes last. */
  key(record: AuditRecord): string | number | null;
}

const COLUMNS: readonly Column[] = [
  {
    heading: "Token",
    cell: ({ snapshot, tokenId }) =>
      html`${
        snapshot?.name ? html`<span class="name">${quoted(snapshot.name)}</span>` : unknown("name not known")
      }<code>${tokenId}</code>`,
    key: ({ snapshot }) => snapshot?.name || null,
  },
  { heading: "Owner", cell: owner, key: ({ snapshot }) => (snapshot?.owner ? ownerText(snapshot.owner) : null) },
  { heading: "Outcome", cell: outcome, key: (record) => outcomeOf(record)[0] },
  {
    heading: "Revoked (UTC)",
    cell: ({ revokedAt }) => time(revokedAt),
    key: ({ revokedAt }) => timeOf(revokedAt) ?? null,
  },
  {
    heading: "Time to revoke",
    cell: (record) => {
      const { secondsToRevoke, outcome, reportedAt, unknown: whys } = record;
      if (secondsToRevoke !== null) {
        return html`<span>${duration(secondsToRevoke)}</span>${isFromLeak(record) && html`<span class="minor">after Datadog found it leaked</span>`}`;
      }
      if (isNeverSeen(record)) return unknown("not known: never seen here");
      if (outcome === "alreadyRevoked") return unknown("revoked before");
      if (outcome !== "revoked") return unknown("not known");
      const open = whyReportOpen(record);
      const least = leastSecondsToRevoke(record);
      if (least !== null) {
        return html`<span>at least ${floored(least)}</span><span class="minor">since Datadog found it leaked; time of report ${open}</span>`;
      }
      if (open !== undefined) return unknown(`time of report ${open}`);
      if (reportedAt !== null) return unknown("reported later");
      if (inShort(whys.reportedAt) === "given later") return unknown("time of report given later");
      return unknown(isLeakUndated(record) ? NEITHER_KNOWN : "no time of report");
    },
    key: ({ secondsToRevoke }) => secondsToRevoke,
  },
  {
    heading: "Asked by",
    cell: ({ requestedBy, unknown: whys }) =>
      requestedBy === null ? unknown(inShort(whys.requestedBy)) : html`<span>${quoted(requestedBy)}</span>`,
    key: ({ requestedBy }) => requestedBy,
  },
  { heading: "Ticket and reason", cell: why, key: ({ ticket, reason }) => ticket ?? reason },
  {
    heading: "Deployment",
    cell: deployment,
    key: ({ stack, version }) => (version === null ? null : `${stack} ${version}`),
  },
];

/** Where a record has one. */
const LEAK: Column = {
  heading: "Found leaked (UTC)",
  cell: leak,
  key: ({ snapshot }) => timeOf(snapshot?.leak?.detectedAt ?? "") ?? null,
};

function columnsOf(records: readonly AuditRecord[]): readonly Column[] {
  return records.some(isLeaked) ? COLUMNS.toSpliced(AFTER_OWNER, 0, LEAK) : COLUMNS;
}

const AFTER_OWNER = COLUMNS.findIndex(({ heading }) => heading === "Owner") + 1;
const ORDERED_BY = "Revoked (UTC)";

/** What the filter of outcomes offers, and of which records it holds. */
const STATES: readonly (readonly [state: string, words: string, holds: (record: AuditRecord) => boolean])[] = [
  ["revoked", "revoked", ({ outcome }) => outcome === "revoked"],
  ["alreadyRevoked", "already revoked", ({ outcome }) => outcome === "alreadyRevoked"],
  ["verified", "verified", isSeenGone],
  ["unverified", "not verified", isUnverified],
  ["alive", "alive", isAlive],
  ["leaked", "found leaked by Datadog", isLeaked],
  ["interrupted", "a killed run may have revoked it", ({ interruptedRun }) => interruptedRun !== undefined],
  ["superseded", "superseded", ({ supersededBy }) => supersededBy !== undefined],
  ["removed", "record removed later", (record) => sequelOf(record) === "removed"],
];

/** The table of all records, with what the script needs to sort and filter it. */
export function recordTable({ records, stacks }: AuditReport): Markup {
  const names = stacks.map(({ stack }) => stack);
  if (records.length === 0) return html``;
  const columns = columnsOf(records);
  const rows = records.map((record, index) => row(record, index, names, columns));
  return html`<section aria-labelledby="records-heading">
<h2 id="records-heading">Records</h2>
${controls(records)}
<table id="records" role="table" class="cards${columns.includes(LEAK) && " leaks"}">
<caption>One token a row, all times UTC. <span id="sorting">Oldest first.</span></caption>
${headRow(columns.map(({ heading }) => columnHeading(heading, heading === ORDERED_BY ? "ascending" : undefined)))}
${rows.slice(0, PAGE)}</table>
${rows.length > PAGE && html`<noscript><p>Only the first ${PAGE} are shown, because scripts are switched off.</p></noscript>`}
<nav id="pages" aria-label="Pages of records" hidden>
<button type="button" id="previous">Previous</button>
<span id="page"></span>
<button type="button" id="next">Next</button>
</nav>
<script type="application/json" id="data">${data(records, columns, rows.slice(PAGE))}</script>
</section>
`;
}

/** Shown by the script alone: without it they would do nothing. */
function controls(records: readonly AuditRecord[]): Markup {
  const present = STATES.filter(([, , holds]) => records.some(holds));
  return html`<div id="controls" role="search" hidden>
<label for="text">Find</label>
<input id="text" type="search" autocomplete="off" spellcheck="false" placeholder="name, id, owner, ticket, commit …">
<label for="state">Outcome</label>
<select id="state">
<option value="">any</option>
${present.map(
  ([state, words]) => html`<option value="${state}">${words}</option>
`,
)}</select>
<button type="button" id="clear">Clear</button>
</div>
<p id="shown" role="status">${count(records.length, "record")}</p>`;
}

/** What the script cannot read off the rows. Nothing in it can end the element that holds it. */
function data(records: readonly AuditRecord[], columns: readonly Column[], rest: readonly Markup[]): Markup {
  const json = JSON.stringify({
    /** How many rows are shown at once. */
    page: PAGE,
    /** Of each column: the records' places in its order, null where nothing is known. */
    ranks: columns.map(({ key }) => ranks(records.map(key))),
    /** Of each record: what the filter of outcomes may ask. */
    states: records.map((record) => STATES.filter(([, , holds]) => holds(record)).map(([state]) => state)),
    rest: rest.map(({ text }) => text),
  });
  return markup(json.replaceAll("</", "<\\/").replaceAll("<!", "<\\u0021"));
}

const collator = new Intl.Collator("en", { numeric: true });

/** The same number for the same key. */
function ranks(keys: readonly (string | number | null)[]): (number | null)[] {
  const distinct = [...new Set(keys)].filter((key) => key !== null);
  const sorted = distinct.toSorted((one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : collator.compare(String(one), String(other)),
  );
  const rank = new Map(sorted.map((key, index) => [key, index]));
  return keys.map((key) => (key === null ? null : (rank.get(key) ?? null)));
}

function row(record: AuditRecord, index: number, stacks: readonly string[], columns: readonly Column[]): Markup {
  return html`<tbody role="rowgroup" id="${recordAnchor(index)}">
<tr role="row">${columns.map(({ heading, cell: content }, place) => (place === 0 ? rowHeading : cell)(heading, content(record, stacks)))}</tr>
<tr role="row" class="more"><td role="cell" colspan="${columns.length}"><details><summary>Details<span class="unseen"> of ${quoted(record.snapshot?.name || record.tokenId)}</span></summary>
${details(record)}</details></td></tr>
</tbody>
`;
}

function owner({ snapshot, kind }: AuditRecord): Markup {
  const kindWords =
    kind !== null && html`<span class="minor">${kind === "service" ? "service account" : "personal"}</span>`;
  if (!snapshot?.owner) return html`${unknown("not known")}${kindWords}`;
  const text = ownerText(snapshot.owner);
  return html`<span>${text === snapshot.owner.id ? html`<code>${text}</code>` : quoted(text)}</span>${kindWords}`;
}

function leak({ snapshot, unknown: whys }: AuditRecord): Content {
  if (!snapshot?.leak) return snapshot?.leak === null ? "none known" : whys.leak !== undefined && unknown("not known");
  const { detectedAt, source } = snapshot.leak;
  return html`${detectedAt === undefined ? unknown("time not known") : time(detectedAt)}${
    source !== undefined && html`<span class="minor">in ${quoted(source)}</span>`
  }`;
}

const OUTCOMES: ReadonlyMap<string, readonly [words: string, look: string]> = new Map([
  ["revoked", ["Revoked", "done"]],
  ["alreadyRevoked", ["Already revoked", "before"]],
]);

/** A word of a later version, or of another program, is shown as it is. */
function outcomeOf(record: AuditRecord): readonly [words: string, look: string] {
  if (isAlive(record)) return ["Alive", "bad"];
  return OUTCOMES.get(record.outcome) ?? [record.outcome, "other"];
}

function outcome(record: AuditRecord): Markup {
  const [words, look] = outcomeOf(record);
  const verified = isSeenGone(record)
    ? html`<span class="minor good">verified gone</span>`
    : html`<span class="minor">${isNeverSeen(record) ? "never seen there" : "not verified"}</span>`;
  const sequel = sequelOf(record);
  return html`<span class="badge ${look}">${words}</span>${!isAlive(record) && !record.supersededBy && verified}${
    record.interruptedRun && html`<span class="minor">a killed run may have revoked it</span>`
  }${sequel !== undefined && html`<span class="minor">${sequel === "removed" ? "record removed later" : sequel}</span>`}`;
}

function why({ ticket, reason, unknown: whys }: AuditRecord): Markup {
  if (ticket === null && reason === null) {
    // The details tell what was given, and when.
    const [one, other] = [inShort(whys.ticket), inShort(whys.reason)];
    return unknown(one === "not given" || other === "given later" ? other : one);
  }
  return html`${ticket !== null && html`<span class="strong">${quoted(ticket)}</span>`}${
    reason !== null && html`<span>${quoted(reason)}</span>`
  }`;
}

function deployment({ stack, version, deployment }: AuditRecord, stacks: readonly string[]): Markup {
  if (version === null) return unknown("not known");
  const name = html`<bdi>${stack.split("/").at(-1)}</bdi> #${version}`;
  const stackIndex = stacks.indexOf(stack);
  return html`${
    deployment === null || stackIndex === -1
      ? html`<span>${name}</span>`
      : html`<a href="#${deploymentAnchor(stackIndex, version)}">${name}</a>`
  }${deployment?.runner != null && html`<span class="minor">run by ${quoted(deployment.runner)}</span>`}${
    deployment?.author != null && html`<span class="minor">author of the commit: ${quoted(deployment.author)}</span>`
  }`;
}
