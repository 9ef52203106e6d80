/** The named fields of an object, as far as they are there. */
export function pick<T extends object, K extends keyof T>(object: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => object[name] !== undefined).map((name) => [name, object[name]]),
  ) as Pick<T, K>;
}

/** Without undefined fields: the dynamic provider cannot marshal one, and would lose what was done already. */
export function compact<T extends object>(object: T): T {
  return pick(object, Object.keys(object) as (keyof T)[]);
}

/** Sorted by token id: the order in state. */
export function sorted<T extends { readonly tokenId: string }>(items: readonly T[]): T[] {
  return items.toSorted((one, other) => (one.tokenId < other.tokenId ? -1 : 1));
}
