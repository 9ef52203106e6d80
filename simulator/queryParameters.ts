import { invalidParameter, Refusal } from "./refusal";

interface Known {
  /** Parameters that may stand once. */
  readonly once?: readonly string[];
  /** Parameters that may stand several times. */
  readonly repeated?: readonly string[];
}

/**
 * Refuses what an endpoint does not know, with 400. Whether Datadog does, or leaves it out of account, is not known; a
 * filter that is left out of account gives more tokens than were asked for, which nobody should come to rely on.
 */
export function checkQuery(query: URLSearchParams, { once = [], repeated = [] }: Known): void {
  for (const name of new Set(query.keys())) {
    if (repeated.includes(name)) continue;
    if (!once.includes(name)) throw new Refusal(400, `unknown parameter "${name}"`);
    if (query.getAll(name).length > 1) throw invalidParameter(name, "one value");
  }
}

/** The value of a parameter that may have only these; undefined when it is not there. */
export function oneOf<Value extends string>(
  query: URLSearchParams,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = values.find((value) => value === text);
  if (value === undefined) throw invalidParameter(name, values.join(", "));
  return value;
}
