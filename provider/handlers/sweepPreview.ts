import type { SweepArguments } from "../core/arguments";
import type { Messages } from "../core/messages";
import type { Snapshot } from "../core/records";
import { countLine, type Selection } from "../core/selection";
import { tokenTable } from "../core/tokenTable";

/** Matches that are shown one by one. */
const SHOWN = 20;
/** Values of one criterion that are shown. */
const SHOWN_VALUES = 3;

/** What one run shows of the matches of its sweeps: each once, and one sweep at a time. */
export class SweepPreviews {
  readonly #shown = new Set<string>();
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly messages: Messages) {}

  show(args: SweepArguments, selection: Selection, snapshots: readonly Snapshot[]): Promise<void> {
    const topic = JSON.stringify([args, snapshots]);
    if (this.#shown.has(topic)) return this.#turn;
    this.#shown.add(topic);
    this.#turn = this.#turn.then(async () => {
      for (const line of await toLines(args, selection, snapshots)) await this.messages.info(line);
    });
    return this.#turn;
  }
}

async function toLines(
  { where, enforce }: SweepArguments,
  selection: Selection,
  snapshots: readonly Snapshot[],
): Promise<string[]> {
  const { matches } = selection;
  const head = `TokenSweep (${criteriaText(where)}): ${countLine(selection)}`;
  if (matches.length === 0) return [head];
  const consequence = enforce ? "They are to be revoked" : "This is a report: nothing is revoked without enforce: true";
  const table = await tokenTable(snapshots, { met: matches.map(({ met }) => met), atMost: SHOWN });
  return [`${head}. ${consequence}`, ...table];
}

function criteriaText(where: object): string {
  return Object.entries(where)
    .map(([name, wanted]) => {
      const values = [wanted].flat();
      return `${name} ${values.slice(0, SHOWN_VALUES).join(", ")}${values.length > SHOWN_VALUES ? ", …" : ""}`;
    })
    .join("; ");
}
