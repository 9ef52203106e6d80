import { print, writeWhole } from "../../output";
import { toJsonText } from "../../safeJson";
import { findBackend } from "../backends/backend";
import { checkStatement } from "./checkStatement";
import { toText } from "./checkText";
import { readStatement } from "./readStatement";

/** Exit status: something changed that only an edit changes. */
const CHANGED = 1;
/** Exit status: something could not be compared. */
const UNCHECKED = 2;

export interface CheckOptions {
  /** The statement before, which this one should name. */
  readonly previous: string | undefined;
  /** Where the project is looked for, and with it the backend. */
  readonly folder: string;
  readonly format: string;
  /** Undefined: standard output. */
  readonly output: string | undefined;
}

/**
 * `audit --check FILE`: says what became of what a statement was made of.
 *
 * @returns the exit status
 * @throws UsageError
 */
export async function check(file: string, { previous, folder, format, output }: CheckOptions): Promise<number> {
  const kept = await readStatement(file);
  const before = previous === undefined ? undefined : await readStatement(previous);
  const found = await checkStatement(file, kept, before, await findBackend(folder, process.env));
  const text = format === "json" ? toJsonText(found) : toText(found);
  if (output === undefined) await print(text);
  else await writeWhole(output, text);
  // What is known to have changed weighs more than what is not known.
  if (found.broken.length > 0 || found.stacks.some(({ changed }) => changed.length > 0)) return CHANGED;
  return found.stacks.some(({ unchecked }) => unchecked.length > 0) ? UNCHECKED : 0;
}
