import * as fs from "node:fs";

/** As the file system has it: a name need not be valid UTF-8. */
export type Path = Buffer;

/** What a path leads to. */
export type Entry =
  | { readonly kind: "file"; readonly path: Path /** By the user, not found in a folder. */; readonly named: boolean }
  /** Not looked into, and why. */
  | { readonly kind: "skipped"; readonly path: Path; readonly why: string }
  | { readonly kind: "unreadable"; readonly path: Path; readonly error: unknown };

const SLASH = Buffer.from("/");
const GIT = Buffer.from(".git");

/** The file that a path names, or all files in the folder and the folders in it, in the order of their names' bytes. */
export function* listFiles(path: Path): Generator<Entry> {
  try {
    // A link that the user names is followed.
    const isFolder = fs.statSync(path).isDirectory();
    if (isFolder) yield* listFolder(path);
    else yield { kind: "file", path, named: true };
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
    if (entry.isFile()) yield { kind: "file", path, named: false };
    else if (!entry.isDirectory()) yield { kind: "skipped", path, why: kindOf(entry) };
    else if (entry.name.equals(GIT)) yield { kind: "skipped", path, why: "files of git itself, which are compressed" };
    else yield* listFolder(path);
  }
}

/** Links are not followed: they may lead out of the folder, or form a loop; a target inside it is found anyway. */
function kindOf(entry: fs.Dirent<Buffer>): string {
  return entry.isSymbolicLink() ? "a symbolic link" : "neither a file nor a folder";
}

/** Reads the next bytes into an array that is not empty, as many as there are at once; 0 at the end. */
export type Reader = (into: Uint8Array) => number | Promise<number>;

/** Opens a file for as long as `use` takes. */
export async function withFile(path: Path, use: (read: Reader) => Promise<void>): Promise<void> {
  const file = fs.openSync(path, "r");
  try {
    await use((into) => fs.readSync(file, into));
  } finally {
    fs.closeSync(file);
  }
}

const STANDARD_INPUT = 0;

/** The same of standard input. */
export async function withStandardInput(use: (read: Reader) => Promise<void>): Promise<void> {
  const stats = fs.fstatSync(STANDARD_INPUT);
  // As a stream, a file takes twice the time, and a folder looks like an empty one.
  if (stats.isFile() || stats.isDirectory()) return use((into) => fs.readSync(STANDARD_INPUT, into));
  if (process.stdin.isTTY) process.stderr.write("Reading standard input. Press Ctrl-D to end it.\n");
  try {
    await use(reader(process.stdin));
  } finally {
    // Left open, endless input would keep the process.
    process.stdin.destroy();
  }
}

/** Reads from what comes in pieces. */
export function reader(pieces: AsyncIterable<Uint8Array>): Reader {
  const iterator = pieces[Symbol.asyncIterator]();
  let piece: Uint8Array = new Uint8Array();
  return async (into) => {
    while (piece.length === 0) {
      const next = await iterator.next();
      if (next.done) return 0;
      piece = next.value;
    }
    const part = piece.subarray(0, into.length);
    into.set(part);
    piece = piece.subarray(part.length);
    return part.length;
  };
}
