import { closest, distance } from "fastest-levenshtein";

/** The known name that was probably meant; undefined when none is near enough, or none is known. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const name = closest(typed, known);
  return name !== "" && distance(typed, name) <= Math.max(2, name.length / 3) ? name : undefined;
}

/** `": did you mean tokenId?"`; nothing when nobody knows what was meant. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? "" : `: did you mean ${meant}?`;
}

/**
 * `"is not an argument: did you mean tokenId? (all: tokenId, token)"`
 *
 * @param nameOf what messages call a known name
 */
export function isNone(what: string, typed: string, known: readonly string[], nameOf = (name: string) => name): string {
  const meant = nearest(typed, known);
  return `is not ${what}${didYouMean(meant && nameOf(meant))} (all: ${known.join(", ")})`;
}
