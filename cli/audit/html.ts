import { createHash } from "node:crypto";
import { deploymentTables } from "./html/deployments";
import { histogram } from "./html/histogram";
import { html, type Markup, markup, quoted } from "./html/markup";
import { PAGE, recordTable } from "./html/records";
import { script } from "./html/script";
import { STYLE } from "./html/style";
import { facts, summary } from "./html/summary";
import { timeline } from "./html/timeline";
import { count } from "./html/words";
import type { AuditReport, Finding } from "./report";
import { nameOf } from "./words";

/**
 * The report as one page that needs nothing else: no request leaves it, and what others wrote in it stays text. The
 * same report gives the same bytes.
 */
export function renderHtml(report: AuditReport): string {
  const { records } = report;
  const code = script(PAGE);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${sha256(STYLE)}'; script-src '${sha256(code)}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title(report)}</title>
<style>${markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#${records.length > 0 ? "records-heading" : "findings"}">Skip to ${records.length > 0 ? "the records" : "what needs a hand"}</a>
<header>
<p class="eyebrow">Audit report</p>
<h1>Revoked Datadog access tokens</h1>
${summary(report)}${facts(report)}</header>
<main>
<section aria-labelledby="findings">
${findings(report)}${notes(report)}</section>
<div class="figures">${timeline(report)}${histogram(report)}</div>
${recordTable(report)}${deploymentTables(report)}${guide()}</main>
<footer>Made by pulumi-datadog-revocation from the state and history of the stacks named here. The page holds all it shows and sends nothing anywhere.</footer>
${records.length > 0 && html`<script>${markup(code)}</script>`}
</body>
</html>
`.text;
}

function sha256(text: string): Markup {
  return markup(`sha256-${createHash("sha256").update(text).digest("base64")}`);
}

function title({ project, records }: AuditReport): string {
  return `${count(records.length, "revocation")} in ${project}`;
}

const KINDS: Readonly<Record<Finding["kind"], string>> = {
  alive: "Still alive",
  failed: "Failed",
  pending: "Not finished",
  unreadable: "Not readable",
};

function findings({ findings }: AuditReport): Markup {
  if (findings.length === 0) {
    return html`<div class="panel"><h2 id="findings">What still needs a hand</h2>
<p>Nothing was found: no revocation that failed or was cut short, no token that is known to be alive, nothing that could not be read.</p></div>
`;
  }
  return html`<div class="panel open"><h2 id="findings">What still needs a hand</h2>
<ul>${findings.map(
    ({
      kind,
      stack,
      resource,
      tokenId,
      message,
    }) => html`<li><strong class="bad">${KINDS[kind]}:</strong> ${quoted(message)}.
<span class="minor">${tokenId !== null && html`token <code>${tokenId}</code>, `}${resource !== null && html`resource ${quoted(nameOf(resource))}, `}stack ${quoted(stack)}</span></li>
`,
  )}</ul></div>
`;
}

function notes({ stacks }: AuditReport): Markup {
  const all = stacks.flatMap(({ stack, notes }) => notes.map((note) => ({ stack, note })));
  if (all.length === 0) return html``;
  return html`<div class="panel"><h2>What could not be read or recovered</h2>
<ul>${all.map(
    ({ stack, note }) => html`<li>${quoted(note)}.<span class="minor">stack ${quoted(stack)}</span></li>
`,
  )}</ul></div>
`;
}

function guide(): Markup {
  return html`<section aria-labelledby="guide-heading">
<h2 id="guide-heading">How to read this</h2>
<dl class="guide">
<dt>Revoked</dt><dd>Datadog accepted the deletion that this deployment sent.</dd>
<dt>Already revoked</dt><dd>Datadog did not know the token when the deployment came to revoke it: somebody was first, or it never was in that organization. When that happened is not known, so no time to revoke is computed.</dd>
<dt>Verified gone</dt><dd>Afterwards Datadog was seen not to know the token any more. Not verified does not mean that it works: nobody looked, or was allowed to.</dd>
<dt>Alive</dt><dd>Datadog was last seen to know the token still.</dd>
<dt>Asked by, acted, deployed by</dt><dd>Who wanted the revocation, as the program says; whose Datadog credentials carried it out, as Datadog says; who ran the deployment, as its history says. All are as of the deployment that revoked.</dd>
<dt>Times</dt><dd>UTC. Reported: as the program says. Revoked and verified: the clock of the machine that deployed.</dd>
<dt>Record removed later</dt><dd>The stack holds this record no more; it was recovered from the stack's history. Removing a record brings no token back.</dd>
<dt>Not in this report</dt><dd>Who approved: that stands in the pull request. What was done with a token before it was revoked: that stands in Datadog's Audit Trail.</dd>
</dl>
</section>
`;
}
