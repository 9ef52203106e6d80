import { didYouMean, nearest } from "../provider/text/nearest";

/** What the user asked for cannot be done; the message tells them why in plain words. */
export class UsageError extends Error {}

/**
 * `Unknown <what> "typed"`, with the nearest name when one is near enough to have been meant.
 *
 * @param more added after the name
 * @param otherwise how the sentence ends when none is near
 */
export function unknownName(
  what: string,
  typed: string,
  known: readonly string[],
  { more = "", otherwise = "." } = {},
): UsageError {
  const meant = nearest(typed, known);
  const end = meant === undefined ? otherwise : didYouMean(`"${meant}"`);
  return new UsageError(`Unknown ${what} ${quoted(typed)}${more}${end}`);
}

/** Repeats only what looks like a name: anything else could be a secret that was pasted in the wrong place. */
function quoted(typed: string): string {
  return /^[a-z-]{1,30}$/i.test(typed) ? `"${typed}"` : "(not repeated here, as it may be a secret)";
}
