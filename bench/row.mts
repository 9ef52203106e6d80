/** A line of the bench's table: two things measured in turn, in the same run. */
export interface Row {
  readonly work: string;
  readonly peer: string;
  /** The largest ratio of ours to the peer's that is good. */
  readonly goal: number;
  /** Ours to the peer's; the median of the runs'. */
  readonly ratio: number;
  /** What was measured, with units. */
  readonly figures: string;
}

/** Ours and the peer's, of one run. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? Number.NaN;

/** Makes a row of what some runs measured. */
export function toRow(row: Omit<Row, "ratio" | "figures">, unit: string, pairs: readonly Pair[]): Row {
  const digits = unit === "MB" || unit === "ms" ? 0 : 2;
  const of = (name: keyof Pair): string => median(pairs.map((pair) => pair[name])).toFixed(digits);
  const ratio = median(pairs.map(({ ours, peer }) => ours / peer));
  return { ...row, ratio, figures: `${of("ours")} ${unit}; ${of("peer")} ${unit}` };
}

/** Runs both so many times, each first in every other run. */
export async function inTurn<T>(
  runs: number,
  ours: () => Promise<T>,
  peer: () => Promise<T>,
): Promise<{ ours: T; peer: T }[]> {
  const pairs: { ours: T; peer: T }[] = [];
  for (let run = 0; run < runs; run++) {
    if (run % 2 === 0) {
      pairs.push({ ours: await ours(), peer: await peer() });
    } else {
      const second = await peer();
      pairs.push({ ours: await ours(), peer: second });
    }
  }
  return pairs;
}
