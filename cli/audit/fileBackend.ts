import { constants } from "node:buffer";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { UsageError } from "../usageError";
import type { Backend, StackName } from "./backend";
import { type HistoryEntry, toHistoryEntry } from "./historyEntry";
import type { StackSource } from "./stackSource";

/** What follows is all under `.pulumi`. */
const STACK_FILE = /^(.+)\.json(\.gz|\.zst)?$/;
/** Named by the stack and the time, in nanoseconds. */
const HISTORY_FILE = /-(\d+)\.(history|checkpoint)\.json(\.gz|\.zst)?$/;

/**
 * The folder of a `file://` backend.
 *
 * @param folder what a relative address starts from
 */
export function folderOf(url: string, folder: string): string {
  const path = url.slice("file://".length).split("?", 1)[0] ?? "";
  const plain = /%[0-9a-f]{2}/i.test(path) ? decoded(path) : path;
  return resolve(folder, plain.replace(/^~(?=$|[/\\])/, homedir()));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A folder, whose files are read as they are: one that is damaged must not hide the others, as it does from `pulumi`. */
export class FileBackend implements Backend {
  /** @param description the folder */
  constructor(readonly description: string) {}

  async stacks(project?: string): Promise<readonly StackName[]> {
    const all = await this.#list("stacks", "folders");
    // Only what is listed: a name from the command line must not lead out of the folder.
    const projects = all.filter((each) => project === undefined || each === project);
    const named = await Promise.all(
      projects.map(async (project) => {
        const files = await this.#list(join("stacks", project), "files");
        const names = new Set(files.map((file) => STACK_FILE.exec(file)?.[1]).filter((name) => name !== undefined));
        return [...names].map((name) => {
          const shown = `${project}/${name}`;
          return { full: `organization/${shown}`, shown, project, name };
        });
      }),
    );
    return named.flat();
  }

  async open({ shown, project, name }: StackName): Promise<StackSource> {
    const folder = join("history", project, name);
    const damaged: string[] = [];
    const checkpoints = new Map<HistoryEntry, string>();
    const history: HistoryEntry[] = [];
    for (const files of byTime(await this.#list(folder, "files"))) {
      const stored = await this.#read(join(folder, files.history)).catch(
        ({ message }: Error) => void damaged.push(message),
      );
      const entry = toHistoryEntry(stored, history.length + 1);
      if (stored !== undefined && entry.deployment === null) {
        damaged.push(`${join(folder, files.history)} is no entry of a history, or of a later version`);
      }
      history.push(entry);
      if (files.checkpoint !== undefined) checkpoints.set(entry, join(folder, files.checkpoint));
    }
    return {
      stack: shown,
      project,
      backend: "file",
      history,
      damaged,
      notes: missing(history, checkpoints),
      state: () => this.#state(project, name),
      checkpoint: async (entry) => {
        const file = checkpoints.get(entry);
        return file === undefined ? undefined : this.#read(file);
      },
    };
  }

  async #state(project: string, name: string): Promise<unknown> {
    const folder = join("stacks", project);
    const files = await this.#list(folder, "files");
    return this.#read(join(folder, files.find((file) => STACK_FILE.exec(file)?.[1] === name) ?? `${name}.json`));
  }

  /** @throws Error naming the file */
  async #read(file: string): Promise<unknown> {
    let bytes: Buffer | undefined;
    try {
      bytes = await this.#bytesOf(file);
    } catch (error) {
      throw new Error(`${file} cannot be read (${codeOf(error)})`);
    }
    if (!bytes) throw new Error(`${file} is no file of the backend's own: what it leads to is not read`);
    try {
      return JSON.parse(decompress(bytes).toString("utf8"));
    } catch {
      throw new Error(`${file} is damaged: it is not whole JSON`);
    }
  }

  /** Nothing for a link that leads out of the backend, to anybody's files, nor for a pipe, which may never end. */
  async #bytesOf(file: string): Promise<Buffer | undefined> {
    const folder = await realpath(join(this.description, ".pulumi"));
    const path = await realpath(join(folder, file));
    const isOwn = path.startsWith(folder + sep) && (await stat(path)).isFile();
    return isOwn ? readFile(path) : undefined;
  }

  /** Nothing for a folder that is not there: a stack that was never deployed has no history. */
  async #list(folder: string, what: "files" | "folders"): Promise<string[]> {
    try {
      const entries = await readdir(join(this.description, ".pulumi", folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() === (what === "folders")).map(({ name }) => name);
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
      throw new UsageError(`${folder} in ${this.description} cannot be read (${codeOf(error)}).`);
    }
  }
}

/** What Pulumi wrote of one deployment. */
interface HistoryFiles {
  readonly history: string;
  readonly checkpoint: string | undefined;
}

/** Oldest first, whatever the order in which the system lists them. A checkpoint without its entry is nobody's. */
function byTime(files: readonly string[]): HistoryFiles[] {
  const times = new Map<string, { history?: string; checkpoint?: string }>();
  for (const file of files.toSorted()) {
    const [, time = "", kind] = HISTORY_FILE.exec(file) ?? [];
    if (kind !== "history" && kind !== "checkpoint") continue;
    const key = time.padStart(24, "0");
    times.set(key, { [kind]: file, ...times.get(key) });
  }
  return [...times]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, { history, checkpoint }]) => (history === undefined ? [] : [{ history, checkpoint }]));
}

function missing(history: readonly HistoryEntry[], checkpoints: ReadonlyMap<HistoryEntry, string>): string[] {
  const without = history.filter((entry) => !checkpoints.has(entry)).map(({ version }) => version);
  if (without.length === 0) return [];
  return [`The checkpoints of deployments ${without.join(", ")} are gone: what only they held is not shown`];
}

/** Pulumi compresses where PULUMI_DIY_BACKEND_GZIP or its successor says so, and tells by the first bytes. */
function decompress(bytes: Buffer): Buffer {
  // What is longer is no text anyway, and would fill all memory first.
  const options = { maxOutputLength: constants.MAX_STRING_LENGTH };
  if (bytes.length > 1 && bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes, options);
  if (bytes.length > 3 && bytes.readUInt32BE(0) === 0x28b52ffd) return zstdDecompressSync(bytes, options);
  return bytes;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "no reason given";
}
