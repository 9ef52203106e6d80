import type { HistoryEntry } from "../historyEntry";

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
  /** What was read of it so far. */
  readonly read: readonly ReadObject[];
  /**
   * The digest of something that was read before, perhaps long ago, as it is now.
   *
   * @param name as `read` has it
   * @throws NotThere where it is gone, or another Error; the message is a sentence
   */
  digest(name: string): Promise<string>;
  /** What keeps other runs from the stack; undefined: nothing, or what a run left that is not running any more. */
  lock(): Promise<Lock | undefined>;
  /** Whether a deployment has ended since `history` was read. Absent: nobody can tell. */
  readonly hasRunSince?: () => Promise<boolean>;
  /** The state as it is now, parsed. @throws Error whose message is a sentence */
  state(): Promise<unknown>;
  /**
   * The state after a deployment, parsed; undefined where none is kept. Absent: this backend keeps none at all.
   *
   * @throws Error whose message is a sentence
   */
  readonly checkpoint?: (entry: HistoryEntry) => Promise<unknown>;
}

/** Something that a backend holds, as it was when it was read. */
export interface ReadObject {
  /** As the backend names it. */
  readonly name: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A run that is under way, or one that was killed elsewhere. */
export interface Lock {
  /** User, machine and process; null: it does not say. */
  readonly by: string | null;
  /** RFC 3339; null: it does not say. */
  readonly since: string | null;
}

/** There is nothing of that name, as opposed to something that cannot be read. The message is a sentence. */
export class NotThere extends Error {}
