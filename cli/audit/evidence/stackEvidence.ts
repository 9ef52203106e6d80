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
  /** Of which deployment it is; null: of none, or not known. */
  readonly version: number | null;
}

/** What Pulumi keeps all files below. Other names are given by a backend to what only the command prints. */
const FILES = ".pulumi/";
const HISTORY_ENTRY = /^\.pulumi\/history\/.+\.history\.json(\.gz|\.zst)?$|: deployment \d+$/;
const OLD_STATE = /^\.pulumi\/history\/.+\.checkpoint\.json(\.gz|\.zst)?$|: state after deployment \d+$/;

/** What was read of a stack so far, but for what is of a deployment that is not over: that will be written again. */
export function evidenceOf({ stack, project, backend, history, read }: StackSource): StackEvidence {
  // By its name, in case something was read twice.
  const objects = [...new Map(read.map((each) => [each.name, each])).values()];
  const entries = objects.filter(({ name }) => HISTORY_ENTRY.test(name));
  // If one could not be read, nothing tells which.
  const isWhole = entries.length === history.length;
  const runs = new Map(entries.map(({ name }, index) => [runOf(name), isWhole ? history[index] : undefined]));
  const evidence = objects.flatMap(({ name, sha256 }): Evidence[] => {
    const kind = HISTORY_ENTRY.test(name) ? "historyEntry" : OLD_STATE.test(name) ? "oldState" : "state";
    const run = kind === "state" ? undefined : runs.get(runOf(name));
    // Pulumi writes the files of a deployment when it is over.
    if (run?.deployment?.result === "in-progress" && !name.startsWith(FILES)) return [];
    return [{ kind, version: run?.version ?? null, name, sha256 }];
  });
  return { stack, project, backend, read: evidence };
}

/** What the names of a deployment's history entry and of its state have in common. */
const runOf = (name: string): string =>
  name.replace(/\.(history|checkpoint)\.json(\.gz|\.zst)?$/, "").replace(": state after", ":");

/** Whether a backend's own files were read, rather than what `pulumi` prints of them. */
export const isOfFiles = ({ read }: StackEvidence): boolean => read.some(({ name }) => name.startsWith(FILES));
