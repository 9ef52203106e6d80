import { plainLine } from "../../provider/text/plainLine";
import { askedText, filterText } from "./about";
import type { About, AuditReport } from "./auditReport";
import { COLUMNS, cellText, withExtras } from "./columns";

/** Characters that a cell may say of what is missing: it stands in each row. */
const MOST_MISSING = 1000;

/** The report for spreadsheets, which take UTF-8 without a byte order mark for something else. */
export async function toCsv({ records, about }: AuditReport): Promise<string> {
  const { stringify } = await import("csv-stringify/sync");
  const columns = withExtras(records, COLUMNS);
  const told = Object.entries(cellsOf(about));
  const cells = records.map((record) => columns.map((column) => cellText(column, record)));
  // Where there is no record the file still says of what it is.
  const rows = (cells.length > 0 ? cells : [columns.map(() => "")]).map((row) =>
    [...row, ...told.map(([, text]) => text)].map(plainLine),
  );
  const names = [...columns.map(({ name }) => name), ...told.map(([name]) => name)];
  return stringify([names, ...rows], { escape_formulas: true, bom: true });
}

/** What the report says of itself, column by column. */
function cellsOf(about: About): Record<string, string> {
  const { madeAt, leftOut, asked, missing } = about;
  // No cell of ours begins as a formula does, which is escaped.
  const sentences = missing.length === 0 ? "" : `Missing: ${missing.join(" ")}`;
  return {
    reportMadeAt: madeAt,
    reportFilters: filterText(about),
    reportLeftOut: String(leftOut),
    askedAt: asked ? asked.at : "(not asked)",
    askedAs: asked ? askedText(asked) : "(not asked)",
    reportMissing: sentences.length > MOST_MISSING ? `${sentences.slice(0, MOST_MISSING - 1)}…` : sentences,
  };
}
