import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant; undefined when none is near enough. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const name = closest(typed, known);
  return name !== "" && distance(typed, name) <= Math.max(2, name.length / 3) ? name : undefined;
}
