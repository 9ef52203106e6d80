import { isDeepStrictEqual } from "node:util";
import { compact, pick, sorted } from "./objects";
import {
  type Act,
  type Actor,
  declaredIn,
  type MaybeSecret,
  type Place,
  type Recorded,
  type RevocationRecord,
} from "./records";

/** What stands in state of many records. */
export interface RecordLists extends MaybeSecret, Partial<Place> {
  readonly records: readonly RevocationRecord[];
  /** What `act` of each record points into. Absent in state of 0.1.0, and where nothing was revoked. */
  readonly acts?: readonly Act[];
}

/** Each record of a list with its act. */
export function fromLists(lists: RecordLists): Recorded[] {
  const { records, acts = [] } = lists;
  const lastAct = lastActIn(lists);
  const lastBegan = lastAct && acts.length === 0 ? startOfLastRun(records) : undefined;
  return records.map((record): Recorded => {
    const isOfLast = lastBegan !== undefined && record.revokedAt >= lastBegan;
    const act = record.act === undefined ? (isOfLast ? lastAct : undefined) : acts[record.act];
    return act ? { record, act } : { record, place: lastAct && pick(lastAct, ["apiUrl", "actor"]) };
  });
}

/** What state of 0.1.0 tells of its last act. */
export function lastActIn({
  apiUrl,
  actor,
  ...declared
}: MaybeSecret & { readonly apiUrl?: string | undefined; readonly actor?: Actor | undefined }): Act | undefined {
  return apiUrl === undefined ? undefined : compact({ apiUrl, actor, ...declaredIn(declared) });
}

/**
 * Records as they stand in a list, sorted by token id, with all of their acts beside it, each once.
 *
 * @param earlier the acts that stand there already: they keep their order
 */
export function toLists(
  recorded: readonly Recorded[],
  earlier: readonly Act[] = [],
): Pick<RecordLists, "records" | "acts"> {
  const used: Act[] = [];
  const indexes = new Map<Act, number>();
  const indexOf = (act: Act): number => {
    const known = indexes.get(act) ?? used.findIndex((each) => isDeepStrictEqual(each, act));
    const index = known === -1 ? used.push(act) - 1 : known;
    indexes.set(act, index);
    return index;
  };
  for (const act of earlier) if (recorded.some((each) => isDeepStrictEqual(each.act, act))) indexOf(act);
  const records = recorded.map(({ record: { act: _, ...record }, act }): RevocationRecord => {
    return act ? { ...record, act: indexOf(act) } : record;
  });
  return { records: sorted(records), ...(used.length > 0 && { acts: used }) };
}

/** Milliseconds in which no run of the engine starts, asks and revokes. */
const SHORTEST_RUN = 1_000;

/**
 * State of 0.1.0 tells only who revoked last. That holds for the last record, and for those before it that are too close
 * together for another run between them.
 */
function startOfLastRun(records: readonly RevocationRecord[]): string | undefined {
  const times = records.map(({ revokedAt }) => revokedAt).sort();
  return times.findLast((time, index) => {
    const before = times[index - 1];
    return before === undefined || Date.parse(time) - Date.parse(before) >= SHORTEST_RUN;
  });
}
