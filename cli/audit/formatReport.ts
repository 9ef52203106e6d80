import { inWords } from "../../provider/text/durations";
import { toTable } from "../../provider/text/textTable";
import { toJsonText } from "../safeJson";
import { sayAbout, sayMissing } from "./about";
import type { ReportFormat } from "./auditOptions";
import type { AuditRecord, AuditReport } from "./auditReport";
import { COLUMNS, type Column, type ColumnName, cellText, whyUnknown, withExtras, withoutEmpty } from "./columns";
import { toCsv } from "./csv";
import { inShort } from "./declared";
import { renderHtml } from "./html/renderHtml";
import { sequelOf } from "./lastSeen";
import { isFromLeak } from "./leak";
import { toMarkdown } from "./markdown";
import { changesText, sayFindings, sayNotes, summary } from "./reportSentences";

/**
 * The report in a format, with a line break at its end.
 *
 * @param width columns of the terminal, for the table; undefined where there is none
 */
export async function formatReport(report: AuditReport, as: ReportFormat, width: number | undefined): Promise<string> {
  switch (as) {
    case "json":
      return toJsonText(report);
    case "csv":
      return toCsv(report);
    case "markdown":
      return toMarkdown(report);
    case "table":
      return toText(report, width);
    case "html":
      return renderHtml(report);
  }
}

/** What a terminal shows, the most wanted first, and how wide it need be. */
const SHOWN: readonly (readonly [ColumnName, number])[] = [
  ["tokenId", 36],
  ["outcome", 14],
  ["revokedAt", 24],
  ["name", 12],
  ["owner", 16],
  ["leak", 24],
  ["secondsToRevoke", 8],
  ["ticket", 10],
  ["verifiedAt", 24],
  ["stack", 10],
  ["version", 10],
  ["requestedBy", 14],
  ["reason", 16],
  ["author", 16],
  ["runner", 16],
  ["actor", 16],
];

async function toText(report: AuditReport, width = Number.POSITIVE_INFINITY): Promise<string> {
  const { records } = report;
  const { columns: some, without } = chosen(records, width);
  const columns = withExtras(records, some);
  const headings = columns.map(({ name, heading }) => {
    // Half of an id, or of a time, is none.
    if (name === "tokenId" || name === "revokedAt") return { heading, whole: true } as const;
    return name === "secondsToRevoke" ? "Took" : heading;
  });
  const rows = records.map((record) => columns.map((column) => shortCell(column, record)));
  const table = records.length === 0 ? [] : [...(await toTable(headings, rows, width)), ""];
  const noRoom = `Left out, because the terminal is too narrow: ${without.join(", ")}. --format csv has all.`;
  return [
    ...table,
    ...(records.length > 0 && without.length > 0 ? [noRoom, ""] : []),
    summary(report),
    ...sayFindings(report),
    ...sayNotes(report),
    ...sayMissing(report),
    "",
    sayAbout(report),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** What a column of Datadog's answers needs, with the space before it. */
const EXTRA = 14;

/** In the order of the CSV, as many as there is room for; and the names of those for which there is none. */
function chosen(records: readonly AuditRecord[], width: number): { columns: readonly Column[]; without: string[] } {
  const all = withoutEmpty(records, COLUMNS);
  const wanted = SHOWN.filter(([name]) => all.some((column) => column.name === name));
  let room = width - EXTRA * withExtras(records, []).length;
  const names = wanted.flatMap(([name, needed]) => {
    room -= needed + 2;
    return room >= -2 ? [name] : [];
  });
  return {
    columns: all.filter(({ name }) => names.includes(name as ColumnName)),
    without: wanted.flatMap(([name]) => (names.includes(name) ? [] : [name])),
  };
}

function shortCell(column: Column, record: AuditRecord): string {
  if (column.name === "secondsToRevoke" && record.secondsToRevoke !== null)
    return `${inWords(record.secondsToRevoke * 1000)}${isFromLeak(record) ? " from leak" : ""}`;
  const text = cellText(column, record);
  if (column.name === "author") return [text, ...inBrackets(changesText(record.deployment))].join(" ");
  if (column.name !== "outcome") {
    const why = whyUnknown(record, column.name);
    // What was given is long, and no answer to the column's question.
    return inShort(why) === "given later" ? text.replace(/: .*$/s, ")") : text;
  }
  const sequel = sequelOf(record);
  const interrupted = record.interruptedRun !== undefined && "a killed run may have revoked it";
  return [text, ...inBrackets(sequel, interrupted)].join(" ");
}

function inBrackets(...words: readonly (string | false | undefined)[]): string[] {
  return words.flatMap((some) => (some ? [`(${some})`] : []));
}
