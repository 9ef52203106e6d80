import { fstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "./usageError";

/**
 * Prints to standard output, and resolves when it is there. A reader who left has seen enough: no failure.
 *
 * @returns whether anybody reads on
 * @throws UsageError when it cannot be written, as on a full disk
 */
export function print(text: string): Promise<boolean> {
  if (fstatSync(STANDARD_OUTPUT).isFile()) return printToFile(text);
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (!error) process.stdout.off("error", done);
      if (!error || codeOf(error) === "EPIPE") resolve(!error);
      else reject(new UsageError(`Standard output cannot be written (${codeOf(error)}).`));
    };
    process.stdout.once("error", done);
    process.stdout.write(text, done);
  });
}

const STANDARD_OUTPUT = 1;

/** Node's stream takes a part of a text for all of it, which is what fits on a disk that is nearly full. */
async function printToFile(text: string): Promise<boolean> {
  try {
    writeFileSync(STANDARD_OUTPUT, text);
    return true;
  } catch (error) {
    throw new UsageError(`Standard output cannot be written (${codeOf(error)}).`);
  }
}

/**
 * Writes a file whole or not at all: what stood there before stays until the new text is on the disk.
 *
 * @throws UsageError
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  // Through a link to what it names, which stays a link.
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(() => undefined);
  // A device or a pipe cannot be replaced.
  const isReplaced = known === undefined || known.isFile();
  const written = isReplaced ? join(dirname(target), `.${crypto.randomUUID()}.tmp`) : target;
  try {
    // Who may read it stays as it was.
    writeFileSync(written, text, { flush: isReplaced, ...(known && { mode: known.mode & 0o777 }) });
    if (isReplaced) renameSync(written, target);
  } catch (error) {
    if (isReplaced) rmSync(written, { force: true });
    throw new UsageError(`${path} cannot be written (${reasonOf(codeOf(error))}): nothing was.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EISDIR: "it is a folder",
  EACCES: "no right to",
  EPERM: "no right to",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
};

const reasonOf = (code: string): string => REASONS[code] ?? code;

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "no reason given";
}
