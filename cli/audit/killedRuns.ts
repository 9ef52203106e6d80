import type { HistoryEntry } from "./historyEntry";
import type { Interruption } from "./pendingOperations";
import type { StoredRecord } from "./storedState";
import { identityOf } from "./storedTypes";

/** A run that was killed and may have revoked a record's token. */
export interface KilledRun {
  /** Null: only a gap in the history tells of it. */
  readonly operation: Interruption["operation"] | null;
  /** URN; of a shard where it is known which. */
  readonly urn: string;
}

/** A record, and when it was seen first. */
export interface Dated {
  readonly first: StoredRecord;
  /** Which of the states that were read, counted from 1. */
  readonly firstView: number;
  readonly origin: {
    /** The deployment that made it; null: not known. */
    readonly entry: HistoryEntry | null;
    /** No deployment of the history ran then. */
    readonly isOutside?: boolean;
  };
}

interface Kill extends Interruption {
  /** Where it was seen first. */
  readonly view: number;
}

/** Finds the killed run that may have revoked a token which the next run found gone. */
export class KilledRuns {
  readonly #byToken = new Map<string, Kill[]>();
  /** `"<view> <identity>"` of whole resources. */
  readonly #known = new Set<string>();

  /** Takes in what one state says. States come in order, the oldest first. */
  add(interrupted: readonly Interruption[], view: number): void {
    for (const by of interrupted) {
      for (const tokenId of by.tokenIds) {
        const kills = this.#byToken.get(tokenId) ?? [];
        // It stands in later states too.
        if (kills.some(({ urn, operation }) => isSame(urn, by.urn) && operation === by.operation)) continue;
        this.#byToken.set(tokenId, [...kills, { ...by, view }]);
        this.#known.add(`${view} ${identityOf(by.whole)}`);
      }
    }
  }

  /** @param all the records of the stack */
  find<T extends Dated>(all: readonly T[], history: readonly HistoryEntry[]): Map<T, KilledRun> {
    const revoked = all.filter(({ first }) => first.fields.outcome === "revoked");
    const revokedBy = Map.groupBy(revoked, ({ first }) => first.tokenId);
    const gaps = this.#gaps(all, history);
    const found = new Map<T, KilledRun>();
    for (const each of all) {
      const { tokenId, fields, resource } = each.first;
      if (fields.outcome !== "alreadyRevoked") continue;
      // What this stack had revoked itself, no killed run had.
      if (revokedBy.get(tokenId)?.some((other) => isEarlier(other, each))) continue;
      const kill = this.#byToken.get(tokenId)?.findLast((kill) => isBefore(kill, each));
      if (kill) found.set(each, { operation: kill.operation, urn: kill.urn });
      else if (gaps.has(`${each.origin.entry?.version} ${identityOf(resource.urn)}`)) {
        found.set(each, { operation: null, urn: resource.urn });
      }
    }
    return found;
  }

  /**
   * The deployments before which a run that history does not have recorded something of a resource, `"<version> <identity>"`.
   * Once the next run is done, nothing else tells of an interrupted update. Left out where a pending operation tells more,
   * and where history may merely begin later.
   */
  #gaps(all: readonly Dated[], history: readonly HistoryEntry[]): Set<string> {
    const gaps = new Set<string>();
    for (const { first, firstView, origin } of all) {
      const { revokedAt, resource } = first;
      const identity = identityOf(resource.urn);
      if (!origin.isOutside || this.#known.has(`${firstView} ${identity}`)) continue;
      const isLater = ({ deployment }: HistoryEntry): boolean =>
        deployment !== null && Date.parse(deployment.startedAt) > Date.parse(revokedAt);
      const index = history.findIndex(isLater);
      const next = history[index];
      if (next && index > 0) gaps.add(`${next.version} ${identity}`);
    }
    return gaps;
  }
}

/** A create is pending still when it was carried out at last; an update is not. */
function isBefore(kill: Kill, { first, firstView }: Dated): boolean {
  if (kill.view < firstView) return true;
  return kill.view === firstView && kill.operation === "creating" && isSame(kill.urn, first.resource.ownUrn);
}

function isSame(urn: string, other: string): boolean {
  return identityOf(urn) === identityOf(other);
}

function isEarlier(one: Dated, other: Dated): boolean {
  return Date.parse(one.first.revokedAt) < Date.parse(other.first.revokedAt);
}
