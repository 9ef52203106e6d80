/** What a sweep tells the reviewer of its matches. */
import { info } from "./engine";
import type { Snapshot } from "./record";
import { countLine, type Selection } from "./selection";
import type { SweepArguments } from "./sweepArguments";
import { tokenTable } from "./tokenTable";

/** Matches that are shown one by one. */
const SHOWN = 20;
/** Values of one criterion that are shown. */
const SHOWN_VALUES = 3;

const shown = new Set<string>();
let turn: Promise<void> = Promise.resolve();

/** Shows the matches, once a run, and the matches of one sweep at a time. */
export function report(args: SweepArguments, selection: Selection, snapshots: readonly Snapshot[]): Promise<void> {
  const topic = JSON.stringify([args, snapshots]);
  if (shown.has(topic)) return turn;
  shown.add(topic);
  turn = turn.then(async () => {
    for (const line of await describe(args, selection, snapshots)) await info(line);
  });
  return turn;
}

async function describe(
  { where, enforce }: SweepArguments,
  selection: Selection,
  snapshots: readonly Snapshot[],
): Promise<string[]> {
  const { matches } = selection;
  const consequence = enforce ? "They are to be revoked" : "This is a report, nothing is revoked without enforce: true";
  const head = `TokenSweep (${inWords(where)}): ${countLine(selection)}`;
  if (matches.length === 0) return [head];
  const table = await tokenTable(
    snapshots.slice(0, SHOWN),
    undefined,
    matches.map(({ met }) => met),
  );
  const more = matches.length - SHOWN;
  return [`${head}. ${consequence}`, ...table, ...(more > 0 ? [`… and ${more.toLocaleString("en-US")} more`] : [])];
}

function inWords(where: object): string {
  return Object.entries(where)
    .map(([name, wanted]) => {
      const values = [wanted].flat();
      return `${name} ${values.slice(0, SHOWN_VALUES).join(", ")}${values.length > SHOWN_VALUES ? ", …" : ""}`;
    })
    .join("; ");
}
