import { NotThere, type StackSource } from "../backends/stackSource";
import { type Evidence, evidenceOf, isOfFiles, type StackEvidence } from "./stackEvidence";

/** What became of a stack since a statement was made; sentences without the stack's name. */
export interface Comparison {
  /** What ran since. */
  readonly since: readonly RunSince[];
  /** What nothing but an edit by hand changes. */
  readonly changed: readonly string[];
  /** What could not be compared. */
  readonly unchecked: readonly string[];
}

export interface RunSince {
  /** Null: not known. */
  readonly version: number | null;
  /** `"update"`, …; null: not known. */
  readonly kind: string | null;
  readonly startedAt: string | null;
}

/** What cannot be compared at all. */
export const notCompared = (why: string): Comparison => ({ since: [], changed: [], unchecked: [why] });

/**
 * Compares what a backend holds of a stack now with what a statement says that it held.
 *
 * @param source of which history and state were read
 */
export async function compareEvidence(known: StackEvidence, source: StackSource): Promise<Comparison> {
  const now = evidenceOf(source);
  if (known.read.length === 0) return notCompared("nothing of it could be read when the statement was made");
  if (known.backend !== now.backend) {
    return notCompared(`it was read from another kind of backend: ${known.backend}, and this is ${now.backend}`);
  }
  if (now.read.length > 0 && isOfFiles(known) !== isOfFiles(now)) {
    return notCompared(
      "its digests are of another form: the one report was read directly, the other through the pulumi command. " +
        "Make both with the backend's package installed, or both without",
    );
  }
  const state = known.read.find(({ kind }) => kind === "state");
  const past = known.read.filter(({ kind }) => kind !== "state");
  const changed: string[] = [];
  const unchecked: string[] = [];
  for (const object of past) {
    const became = await becameOf(object, now, source);
    if (became) (became.isKnown ? changed : unchecked).push(`${nameOf(object)} ${became.what}`);
  }
  const added = addedTo(now, known);
  if (added.some(({ isEarlier }) => isEarlier)) {
    const names = added.filter(({ isEarlier }) => isEarlier).map(({ entry }) => entry.name);
    changed.push(`history entries were added that are older than some that the statement knows: ${names.join(", ")}`);
  }
  const since = added.filter(({ isEarlier }) => !isEarlier).map(({ entry }) => runOf(entry, source));
  if (state) await compareState(state);
  else unchecked.push("the state could not be read when the statement was made");
  return { since, changed, unchecked };

  async function compareState(state: Evidence): Promise<void> {
    const current = now.read.find(({ kind }) => kind === "state");
    if (current?.sha256 === state.sha256) return;
    if (!current) {
      const became = await becameOf(state, now, source);
      if (became?.isKnown) changed.push(`the state ${became.what}`);
      else unchecked.push(`the state ${became?.what ?? "cannot be read"}`);
    } else if (since.length > 0) {
      return;
    } else if (await source.lock()) {
      unchecked.push("the state differs, and a run is under way: check again when it is done");
    } else if (source.history.length > known.read.filter(({ kind }) => kind === "historyEntry").length) {
      unchecked.push(
        "the state differs, and whether a deployment ran since is not known: one is not over, or its entry is unreadable",
      );
    } else {
      changed.push(
        "the state was edited: it differs, and no deployment ran since. Its file was edited, or pulumi state, " +
          "pulumi stack import or a run that was killed changed it",
      );
    }
  }
}

/** What became of something that was read for the statement; undefined: it is as it was. */
async function becameOf(
  { name, sha256 }: Evidence,
  now: StackEvidence,
  source: StackSource,
): Promise<{ readonly isKnown: boolean; readonly what: string } | undefined> {
  try {
    // Most of it was read for today's report already.
    const digest = now.read.find((object) => object.name === name)?.sha256 ?? (await source.digest(name));
    return digest === sha256 ? undefined : { isKnown: true, what: "was edited" };
  } catch (error) {
    const [problem] = source.damaged;
    // Without any history, nothing of it is known to be missing.
    if (source.history.length === 0 && problem !== undefined)
      return { isKnown: false, what: `is not known: ${problem}` };
    if (error instanceof NotThere) return { isKnown: true, what: "is missing" };
    return { isKnown: false, what: `cannot be read: ${(error as Error).message}` };
  }
}

/** `"the history entry of deployment 3 (.pulumi/…)"` */
function nameOf({ kind, version, name }: Evidence): string {
  const what = kind === "historyEntry" ? "history entry" : "old state";
  return `the ${what}${version === null ? "" : ` of deployment ${version}`} (${name})`;
}

/** The history entries that the statement does not know; earlier ones stand before some that it knows. */
function addedTo(now: StackEvidence, known: StackEvidence): { entry: Evidence; isEarlier: boolean }[] {
  const names = new Set(known.read.map(({ name }) => name));
  const entries = now.read.filter(({ kind }) => kind === "historyEntry");
  const last = entries.findLastIndex(({ name }) => names.has(name));
  return entries.flatMap((entry, index) => (names.has(entry.name) ? [] : [{ entry, isEarlier: index < last }]));
}

function runOf({ version }: Evidence, { history }: StackSource): RunSince {
  const run = version === null ? undefined : history.find((entry) => entry.version === version)?.deployment;
  return { version, kind: run?.kind ?? null, startedAt: run?.startedAt ?? null };
}
