import { DECLARED_FIELDS } from "../../provider/core/records";
import type { HistoryEntry } from "./historyEntry";
import type { StoredResource, StoredState } from "./storedState";
import { identityOf } from "./storedTypes";

/** Which deployment gave a reason, a ticket and the like to a resource that had none before. */
export class DeclaredSince {
  /** By column and resource; null: from the first sight on, or by one of several deployments. */
  readonly #since = new Map<string, HistoryEntry | "absent" | null>();

  /**
   * Takes in what one state says. States come in order, the oldest first.
   *
   * @param candidates the deployments since the state before
   */
  add({ records }: StoredState, candidates: readonly HistoryEntry[]): void {
    const updating = candidates.filter(({ changes }) => changes === null || (changes.update ?? 0) > 0);
    const giver = updating.length === 1 ? (updating[0] ?? null) : null;
    for (const { ownUrn, shared } of new Set(records.map(({ resource }) => resource))) {
      for (const column of DECLARED_FIELDS) {
        const key = keyOf(column, ownUrn);
        const known = this.#since.get(key);
        if (shared[column] === undefined) this.#since.set(key, "absent");
        else if (known === undefined || known === "absent") this.#since.set(key, known === "absent" ? giver : null);
      }
    }
  }

  /** The deployment since which a resource has it; undefined: not known. */
  of({ ownUrn }: StoredResource, column: string): HistoryEntry | undefined {
    const since = this.#since.get(keyOf(column, ownUrn));
    return since === "absent" || since === null ? undefined : since;
  }
}

function keyOf(column: string, urn: string): string {
  return `${column} ${identityOf(urn)}`;
}
