import { closest, distance } from "fastest-levenshtein";

/** What the user typed cannot be carried out; the message is one plain sentence for them. */
export class UsageError extends Error {}

/**
 * `unknown <what> "typed"`, with the nearest name when one is near enough to have been meant.
 *
 * @param more what else there is to say of it
 */
export function unknownName(what: string, typed: string, known: readonly string[], more = ""): UsageError {
  const nearest = closest(typed, known);
  const isNear = nearest !== "" && distance(typed, nearest) <= Math.max(2, nearest.length / 3);
  return new UsageError(`Unknown ${what} ${quoted(typed)}${more}${isNear ? `; did you mean "${nearest}"?` : "."}`);
}

/** Only what looks like a name is repeated: anything else could be a secret that was pasted in the wrong place. */
function quoted(typed: string): string {
  return /^[a-z-]{1,30}$/i.test(typed) ? `"${typed}"` : "(not repeated here, it does not look like a name)";
}
