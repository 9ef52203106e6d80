import { limitsOf } from "../about";
import type { AuditReport, Finding } from "../auditReport";
import { nameOf } from "../reportSentences";
import { html, type Markup, quoted } from "./markup";
import { recordAnchor } from "./summary";
import { grouped } from "./units";

const KINDS: Readonly<Record<Finding["kind"], string>> = {
  alive: "Still alive",
  usedAfterLeak: "Used after it leaked",
  usedAfterReport: "Used after it was reported",
  failed: "Failed",
  pending: "Interrupted",
  underWay: "Under way",
  unreadable: "Unreadable",
};

/** How many are shown; the rest is folded, so that what follows stays in sight. */
const OPEN = 10;

/** What needs attention, each with a link to its record where it has one. */
export function findings({ findings, records, about }: AuditReport): Markup {
  if (findings.length === 0) {
    return html`<div class="panel"><h2 id="findings">Needs attention</h2>
<p>${
      limitsOf(about).length > 0
        ? "Nothing was found in what this report shows. What it does not show, or could not judge, is said above."
        : "Nothing was found: no revocation that failed or was interrupted, no token that is known to be alive, nothing that could not be read."
    }</p></div>
`;
  }
  const anchors = new Map(records.map(({ tokenId, stack }, index) => [`${tokenId} ${stack}`, recordAnchor(index)]));
  const items = findings.map((finding) => item(finding, anchors.get(`${finding.tokenId} ${finding.stack}`)));
  const more = items.slice(OPEN);
  return html`<div class="panel open"><h2 id="findings">Needs attention</h2>
<ul>${items.slice(0, OPEN)}</ul>
${
  more.length > 0 &&
  html`<details><summary>${grouped(more.length)} more</summary>
<ul>${more}</ul></details>`
}</div>
`;
}

function item({ kind, stack, resource, tokenId, message }: Finding, anchor: string | undefined): Markup {
  const id = html`<code>${tokenId}</code>`;
  const token = anchor === undefined ? id : html`<a href="#${anchor}">${id}</a>`;
  return html`<li><strong class="bad">${KINDS[kind]}:</strong> ${quoted(message)}.
<span class="minor">${tokenId !== null && html`token ${token}, `}${resource !== null && html`resource ${quoted(nameOf(resource))}, `}stack ${quoted(stack)}</span></li>
`;
}

/** What could not be determined, stack by stack. */
export function notes({ stacks }: AuditReport): Markup {
  const all = stacks.flatMap(({ stack, notes }) => notes.map((note) => ({ stack, note })));
  if (all.length === 0) return html``;
  return html`<div class="panel"><h2>Could not be determined</h2>
<ul>${all.map(
    ({ stack, note }) => html`<li>${quoted(note)}.<span class="minor">stack ${quoted(stack)}</span></li>
`,
  )}</ul></div>
`;
}
