import { basename } from "node:path";
import { type HistoryEntry, toHistoryEntry } from "../historyEntry";
import type { Backend, StackName } from "./backend";
import { decompress } from "./compression";
import { digestOf } from "./digest";
import { toLock } from "./lock";
import type { Lock, ReadObject, StackSource } from "./stackSource";
import type { Store } from "./store";

/** What Pulumi keeps everything below. */
const ROOT = ".pulumi";
/** A stack's state. */
const STACK_FILE = /^(.+)\.json(\.gz|\.zst)?$/;
/** A deployment's file, named by the stack and the time in nanoseconds. */
const HISTORY_FILE = /-(\d+)\.(history|checkpoint)\.json(\.gz|\.zst)?$/;
/** What Pulumi takes for a project's name; only dots would lead out of a folder. */
const PROJECT = /^(?!\.+$)[A-Za-z0-9_.-]+$/;

/**
 * A backend whose files Pulumi writes itself, wherever they are stored. They are read directly: to `pulumi` one damaged
 * file hides all the others, and it does not show old states.
 */
export class SelfManagedBackend implements Backend {
  readonly description: string;

  constructor(private readonly store: Store) {
    this.description = store.description;
  }

  async stacks(project?: string): Promise<readonly StackName[]> {
    if (project !== undefined && !PROJECT.test(project)) return [];
    const folder = project === undefined ? `${ROOT}/stacks` : `${ROOT}/stacks/${project}`;
    const found = new Map<string, StackName>();
    for (const key of await this.store.list(folder)) {
      const [owner = "", file = "", ...deeper] = key.slice(`${ROOT}/stacks/`.length).split("/");
      const name = STACK_FILE.exec(file)?.[1];
      if (name === undefined || deeper.length > 0) continue;
      const shown = `${owner}/${name}`;
      found.set(shown, { full: `organization/${shown}`, shown, project: owner, name });
    }
    return [...found.values()];
  }

  async open({ shown, project, name }: StackName): Promise<StackSource> {
    const damaged: string[] = [];
    const read: ReadObject[] = [];
    const checkpoints = new Map<HistoryEntry, string>();
    const history: HistoryEntry[] = [];
    const parse = (key: string): Promise<unknown> => this.#parse(key, read);
    for (const files of byTime(await this.store.list(`${ROOT}/history/${project}/${name}`))) {
      const stored = await parse(files.history).catch(({ message }: Error) => void damaged.push(message));
      const entry = toHistoryEntry(stored, history.length + 1);
      if (stored !== undefined && entry.deployment === null) {
        damaged.push(`${files.history} is not a history entry, or is of a later version`);
      }
      history.push(entry);
      if (files.checkpoint !== undefined) checkpoints.set(entry, files.checkpoint);
    }
    return {
      stack: shown,
      project,
      backend: this.store.kind,
      history,
      damaged,
      notes: missing(history, checkpoints),
      read,
      digest: async (name) => digestOf(await this.store.read(name)),
      lock: () => this.#lock(project, name),
      state: async () => parse(await this.#stateFile(project, name)),
      checkpoint: async (entry) => {
        const file = checkpoints.get(entry);
        return file === undefined ? undefined : parse(file);
      },
    };
  }

  async #stateFile(project: string, name: string): Promise<string> {
    const folder = `${ROOT}/stacks/${project}`;
    const files = await this.store.list(folder);
    return files.find((key) => STACK_FILE.exec(basename(key))?.[1] === name) ?? `${folder}/${name}.json`;
  }

  async #lock(project: string, name: string): Promise<Lock | undefined> {
    for (const key of (await this.store.list(`${ROOT}/locks/organization/${project}/${name}`)).toSorted()) {
      const lock = toLock(await this.#parse(key, []).catch(() => undefined));
      if (lock) return lock;
    }
    return undefined;
  }

  /**
   * @param read takes in what was read
   * @throws Error naming the file
   */
  async #parse(key: string, read: ReadObject[]): Promise<unknown> {
    const bytes = await this.store.read(key);
    read.push({ name: key, sha256: digestOf(bytes) });
    try {
      return JSON.parse(decompress(bytes).toString("utf8"));
    } catch {
      throw new Error(`${key} is damaged: it is not valid JSON`);
    }
  }
}

/** What Pulumi wrote of one deployment. */
interface HistoryFiles {
  readonly history: string;
  readonly checkpoint: string | undefined;
}

/** Oldest first, whatever the order in which the store lists them. A checkpoint without an entry is ignored. */
function byTime(keys: readonly string[]): HistoryFiles[] {
  const times = new Map<string, { history?: string; checkpoint?: string }>();
  for (const key of keys.toSorted()) {
    const [, time = "", kind] = HISTORY_FILE.exec(key) ?? [];
    if (kind !== "history" && kind !== "checkpoint") continue;
    const padded = time.padStart(24, "0");
    times.set(padded, { [kind]: key, ...times.get(padded) });
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
