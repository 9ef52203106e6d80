import { type Column, toTable } from "../provider/table";

/**
 * Prints rows under their headings to standard output. In a terminal they fit its width, longer cells end in "…"; a file
 * or a pipe gets them whole.
 */
export async function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<void> {
  const lines = await toTable(columns, rows, process.stdout.isTTY ? process.stdout.columns : undefined);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
