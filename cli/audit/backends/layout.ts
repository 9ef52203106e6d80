import { basename } from "node:path";
import type { StackName } from "./backend";
import type { StoredFile } from "./store";

/**
 * Where Pulumi keeps what in a self-managed backend.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/store.go
 */
export const META = ".pulumi/meta.yaml";
export const STACKS = ".pulumi/stacks";
export const HISTORY = ".pulumi/history";
export const LOCKS = ".pulumi/locks";

/** The newest layout that is known: 1 has a folder for each project; 0, the oldest, one for all. */
export const NEWEST_VERSION = 1;

/** A stack's state; beside it lie backups, tags and attributes. */
const STACK_FILE = /^(.+)\.json(\.gz|\.zst)?$/;
/** What Pulumi takes for the name of a stack, and of a project; only dots would lead out of a folder. */
const NAME = /^(?!\.+$)[A-Za-z0-9_.-]+$/;
/** A deployment's file, named by the stack and the time in nanoseconds. */
const HISTORY_FILE = /-(\d+)\.(history|checkpoint)\.json(\.gz|\.zst)?$/;

export const isName = (text: string): boolean => NAME.test(text);

/** The file of each stack's state, by the stack's name: of several, the one that was written last, as Pulumi takes it. */
export function stateFiles(files: readonly StoredFile[]): Map<string, string> {
  const newest = new Map<string, StoredFile>();
  for (const file of files.toSorted((one, other) => (one.key < other.key ? -1 : 1))) {
    const name = STACK_FILE.exec(basename(file.key))?.[1] ?? "";
    const other = newest.get(name);
    if (isName(name) && (other === undefined || file.modified >= other.modified)) newest.set(name, file);
  }
  return new Map([...newest].map(([name, { key }]) => [name, key]));
}

/** A stack of the layout with projects. */
export function projectStack(project: string, name: string): StackName {
  const shown = `${project}/${name}`;
  return { full: `organization/${shown}`, shown, project, name };
}

/** A stack of the layout without. @param project empty: unknown */
export function legacyStack(project: string, name: string): StackName {
  return { full: name, shown: project === "" ? name : `${project}/${name}`, project, name };
}

/** Where a stack's files lie below `stacks`, `history`. */
export function folderOf({ full, project, name }: StackName): string {
  return full === name ? name : `${project}/${name}`;
}

/** What Pulumi wrote of one deployment. */
export interface HistoryFiles {
  readonly history: string;
  readonly checkpoint: string | undefined;
}

/** Oldest first, whatever the order in which the store lists them. A checkpoint without an entry is ignored. */
export function byTime(files: readonly StoredFile[]): HistoryFiles[] {
  const times = new Map<string, { history?: string; checkpoint?: string }>();
  for (const key of files.map((file) => file.key).toSorted()) {
    const [, time = "", kind] = HISTORY_FILE.exec(key) ?? [];
    if (kind !== "history" && kind !== "checkpoint") continue;
    const padded = time.padStart(24, "0");
    times.set(padded, { [kind]: key, ...times.get(padded) });
  }
  return [...times]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, { history, checkpoint }]) => (history === undefined ? [] : [{ history, checkpoint }]));
}

/** The project that the resources of a state name, which may be damaged; undefined: it has none. */
export function projectIn(state: string): string | undefined {
  return /"urn"\s*:\s*"urn:pulumi:[^":]*::([A-Za-z0-9_.-]+)::/.exec(state)?.[1];
}
