import * as fs from "node:fs";

/** As the file system has it: a name need not be valid UTF-8. */
export type Path = Buffer;

/** What a path leads to. */
export type Entry =
  | { readonly kind: "file"; readonly path: Path }
  /** Not looked into, and why. */
  | { readonly kind: "skipped"; readonly path: Path; readonly why: string }
  | { readonly kind: "unreadable"; readonly path: Path; readonly error: unknown };

const SLASH = Buffer.from("/");
const GIT = Buffer.from(".git");

/** The file that a path names, or all files in the folder and the folders in it, in the order of their names' bytes. */
export function* listFiles(path: Path): Generator<Entry> {
  try {
    // Whoever names a link means what it leads to.
    const isFolder = fs.statSync(path).isDirectory();
    if (isFolder) yield* listFolder(path);
    else yield { kind: "file", path };
  } catch (error) {
    yield { kind: "unreadable", path, error };
  }
}

function* listFolder(folder: Path): Generator<Entry> {
  let entries: fs.Dirent<Buffer>[];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    yield { kind: "unreadable", path: folder, error };
    return;
  }
  const inFolder = folder.at(-1) === SLASH[0] ? folder : Buffer.concat([folder, SLASH]);
  for (const entry of entries.sort((one, other) => Buffer.compare(one.name, other.name))) {
    const path = Buffer.concat([inFolder, entry.name]);
    if (entry.isFile()) yield { kind: "file", path };
    else if (!entry.isDirectory()) yield { kind: "skipped", path, why: kindOf(entry) };
    else if (entry.name.equals(GIT)) yield { kind: "skipped", path, why: "git's own files, which are compressed" };
    else yield* listFolder(path);
  }
}

/** A link may lead out of the folder, or round in a circle. What it leads to in the folder is found there. */
function kindOf(entry: fs.Dirent<Buffer>): string {
  return entry.isSymbolicLink() ? "a symbolic link" : "neither a file nor a folder";
}

/** Bytes that are read at once: many at a time are slower, as they leave the processor's cache. */
const buffer = Buffer.allocUnsafeSlow(128 * 1024);

/** A file's bytes, each piece good until the next is read. */
export function* readFile(path: Path): Generator<Uint8Array> {
  const file = fs.openSync(path, "r");
  try {
    yield* readOpen(file);
  } finally {
    fs.closeSync(file);
  }
}

const STANDARD_INPUT = 0;

/** The bytes of standard input. */
export function readStandardInput(): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  const stats = fs.fstatSync(STANDARD_INPUT);
  // As a stream, a file takes twice the time, and a folder looks like an empty one.
  if (stats.isFile() || stats.isDirectory()) return readOpen(STANDARD_INPUT);
  if (process.stdin.isTTY) process.stderr.write("Reading standard input, until Ctrl-D.\n");
  return process.stdin;
}

function* readOpen(file: number): Generator<Uint8Array> {
  for (;;) {
    const length = fs.readSync(file, buffer);
    if (length === 0) return;
    yield buffer.subarray(0, length);
  }
}
