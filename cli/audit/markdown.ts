import { plainLine } from "../../provider/text/plainLine";
import { sayAbout, sayMissing } from "./about";
import type { AuditRecord, AuditReport } from "./auditReport";
import { COLUMNS, type Column, type ColumnName, cellText, withExtras, withoutEmpty } from "./columns";
import { changesText, planText, sayFindings, sayNotes, summary } from "./reportSentences";

const SHOWN: readonly ColumnName[] = [
  "tokenId",
  "name",
  "owner",
  "leak",
  "outcome",
  "reportedAt",
  "revokedAt",
  "verifiedAt",
  "secondsToRevoke",
  "secondsToRevokeFrom",
  "reason",
  "ticket",
  "requestedBy",
  "actor",
  "author",
  "runner",
  "stack",
  "version",
  "commit",
  "removed",
  "superseded",
  "interruptedRun",
];

/** For tickets and pull requests: a table in GitHub's and GitLab's Markdown. */
export function toMarkdown(report: AuditReport): string {
  const { records } = report;
  const shown = COLUMNS.filter(({ name }) => SHOWN.includes(name));
  const columns = withExtras(records, withoutEmpty(records, shown));
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [
    row(columns.map(({ heading }) => heading)),
    row(columns.map(() => "---")),
    ...records.map((record) =>
      row(columns.map((column) => linked(column.name, escaped(text(column, record)), record))),
    ),
  ];
  const lists = [sayMissing(report), sayFindings(report), sayNotes(report)].map(([, heading, ...lines]) =>
    heading === undefined ? [] : ["", `**${heading}**`, "", ...lines.map((line) => `- ${escaped(line)}`)],
  );
  const [missing = [], ...others] = lists;
  const rows = records.length > 0 ? ["", ...table] : [];
  const parts = [escaped(sayAbout(report)), ...missing, "", escaped(summary(report)), ...rows, ...others.flat()];
  return parts.map((line) => `${line}\n`).join("");
}

/** Beside the deployment and the commit, what history says of them. */
function text(column: Column, record: AuditRecord): string {
  const text = cellText(column, record);
  const { deployment } = record;
  const more =
    column.name === "version" ? planText(deployment) : column.name === "commit" ? changesText(deployment) : undefined;
  return more === undefined ? text : `${text} (${more})`;
}

/** The deployment leads to its build, the commit to its pull request. */
function linked(name: string, text: string, { deployment }: AuditRecord): string {
  const url = name === "version" ? deployment?.buildUrl : name === "commit" ? deployment?.pullRequestUrl : null;
  if (!url || text === "" || !/^https?:/i.test(url)) return text;
  const address = url.replace(/[()<>|\\\s"'`[\]]/g, (character) =>
    encodeURIComponent(character).replace("(", "%28").replace(")", "%29"),
  );
  return `[${text}](${address})`;
}

/** Others' text shows as it is: no markup, no mention of a person, no link. */
function escaped(text: string): string {
  return plainLine(text)
    .replace(/[&<>|`*_[\]~\\@#$]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/:\/\//g, "&#58;//")
    .replace(/www\./gi, (start) => `${start.slice(0, 3)}&#46;`);
}
