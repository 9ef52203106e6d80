import { parseDocument } from "yaml";
import { UsageError } from "../../usageError";
import { type HistoryEntry, toHistoryEntry } from "../historyEntry";
import { inOrder } from "../inOrder";
import type { Backend, StackName } from "./backend";
import { decompress } from "./compression";
import { digestOf } from "./digest";
import {
  byTime,
  folderOf,
  HISTORY,
  type HistoryFiles,
  isName,
  LOCKS,
  legacyStack,
  META,
  NEWEST_VERSION,
  projectIn,
  projectStack,
  STACKS,
  stateFiles,
} from "./layout";
import { toLock } from "./lock";
import { type Lock, NotThere, type ReadObject, type StackSource } from "./stackSource";
import type { Store } from "./store";

/** How many questions about one thing are under way at once, such as the entries of a history. */
const AT_ONCE = 16;

/**
 * A backend whose files Pulumi writes itself, wherever they are stored. They are read directly: to `pulumi` one damaged
 * file hides all the others, it does not show old states, and it writes into a backend that is empty.
 */
export class SelfManagedBackend implements Backend {
  readonly description: string;
  /** The file of each stack's state that was found, by the stack's full name. */
  readonly #states = new Map<string, string>();

  constructor(private readonly store: Store) {
    this.description = store.description;
  }

