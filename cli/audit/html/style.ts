/** One sheet for screen and paper, light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #11161c);
  --panel: light-dark(#f5f7f8, #1a2129);
  --ink: light-dark(#17212b, #e6ebf0);
  --soft: light-dark(#52606d, #a5b1bd);
  --line: light-dark(#d9dfe4, #303a45);
  --edge: light-dark(#7b8794, #7f8c99);
  --accent: light-dark(#1d5f8a, #74b6e4);
  --good: light-dark(#1c6b48, #63c79a);
  --warn: light-dark(#8a4b00, #e8ac5a);
  --bad: light-dark(#b0261d, #ff8b80);
  --bad-panel: light-dark(#fdf3f1, #2b1a1b);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Open Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
main, header, footer { max-width: 82rem; margin-inline: auto; padding-inline: clamp(1rem, 3vw, 2.5rem); }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.015em; margin: 0; }
h2 { font-size: 1.0625rem; margin: 0 0 0.75rem; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: 0.15em; }
code { unicode-bidi: isolate; font: 0.85em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; background: var(--paper); padding: 0.5rem 1rem; z-index: 1; }
.skip:focus { top: 0.5rem; }
.minor, .unknown { color: var(--soft); }
.minor { font-size: 0.8667em; }
.unknown { font-style: italic; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.strong, .name { font-weight: 600; }

header { padding-block: 2.25rem 0; }
.eyebrow { color: var(--soft); font-size: 0.8667rem; margin-bottom: 0.25rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.35rem 2.25rem; margin: 1.25rem 0 0; font-size: 0.8667rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.lede { font-size: 1.1333rem; line-height: 1.6; max-width: 62rem; margin-top: 1rem; }
.lede strong { white-space: nowrap; }
main > section, .figures:not(:empty) { margin-top: 2.25rem; }
.panel { background: var(--panel); border-left: 3px solid var(--edge); padding: 1rem 1.25rem; }
.panel.open { background: var(--bad-panel); border-color: var(--bad); }
.panel ul { margin: 0; padding: 0; list-style: none; }
.panel details { margin-top: 0.6rem; }
.panel details ul { margin-top: 0.6rem; }
.panel li + li { margin-top: 0.6rem; padding-top: 0.6rem; border-top: 1px solid var(--line); }
.panel .minor { display: block; }
.panel + .panel { margin-top: 1rem; }

.figures { display: grid; grid-template-columns: 3fr 2fr; gap: 2rem; }
.figure { min-width: 0; }
.figure svg[role] { display: block; width: 100%; min-width: 34rem; height: auto; }
.figure details { margin-top: 0.5rem; font-size: 0.8667rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.25rem; color: var(--soft); font-size: 0.8667rem; margin-top: 0.25rem; }
.legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Open Sans", sans-serif; fill: var(--soft); }
svg .value { fill: var(--ink); font-weight: 600; }
svg .grid { stroke: var(--line); }
svg .base, svg .tick { stroke: var(--edge); }
svg .revoked { fill: var(--accent); }
svg .already { fill: var(--paper); stroke: var(--accent); }
svg .succeeded { stroke: var(--good); stroke-width: 1.5; }
svg .failed { stroke: var(--bad); stroke-width: 2; }
svg .unfinished { stroke: var(--warn); stroke-width: 1.5; fill: none; }
svg .median { stroke: var(--ink); stroke-dasharray: 3 3; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9333rem; line-height: 1.4; }
caption { text-align: left; color: var(--soft); font-size: 0.8667rem; padding-bottom: 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem 0.5rem 0; }
thead th { border-bottom: 1px solid var(--edge); vertical-align: bottom; font-size: 0.8667rem; white-space: nowrap; }
tbody th { font-weight: 400; }
.number { text-align: right; }
.plain { width: auto; min-width: min(100%, 24rem); }
.deployments { width: 100%; min-width: 62rem; table-layout: fixed; }
.deployments th:nth-child(1) { width: 8%; }
.deployments th:nth-child(2) { width: 11%; }
.deployments th:nth-child(3) { width: 8%; }
.deployments th:nth-child(4) { width: 9%; }
.deployments th:nth-child(5) { width: 7%; }
.deployments th:nth-child(6) { width: 13%; }
.deployments th:nth-child(7) { width: 20%; }
.deployments th:nth-child(5) { text-align: right; }
.plain tbody tr { border-bottom: 1px solid var(--line); }
.plain th, .plain td { padding-right: 1.5rem; }

#records { min-width: 72rem; table-layout: fixed; }
#records th:nth-child(1) { width: 22%; }
#records th:nth-child(2) { width: 13.5%; }
#records th:nth-child(3) { width: 11%; }
#records th:nth-child(4) { width: 10.5%; }
#records th:nth-child(5) { width: 8.5%; }
#records th:nth-child(6) { width: 12%; }
#records th:nth-child(7) { width: 12.5%; }
#records tbody { border-bottom: 1px solid var(--line); }
#records tbody:target { background: var(--panel); }
#records tbody tr:first-child > * { padding-bottom: 0; }
#records tbody tr:first-child > * > .badge { display: block; }
/* However long a name is, the table stays one: the details have it whole. */
#records tbody tr:first-child > * > :not(.badge), .deployments td span {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden;
}
#records tbody a { outline-offset: -2px; }
#records .more td { padding: 0 0 0.4rem; }
#records th code { color: var(--soft); font-size: 0.7em; }
thead button { all: unset; cursor: pointer; font-weight: 600; white-space: normal; }
thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
thead button::after { content: " \\2195"; color: var(--edge); }
[aria-sort="ascending"] button::after { content: " \\2191"; color: var(--ink); }
[aria-sort="descending"] button::after { content: " \\2193"; color: var(--ink); }
summary { cursor: pointer; width: fit-content; }
.more summary { color: var(--soft); font-size: 0.8667rem; }
.badge { font-weight: 600; }
.badge::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border-radius: 50%; border: 2px solid currentColor; }
.badge.done { color: var(--accent); }
.badge.done::before, .badge.bad::before { background: currentColor; }
.badge.before { color: var(--accent); }
.badge.other { color: var(--soft); }

