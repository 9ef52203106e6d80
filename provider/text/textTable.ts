import { plainLine } from "./plainLine";

/** A column's heading. `whole`: its cells are never shortened, as half an id is of no use. */
export type Column = string | { readonly heading: string; readonly whole: true };

const BETWEEN = "  ";
/** Columns that a shortened cell keeps at least. */
const NARROWEST = 8;

/**
 * Lines up rows under their headings, one plain line each: nothing in a cell can break the table or steer the terminal.
 *
 * @param width columns of the terminal; longer cells are shortened to fit, the widest first. Infinity: none is
 */
export async function toTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  // Published as an ES module only, and needed only where something is shown.
  const { default: widthOf } = await import("string-width");
  const headings = columns.map((column) => (typeof column === "string" ? column : column.heading));
  const lines = [headings, ...rows.map((row) => row.map(toCell))];
  const natural = headings.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, widthOf(line[index] ?? "")), 0),
  );
  const whole = columns.map((column) => typeof column !== "string");
  const widths = shareOut(natural, whole, width - BETWEEN.length * (columns.length - 1));
  return lines.map((line) =>
    widths
      .map((most, index) => {
        const cell = shorten(line[index] ?? "", most, widthOf);
        return cell + " ".repeat(Math.max(0, most - widthOf(cell)));
      })
      .join(BETWEEN)
      .trimEnd(),
  );
}

/** Wide gaps are what stands between columns: a name with some would look like several cells. */
function toCell(text: string): string {
  return plainLine(text).replace(/\s{2,}/g, " ");
}

/** Takes from the widest columns until all fit, or none can give any more. */
function shareOut(natural: readonly number[], whole: readonly boolean[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths.filter((_, index) => !whole[index]));
    if (!(widest > NARROWEST)) break;
    widths[widths.findIndex((each, index) => !whole[index] && each === widest)] = widest - 1;
    over--;
  }
  return widths;
}

const graphemes = new Intl.Segmenter();

function shorten(text: string, most: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= most) return text;
  let kept = "";
  let room = most - 1;
  for (const { segment } of graphemes.segment(text)) {
    room -= widthOf(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}
