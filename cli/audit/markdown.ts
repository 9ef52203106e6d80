import { plainLine } from "../../provider/text/plainLine";
import type { AuditRecord, AuditReport } from "./auditReport";
import { COLUMNS, type ColumnName, cellText, withExtras, withoutEmpty } from "./columns";
import { sayFindings, sayNotes, summary } from "./reportSentences";

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
  "deployer",
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
      row(columns.map((column) => linked(column.name, escaped(cellText(column, record)), record))),
    ),
  ];
  const lists = [sayFindings(report), sayNotes(report)].map(([, heading, ...lines]) =>
    heading === undefined ? [] : ["", `**${heading}**`, "", ...lines.map((line) => `- ${escaped(line)}`)],
  );
  const parts = [escaped(summary(report)), ...(records.length > 0 ? ["", ...table] : []), ...lists.flat()];
  return parts.map((line) => `${line}\n`).join("");
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
