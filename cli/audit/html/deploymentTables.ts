import type { AuditReport, Deployment } from "../auditReport";
import { changesText, planText } from "../reportSentences";
import { type Content, html, link, type Markup, quoted, unknown } from "./markup";
import { cell, columnHeading, headRow, rowHeading } from "./table";
import { count, grouped, time } from "./units";

/** Where the page shows a deployment. */
export function deploymentAnchor(stackIndex: number, version: number): string {
  return `deployment-${stackIndex + 1}-${version}`;
}

/** A longer list is folded. */
const OPEN = 30;

type Column = readonly [heading: string, content: (deployment: Deployment, tokens: number) => Content];

const COLUMNS: readonly Column[] = [
  ["Deployment", ({ version }) => `#${version}`],
  ["Started (UTC)", ({ startedAt }) => time(startedAt)],
  ["Kind", kind],
  ["Result", ({ result }) => html`<span${result === "failed" && html` class="bad"`}>${quoted(result)}</span>`],
  ["Tokens", (_, tokens) => grouped(tokens)],
  ["Run by", ({ runner }) => (runner === null ? unknown("not known") : quoted(runner))],
  ["Message", ({ message }) => quoted(message)],
  ["From", origin],
];

/** The deployments of each stack: what ran when, by whom, from where, and how many tokens it revoked. */
export function deploymentTables({ stacks, records, about }: AuditReport): Markup {
  // Those that a filter leaves out are not counted.
  const headings = COLUMNS.map(([name]) => (name === "Tokens" && about.leftOut > 0 ? "Tokens shown" : name));
  const tokens = new Map<string, number>();
  for (const { stack, version } of records)
    tokens.set(`${version} ${stack}`, (tokens.get(`${version} ${stack}`) ?? 0) + 1);
  return html`<section aria-labelledby="deployments-heading">
<h2 id="deployments-heading">Deployments</h2>
${stacks.map(
  ({ stack, backend, deployments }, index) => html`<details${deployments.length <= OPEN && html` open`}>
<summary><span>${quoted(stack)}</span> <span class="minor">${count(deployments.length, "deployment")}, history kept by: ${quoted(backend)}</span></summary>
<table class="cards deployments" role="table">
<caption class="unseen">Deployments of ${quoted(stack)}, oldest first</caption>
${headRow(headings.map((heading) => columnHeading(heading)))}
<tbody role="rowgroup">
${deployments.map((deployment) => row(deployment, deploymentAnchor(index, deployment.version), tokens.get(`${deployment.version} ${stack}`) ?? 0, headings))}</tbody>
</table>
</details>
`,
)}</section>
`;
}

function row(deployment: Deployment, anchor: string, tokens: number, headings: readonly string[]): Markup {
  const cells = COLUMNS.map(([name, content], index) =>
    (index === 0 ? rowHeading : cell)(headings[index] ?? name, content(deployment, tokens)),
  );
  return html`<tr role="row" id="${anchor}">${cells}</tr>
`;
}

function kind(deployment: Deployment): Content {
  const plan = planText(deployment);
  return html`<span>${quoted(deployment.kind)}</span>${plan !== undefined && minor(plan)}`;
}

function origin(deployment: Deployment): Content {
  const { commit, branch, author, buildUrl, pullRequestUrl } = deployment;
  const changes = changesText(deployment);
  const parts = [
    (commit ?? branch) !== null &&
      html`<span>${commit !== null && html`<code>${commit.slice(0, 10)}</code>`}${branch !== null && html` ${quoted(branch)}`}</span>`,
    changes !== undefined && minor(changes),
    author !== null && minor(html`author of the commit: ${quoted(author)}`),
    pullRequestUrl !== null && html`<span>${link(pullRequestUrl)}</span>`,
    buildUrl !== null && html`<span>${link(buildUrl)}</span>`,
  ];
  return parts.every((part) => part === false) ? unknown("not known") : parts;
}

function minor(words: Content): Markup {
  return html`<span class="minor">${words}</span>`;
}
