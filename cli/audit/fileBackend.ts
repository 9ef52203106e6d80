import { constants } from "node:buffer";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { UsageError } from "../usageError";
import type { Backend, StackName } from "./backend";
import { type HistoryEntry, toHistoryEntry } from "./historyEntry";
import type { StackSource } from "./stackSource";

/** A stack's state. All paths here are below `.pulumi`. */
const STACK_FILE = /^(.+)\.json(\.gz|\.zst)?$/;
/** A deployment's file, named by the stack and the time in nanoseconds. */
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

/** A folder, whose files are read directly: to `pulumi` itself one damaged file hides all the others. */
export class FileBackend implements Backend {
  /** @param description the folder */
  constructor(readonly description: string) {}

  async stacks(project?: string): Promise<readonly StackName[]> {
    const all = await this.#list("stacks", "folders");
    // Only listed names: a name from the command line must not lead out of the folder.
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
        damaged.push(`${join(folder, files.history)} is not a history entry, or is of a later version`);
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
      throw new Error(`Cannot read ${file}: ${codeOf(error)}`);
    }
    if (!bytes) throw new Error(`${file} leads out of the backend, or is not a regular file. It was not read`);
    try {
      return JSON.parse(decompress(bytes).toString("utf8"));
    } catch {
      throw new Error(`${file} is damaged: it is not valid JSON`);
    }
  }

  /** Undefined for a link that leads out of the backend, and for a pipe, which may never end. */
  async #bytesOf(file: string): Promise<Buffer | undefined> {
    const folder = await realpath(join(this.description, ".pulumi"));
    const path = await realpath(join(folder, file));
    const isOwn = path.startsWith(folder + sep) && (await stat(path)).isFile();
    return isOwn ? readFile(path) : undefined;
  }

  /** Empty for a missing folder: a stack that was never deployed has no history. */
  async #list(folder: string, what: "files" | "folders"): Promise<string[]> {
    try {
      const entries = await readdir(join(this.description, ".pulumi", folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() === (what === "folders")).map(({ name }) => name);
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
      throw new UsageError(`Cannot read ${folder} in ${this.description}: ${codeOf(error)}.`);
    }
  }
}

/** What Pulumi wrote of one deployment. */
interface HistoryFiles {
  readonly history: string;
  readonly checkpoint: string | undefined;
}

/** Oldest first, whatever the order in which the system lists them. A checkpoint without an entry is ignored. */
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
  return [`The checkpoints of these deployments are missing: ${without.join(", ")}. What only they held is not shown`];
}

/** Pulumi may compress (PULUMI_DIY_BACKEND_GZIP or its successor); the first bytes tell. */
function decompress(bytes: Buffer): Buffer {
  // More cannot become a string anyway, and would fill the memory first.
  const options = { maxOutputLength: constants.MAX_STRING_LENGTH };
  if (bytes.length > 1 && bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes, options);
  if (bytes.length > 3 && bytes.readUInt32BE(0) === 0x28b52ffd) return zstdDecompressSync(bytes, options);
  return bytes;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown error";
}