  async stacks(project?: string): Promise<readonly StackName[]> {
    if (project !== undefined && !isName(project)) return [];
    const { files, folders } = await this.store.list(STACKS);
    await this.#checkVersion();
    const projects = project === undefined ? await this.#projects(folders) : [project];
    const found: StackName[] = [];
    for await (const stacks of inOrder(projects, AT_ONCE, (each) => this.#stacksOf(each))) found.push(...stacks);
    // Stacks of the older layout lie beside the projects' folders, also where Pulumi has not moved all of them.
    for await (const stack of inOrder(stateFiles(files), AT_ONCE, (each) => this.#legacyStack(...each))) {
      const isMeant = project === undefined || stack.project === project || stack.project === "";
      const isTaken = found.some(({ shown }) => shown === stack.shown);
      if (isMeant) found.push(isTaken ? { ...stack, shown: stack.name } : stack);
    }
    return found;
  }

  async open(stack: StackName, isEvidence = true): Promise<StackSource> {
    const damaged: string[] = [];
    const read: ReadObject[] = [];
    const checkpoints = new Map<HistoryEntry, string>();
    const history: HistoryEntry[] = [];
    const note = (error: unknown): undefined => void damaged.push((error as Error).message);
    const listed = await this.#history(folderOf(stack)).catch(note);
    const files = listed ?? [];
    const load = async (each: HistoryFiles): Promise<HistoryFiles & { loaded: Loaded | Error }> => {
      return { ...each, loaded: await this.#load(each.history, isEvidence).catch((error: Error) => error) };
    };
    for await (const { history: key, checkpoint, loaded } of inOrder(files, AT_ONCE, load)) {
      let value: unknown;
      try {
        value = take(loaded, read);
      } catch (error) {
        note(error);
      }
      const entry = toHistoryEntry(value, history.length + 1);
      if (value !== undefined && entry.deployment === null) {
        damaged.push(`${key} is not a history entry, or is of a later version`);
      }
      history.push(entry);
      if (checkpoint !== undefined) checkpoints.set(entry, checkpoint);
    }
    const parse = async (key: string): Promise<unknown> => take(await this.#load(key, isEvidence), read);
    return {
      stack: stack.shown,
      project: stack.project,
      backend: this.store.kind,
      history,
      damaged,
      notes: missing(history, checkpoints),
      read,
      digest: async (name) => digestOf(await this.#bytes(name)),
      lock: () => this.#lock(stack).catch(note),
      hasRunSince: async () => {
        const now = await this.#history(folderOf(stack)).catch(() => files);
        return listed !== undefined && now.at(-1)?.history !== files.at(-1)?.history;
      },
      state: () => parse(this.#states.get(stack.full) ?? `${STACKS}/${folderOf(stack)}.json`),
      checkpoint: async (entry) => {
        const file = checkpoints.get(entry);
        return file === undefined ? undefined : parse(file);
      },
    };
  }

  /** @throws UsageError for a layout that is not known */
  async #checkVersion(): Promise<void> {
    const text = (
      await this.store.read(META).catch(({ message }) => Promise.reject(new UsageError(message)))
    )?.toString();
    const version = text === undefined ? undefined : parseDocument(text).get?.("version");
    if (typeof version !== "number" || version <= NEWEST_VERSION) return;
    throw new UsageError(
      `${META} in ${this.description} has version ${version}; this release knows ${NEWEST_VERSION} and older ones. ` +
        "Use a newer release of pulumi-datadog-revocation.",
    );
  }

  /** Also those of which only the history is left. */
  async #projects(withStates: readonly string[]): Promise<string[]> {
    const { folders } = await this.store.list(HISTORY);
    return [...new Set([...withStates, ...folders])].filter(isName);
  }

  /** A project's stacks, also those whose state is gone while their history is left: what it tells must not be lost. */
  async #stacksOf(project: string): Promise<StackName[]> {
    const states = stateFiles((await this.store.list(`${STACKS}/${project}`)).files);
    const { folders } = await this.store.list(`${HISTORY}/${project}`);
    const left: string[] = [];
    for (const name of folders) {
      if (states.has(name) || !isName(name)) continue;
      // In a folder, `pulumi stack rm` leaves an empty one.
      if ((await this.#history(`${project}/${name}`)).length > 0) left.push(name);
    }
    return [...states.keys(), ...left].map((name) => {
      const stack = projectStack(project, name);
      const state = states.get(name);
      if (state !== undefined) this.#states.set(stack.full, state);
      return stack;
    });
  }

  /** Of the older layout, in which only a stack's resources name the project. */
  async #legacyStack(name: string, state: string): Promise<StackName> {
    this.#states.set(name, state);
    const checkpoints = (await this.#history(name)).flatMap(({ checkpoint }) => checkpoint ?? []).toReversed();
    for (const key of [state, ...checkpoints]) {
      const project = await this.#load(key).then(
        ({ text }) => projectIn(text),
        () => undefined,
      );
      if (project !== undefined) return legacyStack(project, name);
    }
    return legacyStack("", name);
  }

  async #history(folder: string): Promise<HistoryFiles[]> {
    return byTime((await this.store.list(`${HISTORY}/${folder}`)).files);
  }

  async #lock({ full }: StackName): Promise<Lock | undefined> {
    const { files } = await this.store.list(`${LOCKS}/${full}`);
    // A folder has a file of attributes beside each.
    const locks = files.map(({ key }) => key).filter((key) => key.endsWith(".json"));
    for (const key of locks.toSorted()) {
      const bytes = await this.store.read(key);
      // One that is gone by now has been released.
      const lock = bytes && toLock(parsed(bytes.toString()));
      if (lock) return lock;
    }
    return undefined;
  }

  async #bytes(key: string): Promise<Buffer> {
    const bytes = await this.store.read(key);
    if (bytes) return bytes;
    throw new NotThere(`${key} is missing`);
  }

  /** @param isEvidence whether its digest is wanted: making it takes as long as reading a folder's file */
  async #load(key: string, isEvidence = false): Promise<Loaded> {
    const bytes = await this.#bytes(key);
    return { key, sha256: isEvidence ? digestOf(bytes) : undefined, text: unpacked(bytes) };
  }
}

/** A file as it was read. */
interface Loaded {
  readonly key: string;
  /** Undefined: it is not wanted. */
  readonly sha256: string | undefined;
  /** Unpacked; empty where it cannot be. */
  readonly text: string;
}

/**
 * What a file holds.
 *
 * @param read takes in that it was read
 * @throws Error naming the file
 */
function take(loaded: Loaded | Error, read: ReadObject[]): unknown {
  if (loaded instanceof Error) throw loaded;
  const { key, sha256, text } = loaded;
  if (sha256 !== undefined) read.push({ name: key, sha256 });
  const value = parsed(text);
  if (value === undefined) throw new Error(`${key} is damaged: it is not valid JSON`);
  return value;
}

function unpacked(bytes: Buffer): string {
  try {
    return decompress(bytes).toString("utf8");
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function missing(history: readonly HistoryEntry[], checkpoints: ReadonlyMap<HistoryEntry, string>): string[] {
  const without = history.filter((entry) => !checkpoints.has(entry)).map(({ version }) => version);
  if (without.length === 0) return [];
  return [`The checkpoints of these deployments are missing: ${without.join(", ")}. What only they held is not shown`];
}
