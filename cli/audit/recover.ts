import { DECLARED_FIELDS } from "../../provider/core/records";
import type { Finding } from "./auditReport";
import type { StackSource } from "./backends/stackSource";
import { DeclaredSince } from "./declaredSince";
import type { HistoryEntry } from "./historyEntry";
import { type KilledRun, KilledRuns } from "./killedRuns";
import { readState, type StoredRecord, type StoredState } from "./storedState";

/** A record that a stack has or had, when it came to be, and how it stands. */
export interface RecoveredRecord {
  /** As it was seen first: with the reasons of the deployment that revoked. */
  readonly first: StoredRecord;
  /** As it was seen last. */
  readonly last: StoredRecord;
  /** It is not in state any more. */
  readonly removed: boolean;
  readonly origin: Origin;
  /** The deployments that gave, later, what was not declared of the resource then: by column, as far as known. */
  readonly givenBy: Readonly<Record<string, HistoryEntry | undefined>>;
  /** A killed run that may have revoked the token before it was found gone. */
  readonly killedRun?: KilledRun | undefined;
}

/** The deployment that revoked. */
export interface Origin {
  readonly entry: HistoryEntry | null;
  /** Why it is unknown, where it is. */
  readonly why?: string;
  /** No deployment of the history ran then. */
  readonly isOutside?: boolean;
  /** Whether the first sight is later than the resource's next change, so that its arguments may be others. */
  readonly changedSince: boolean;
}

/** All that a stack's state and history say of revocations. */
export interface Recovered {
  readonly records: readonly RecoveredRecord[];
  /** The state as it is now; null: it cannot be read. */
  readonly state: StoredState | null;
  /** Without its stack: what could not be read. */
  readonly unreadable: readonly Pick<Finding, "resource" | "tokenId" | "message">[];
  /** The deployments before which the state is not known, and which may have removed records from it. */
  readonly removalsUnknown: readonly number[];
}

interface Sighting {
  readonly first: StoredRecord;
  readonly firstView: number;
  readonly origin: Origin;
  last: StoredRecord;
  lastView: number;
}

/**
 * Goes through a stack's checkpoints, oldest first, one at a time, and through its state. A record belongs to the
 * deployment in whose checkpoint it appears first. A checkpoint is opened only if it could hold a record that the next
 * opened one lacks; the records of the others are placed by time. That nothing was lost or changed in
 * between, as by a killed run or a hand-made edit, is seen by how many resources stand there unchanged since.
 */
export async function recover(source: StackSource): Promise<Recovered> {
  const sightings = new Map<string, Sighting>();
  const unreadable = new Map<string, Recovered["unreadable"][number]>();
  const killedRuns = new KilledRuns();
  const declaredSince = new DeclaredSince();
  let views = 0;
  let candidates: HistoryEntry[] = [];

  const look = (state: StoredState): void => {
    views++;
    killedRuns.add(state.interrupted, views);
    declaredSince.add(state, candidates);
    for (const record of state.records) {
      const key = `${record.tokenId} ${record.revokedAt}`;
      const known = sightings.get(key);
      if (known) {
        // Another resource of the same state may have the same record.
        if (known.lastView < views) known.last = record;
        known.lastView = views;
      } else {
        const origin = originOf(record, candidates);
        sightings.set(key, { first: record, firstView: views, origin, last: record, lastView: views });
      }
    }
    for (const { urn, tokenId, message } of state.unreadable) {
      unreadable.set(`${urn} ${tokenId} ${message}`, { resource: urn, tokenId, message });
    }
    candidates = [];
  };
  const complain = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    unreadable.set(message, { resource: null, tokenId: null, message });
  };

  const open = async (entry: HistoryEntry): Promise<StoredState | undefined> => {
    try {
      const stored = await source.checkpoint?.(entry);
      return stored === undefined ? undefined : readState(stored, `the old state of deployment ${entry.version}`);
    } catch (error) {
      complain(error);
      return undefined;
    }
  };

  const { history } = source;
  const removalsUnknown: number[] = [];
  let skipped: HistoryEntry[] = [];
  for (const [index, entry] of history.entries()) {
    const next = history[index + 1];
    const isNeeded = source.checkpoint && !(next && onlyAdds(next, entry));
    const state = isNeeded ? await open(entry) : undefined;
    if (!state && next && mayRemove(next)) removalsUnknown.push(next.version);
    if (!isNeeded) {
      skipped.push(entry);
      continue;
    }
    for (const earlier of skipped) {
      candidates.push(earlier);
      const isWhole = state && unchangedSince(earlier, state) === resourcesAfter(earlier);
      const opened = isWhole ? undefined : await open(earlier);
      if (opened) look(opened);
    }
    skipped = [];
    candidates.push(entry);
    if (state) look(state);
  }
  candidates = candidates.concat(skipped);
  let state: StoredState | null = null;
  try {
    state = readState(await source.state());
    look(state);
  } catch (error) {
    complain(error);
  }
  const all = [...sightings.values()];
  const killed = killedRuns.find(all, history);
  const records = all.map((sighting): RecoveredRecord => {
    const { first, last, lastView, origin } = sighting;
    const givenBy = Object.fromEntries(
      DECLARED_FIELDS.map((column) => [column, declaredSince.of(last.resource, column)]),
    );
    const removed = state !== null && lastView < views;
    return { first, last, origin, removed, givenBy, killedRun: killed.get(sighting) };
  });
  return { records, state, unreadable: [...unreadable.values()], removalsUnknown };
}

