import type { HistoryEntry } from "./historyEntry";

/** Where a stack's past is kept, and what is to be had of it. */
export interface StackSource {
  /** As people name it: `"project/stack"`, on Pulumi Cloud `"organization/project/stack"`. */
  readonly stack: string;
  readonly project: string;
  /** `"file"`, `"postgres"`, `"s3"`, `"azblob"`, `"gs"`, `"cloud"`. */
  readonly backend: string;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** What cannot be read of it, a sentence each. */
  readonly damaged: readonly string[];
  /** What this backend does not keep at all, a sentence each. */
  readonly notes: readonly string[];
  /** The state as it is now, parsed. @throws Error whose message is a sentence */
  state(): Promise<unknown>;
  /**
   * The state after a deployment, parsed; undefined where none is kept. Absent: this backend keeps none at all.
   *
   * @throws Error whose message is a sentence
   */
  readonly checkpoint?: (entry: HistoryEntry) => Promise<unknown>;
}
