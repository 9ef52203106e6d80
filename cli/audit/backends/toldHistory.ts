import { type HistoryEntry, toHistoryEntry } from "../historyEntry";
import { digestOf } from "./digest";
import type { ReadObject } from "./stackSource";

/** A history that a backend tells, rather than keeps in files of its own that can be read. */
export interface ToldHistory {
  readonly history: readonly HistoryEntry[];
  /** Each entry, under a name that is made for it. */
  readonly read: readonly ReadObject[];
  /** What cannot be read of it, a sentence each, without the stack's name. */
  readonly problems: readonly string[];
}

/**
 * @param full the stack's name, as Pulumi takes it
 * @param entries oldest first, as they were told
 */
export function toldHistory(full: string, entries: readonly unknown[]): ToldHistory {
  const history = entries.map((entry, index) => toHistoryEntry(entry, index + 1));
  return {
    history,
    read: history.map(({ version }, index) => ({
      name: `${full}: deployment ${version}`,
      sha256: digestOf(JSON.stringify(entries[index])),
    })),
    problems: history
      .filter(({ deployment }) => deployment === null)
      .map(({ version }) => `the history entry of deployment ${version} cannot be read, or is of a later version`),
  };
}
