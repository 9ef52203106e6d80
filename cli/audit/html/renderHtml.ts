import { createHash } from "node:crypto";
import { limitsOf } from "../about";
import type { AuditReport } from "../auditReport";
import { projectsOf } from "../reportSentences";
import { readScript, readStyle } from "./assets";
import { deploymentTables } from "./deploymentTables";
import { findings, notes } from "./findings";
import { guide } from "./guide";
import { histogram } from "./histogram";
import { html, type Markup, markup, quoted } from "./markup";
import { recordTable } from "./recordTable";
import { facts, notice, summary } from "./summary";
import { timeline } from "./timeline";
import { count } from "./units";

/**
 * The report as one self-contained page: it sends no request, and foreign text in it stays text. The same report gives
 * the same bytes.
 */
export function renderHtml(report: AuditReport): string {
  const { records } = report;
  const style = readStyle();
  const script = readScript();
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${sha256(style)}'; script-src '${sha256(script)}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title(report)}</title>
<style>${markup(style)}</style>
</head>
<body>
<a class="skip" href="#${records.length > 0 ? "records-heading" : "findings"}">Skip to ${records.length > 0 ? "the records" : "what needs attention"}</a>
<header>
<p class="eyebrow">Audit report</p>
<h1>Revoked Datadog access tokens</h1>
${summary(report)}${notice(report)}${facts(report)}</header>
<main>
<section aria-labelledby="findings">
${findings(report)}${notes(report)}</section>
<div class="figures">${timeline(report)}${histogram(report)}</div>
${recordTable(report)}${deploymentTables(report)}${guide()}</main>
<footer>Made by ${quoted(report.about.madeBy)} from the state and history of the stacks named here. The page holds all it shows and sends nothing anywhere.</footer>
${records.length > 0 && html`<script>${markup(script)}</script>`}
</body>
</html>
`.text;
}

function sha256(text: string): Markup {
  return markup(`sha256-${createHash("sha256").update(text).digest("base64")}`);
}

function title({ about, project, records }: AuditReport): string {
  const limits = limitsOf(about);
  const limited = limits.length > 0 ? ` (${limits.join(", ")})` : "";
  return `${count(records.length, "revocation")} in ${projectsOf(project)}${limited}`;
}
