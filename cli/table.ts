import { type Column, toTable } from "../provider/text/textTable";
import { print } from "./output";

/**
 * Prints rows under their headings to standard output. In a terminal they fit its width, longer cells end in "…"; a file
 * or a pipe gets them whole.
 */
export async function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<void> {
  await printLines(await toTable(columns, rows, terminalWidth()));
}

/** Columns of the terminal; undefined when standard output is none. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

export async function printLines(lines: readonly string[]): Promise<void> {
  await print(lines.map((line) => `${line}\n`).join(""));
}
