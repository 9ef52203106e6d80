import type { ReadObject, StackSource } from "../backends/stackSource";

/** What a report was made of: all that was read of a stack, each with its digest. */
export interface StackEvidence {
  /** As the report names it. */
  readonly stack: string;
  readonly project: string;
  /** As the report names it. */
  readonly backend: string;
  /** History entries oldest first. */
  readonly read: readonly Evidence[];
}

export interface Evidence extends ReadObject {
  readonly kind: "state" | "historyEntry" | "oldState";
  /** Of a history entry: which deployment it tells of; null: of something else, or not known. */
  readonly version: number | null;
}

/** As Pulumi names its files, and as a backend names what only the command prints. */
const HISTORY_ENTRY = /^\.pulumi\/history\/.+\.history\.json(\.gz|\.zst)?$|: deployment \d+$/;
const OLD_STATE = /^\.pulumi\/history\/.+\.checkpoint\.json(\.gz|\.zst)?$|: state after deployment \d+$/;

/** What was read of a stack so far. */
export function evidenceOf({ stack, project, backend, history, read }: StackSource): StackEvidence {
  // By its name, in case something was read twice.
  const objects = [...new Map(read.map((each) => [each.name, each])).values()];
  const entries = objects.filter(({ name }) => HISTORY_ENTRY.test(name));
  return {
    stack,
    project,
    backend,
    read: objects.map(({ name, sha256 }): Evidence => {
      const index = entries.findIndex((entry) => entry.name === name);
      // If one could not be read, nothing tells which.
      const entry = entries.length === history.length ? history[index] : undefined;
      const kind = index >= 0 ? "historyEntry" : OLD_STATE.test(name) ? "oldState" : "state";
      return { kind, version: entry?.version ?? null, name, sha256 };
    }),
  };
}

/** Whether a backend's own files were read, rather than what `pulumi` prints of them. */
export const isOfFiles = ({ read }: StackEvidence): boolean => read.some(({ name }) => name.startsWith(".pulumi/"));