.fields { columns: 3 19rem; column-gap: 2.5rem; padding: 0.5rem 0 0.25rem; }
.fields dl { display: grid; grid-template-columns: 7rem 1fr; gap: 0.2rem 0.75rem; margin: 0 0 1rem; font-size: 0.8667rem; break-inside: avoid; }
.fields dt { color: var(--soft); }
.fields dd { margin: 0; }
.fields ul { margin: 0; padding-left: 1rem; }

#controls { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; margin-bottom: 0.5rem; }
#controls[hidden], nav[hidden] { display: none; }
input, select, #controls button, nav button {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: 4px; padding: 0.3rem 0.6rem;
}
input { width: min(24rem, 100%); }
::placeholder { color: var(--soft); opacity: 1; }
nav { display: flex; align-items: center; gap: 1rem; margin-top: 1rem; }
nav button:disabled { color: var(--soft); border-style: dashed; }
#shown { color: var(--soft); font-size: 0.8667rem; }

.guide { display: grid; grid-template-columns: max-content 1fr; gap: 0.4rem 1.5rem; margin: 0; max-width: 62rem; }
.guide dt { font-weight: 600; }
.guide dd { margin: 0; color: var(--soft); }
footer { color: var(--soft); font-size: 0.8667rem; margin-top: 2.5rem; padding-block: 1rem 2.5rem; }

@media screen and (max-width: 60rem) {
  .figures { grid-template-columns: minmax(0, 1fr); }
  .guide { grid-template-columns: 1fr; gap: 0 0; }
  .guide dd { margin-bottom: 0.5rem; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root { color-scheme: light; }
  html { font-size: 11px; }
  body { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, header, footer { max-width: none; padding-inline: 0; }
  header { padding-top: 0; }
  .skip, #controls, nav, thead button::after, .more summary, .figure details { display: none !important; }
  .scroll { overflow: visible; }
  .figure svg[role], #records { min-width: 0; }
  details::details-content { content-visibility: visible; height: auto; }
  a { color: inherit; text-decoration: none; }
  thead { break-inside: avoid; }
  /* Chromium repeats headings on every page, but not what buttons hold. */
  thead button { display: contents; }
  main > section, .figures { margin-top: 1.5rem; }
  .panel { padding: 0.6rem 1rem; }
  #records tbody, .plain tr, .panel li, .figure { break-inside: avoid; }
  h2 { break-after: avoid; }
  .fields { columns: 3; column-gap: 1.5rem; line-height: 1.3; padding: 0.3rem 0 0; }
  .fields dl { margin-bottom: 0.4rem; break-inside: auto; }
}
`;
