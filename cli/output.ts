import { fstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "./usageError";

/**
 * Prints to standard output, and resolves once the text is written. A reader that has gone away is not an error.
 *
 * @returns whether anything is still reading
 * @throws UsageError when it cannot be written, for example because the disk is full
 */
export function print(text: string): Promise<boolean> {
  if (fstatSync(STANDARD_OUTPUT).isFile()) return printToFile(text);
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (!error) process.stdout.off("error", done);
      if (!error || codeOf(error) === "EPIPE") resolve(!error);
      else reject(new UsageError(`Cannot write to standard output: ${whyUnwritten(error)}.`));
    };
    process.stdout.once("error", done);
    process.stdout.write(text, done);
  });
}

/** The same, of lines. */
export async function printLines(lines: readonly string[]): Promise<void> {
  await print(lines.map((line) => `${line}\n`).join(""));
}

/** Columns of the terminal; undefined when standard output is not one. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

const STANDARD_OUTPUT = 1;

/** Node's stream reports success after a partial write, as on a disk that is nearly full. */
async function printToFile(text: string): Promise<boolean> {
  try {
    writeFileSync(STANDARD_OUTPUT, text);
    return true;
  } catch (error) {
    throw new UsageError(`Cannot write to standard output: ${whyUnwritten(error)}.`);
  }
}

/**
 * Writes a file whole or not at all: the old content stays until the new text is on the disk.
 *
 * @throws UsageError
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  // A symbolic link stays one: its target is replaced.
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(() => undefined);
  // A device or a pipe cannot be replaced.
  const isReplaced = known === undefined || known.isFile();
  const written = isReplaced ? join(dirname(target), `.${crypto.randomUUID()}.tmp`) : target;
  try {
    // Keeps the permissions of the file that it replaces.
    writeFileSync(written, text, { flush: isReplaced, ...(known && { mode: known.mode & 0o777 }) });
    if (isReplaced) renameSync(written, target);
  } catch (error) {
    if (isReplaced) rmSync(written, { force: true });
    // A device or a pipe may have taken a part.
    const left = isReplaced ? (known ? " The file is unchanged." : " Nothing was written.") : "";
    throw new UsageError(`Cannot write ${path}: ${whyUnwritten(error)}.${left}`);
  }
}

/** Why a file cannot be used, by the system's codes. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such folder",
  ENOTDIR: "no such folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
};

/** Why a file cannot be written, in words where this package has some for the system's code. */
export function whyUnwritten(error: unknown): string {
  const code = codeOf(error);
  return REASONS[code] ?? code;
}

/** The same of a file that cannot be read. */
export function whyUnread(error: unknown): string {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR" ? "no such file" : whyUnwritten(error);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
