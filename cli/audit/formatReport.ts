import { inWords } from "../../provider/text/durations";
import { plainLine } from "../../provider/text/plainLine";
import { toTable } from "../../provider/text/textTable";
import { toJson } from "../safeJson";
import type { ReportFormat } from "./auditOptions";
import type { AuditRecord, AuditReport } from "./auditReport";
import { COLUMNS, type Column, type ColumnName, cellText, whyUnknown, withExtras, withoutEmpty } from "./columns";
import { inShort } from "./declared";
import { renderHtml } from "./html/renderHtml";
import { sequelOf } from "./lastSeen";
import { isFromLeak } from "./leak";
import { toMarkdown } from "./markdown";
import { sayFindings, sayNotes, summary } from "./reportSentences";

/**
 * The report in a format, with a line break at its end.
 *
 * @param width columns of the terminal, for the table; undefined where there is none
 */
export async function formatReport(report: AuditReport, as: ReportFormat, width: number | undefined): Promise<string> {
  switch (as) {
    case "json":
      return `${toJson(report, 2)}\n`;
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

async function toCsv({ records }: AuditReport): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  const columns = withExtras(records, COLUMNS);
  const rows = records.map((record) => columns.map((column) => plainLine(cellText(column, record))));
  return stringify([columns.map(({ name }) => name), ...rows], { escape_formulas: true });
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
  ["deployer", 16],
  ["actor", 16],
];

async function toText(report: AuditReport, width = Number.POSITIVE_INFINITY): Promise<string> {
  const { records } = report;
  const columns = withExtras(records, chosen(records, width));
  const headings = columns.map(({ name, heading }) => {
    if (name === "tokenId") return { heading, whole: true } as const;
    return name === "secondsToRevoke" ? "Took" : heading;
  });
  const rows = records.map((record) => columns.map((column) => shortCell(column, record)));
  const table = records.length === 0 ? [] : [...(await toTable(headings, rows, width)), ""];
  return [...table, summary(report), ...sayFindings(report), ...sayNotes(report)].map((line) => `${line}\n`).join("");
}

/** In the order of the CSV, as many as there is room for. */
function chosen(records: readonly AuditRecord[], width: number): readonly Column[] {
  const columns = withoutEmpty(records, COLUMNS);
  let room = width;
  const names = SHOWN.filter(([name, needed]) => {
    if (!columns.some((column) => column.name === name)) return false;
    room -= needed + 2;
    return room >= -2;
  }).map(([name]) => name);
  return columns.filter(({ name }) => names.includes(name as ColumnName));
}

function shortCell(column: Column, record: AuditRecord): string {
  if (column.name === "secondsToRevoke" && record.secondsToRevoke !== null)
    return `${inWords(record.secondsToRevoke * 1000)}${isFromLeak(record) ? " from leak" : ""}`;
  const text = cellText(column, record);
  if (column.name !== "outcome") {
    const why = whyUnknown(record, column.name);
    // What was given is long, and no answer to the column's question.
    return inShort(why) === "given later" ? text.replace(/: .*$/s, ")") : text;
  }
  const sequel = sequelOf(record);
  const interrupted = record.interruptedRun && "a killed run may have revoked it";
  return [text, ...[sequel, interrupted].flatMap((words) => (words ? [`(${words})`] : []))].join(" ");
}