/** Whether a deployment may have removed records: a batch that changes may lose some of its own. */
function mayRemove({ changes }: HistoryEntry): boolean {
  const { same: _, create: __, ...others } = changes ?? { unknown: 1 };
  return Object.values(others).some((count) => count > 0);
}

/**
 * Whether every record of the deployment before is still there after this one, as it was: it only created resources or
 * left them alone, none was lost in between, and their times are apart.
 */
function onlyAdds({ deployment, changes }: HistoryEntry, before: HistoryEntry): boolean {
  if (!deployment || !changes || !before.deployment?.endedAt) return false;
  if (deployment.kind !== "update" || deployment.result !== "succeeded" || before.deployment.result !== "succeeded") {
    return false;
  }
  const { same = 0, create = 0, ...others } = changes;
  if (Object.values(others).some((count) => count > 0)) return false;
  return same === resourcesAfter(before) && (create === 0 || deployment.startedAt > before.deployment.endedAt);
}

/** How many resources a deployment left; undefined for none that can be known. */
function resourcesAfter({ changes }: HistoryEntry): number | undefined {
  const { same = 0, create = 0, update = 0, delete: _, ...others } = changes ?? {};
  return changes && Object.values(others).every((count) => count === 0) ? same + create + update : undefined;
}

/** How many of these resources stand as they were after an earlier deployment. */
function unchangedSince({ deployment }: HistoryEntry, { changes }: StoredState): number {
  const until = Date.parse(deployment?.endedAt ?? "") + SECOND;
  return changes.filter((at) => at < until).length;
}

/** Milliseconds: history's times are whole seconds, rounded down. */
const SECOND = 1000;

/** @param candidates the deployments since the last checkpoint that was seen, up to this one */
function originOf({ revokedAt, resource }: StoredRecord, candidates: readonly HistoryEntry[]): Origin {
  const at = Date.parse(revokedAt);
  const running = candidates.filter((candidate, index) => mayHaveRevoked(candidate, at, candidates[index + 1]));
  const [first] = candidates;
  // The one that it can have been, though its time cannot be read.
  const entry = running[0] ?? (candidates.length === 1 && first?.deployment === null ? first : undefined);
  if (!entry || running.length > 1) {
    const isOutside = running.length === 0 && candidates.every(({ deployment }) => deployment !== null);
    return { entry: null, why: whyUnknown(running, candidates), isOutside, changedSince: false };
  }
  return { entry, changedSince: entry !== candidates.at(-1) && !isAsOf(resource.modified, entry) };
}

/** @param next the deployment after it: one whose end was not recorded, as of a killed run, was over by then */
function mayHaveRevoked({ deployment, changes }: HistoryEntry, at: number, next: HistoryEntry | undefined): boolean {
  if (!deployment) return false;
  if (changes && Object.entries(changes).every(([operation, count]) => operation === "same" || count === 0))
    return false;
  if (at < Date.parse(deployment.startedAt)) return false;
  if (deployment.endedAt === null) return !next?.deployment || at < Date.parse(next.deployment.startedAt);
  return at < Date.parse(deployment.endedAt) + SECOND;
}

/** Whether a resource that was changed last at that time still stands as the deployment left it. */
function isAsOf(modified: string | null, { deployment }: HistoryEntry): boolean {
  if (modified === null || !deployment?.endedAt) return false;
  return Date.parse(modified) < Date.parse(deployment.endedAt) + SECOND;
}

function whyUnknown(running: readonly HistoryEntry[], candidates: readonly HistoryEntry[]): string {
  if (running.length > 1) {
    const versions = running.map(({ version }) => version).join(" and ");
    return `deployments ${versions} ran at that time, and no checkpoint shows which of them it was`;
  }
  const unreadable = candidates.filter(({ deployment }) => deployment === null).map(({ version }) => version);
  if (unreadable.length > 0) return `perhaps deployment ${unreadable.join(" or ")}, whose entry cannot be read`;
  return "no deployment of this history ran then: a killed run, a lost entry, or a record from elsewhere";
}
