import type { AuditReport, Finding } from "../auditReport";
import { nameOf } from "../reportSentences";
import { html, type Markup, quoted } from "./markup";
import { recordAnchor } from "./summary";
import { grouped } from "./units";

const KINDS: Readonly<Record<Finding["kind"], string>> = {
  alive: "Still alive",
  failed: "Failed",
  pending: "Not finished",
  unreadable: "Not readable",
};

/** So many stand open; more are folded away, so that what follows is not out of sight. */
const OPEN = 10;

/** What still needs a hand, each with the way to its record where it has one. */
export function findings({ findings, records }: AuditReport): Markup {
  if (findings.length === 0) {
    return html`<div class="panel"><h2 id="findings">What still needs a hand</h2>
<p>Nothing was found: no revocation that failed or was cut short, no token that is known to be alive, nothing that could not be read.</p></div>
`;
  }
  const anchors = new Map(records.map(({ tokenId, stack }, index) => [`${tokenId} ${stack}`, recordAnchor(index)]));
  const items = findings.map((finding) => item(finding, anchors.get(`${finding.tokenId} ${finding.stack}`)));
  const more = items.slice(OPEN);
  return html`<div class="panel open"><h2 id="findings">What still needs a hand</h2>
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

/** What of the past could not be read, stack by stack. */
export function notes({ stacks }: AuditReport): Markup {
  const all = stacks.flatMap(({ stack, notes }) => notes.map((note) => ({ stack, note })));
  if (all.length === 0) return html``;
  return html`<div class="panel"><h2>What could not be read or recovered</h2>
<ul>${all.map(
    ({ stack, note }) => html`<li>${quoted(note)}.<span class="minor">stack ${quoted(stack)}</span></li>
`,
  )}</ul></div>
`;
}
