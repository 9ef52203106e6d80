import { invalidParameter } from "./refusal";

const DEFAULT_PAGE_SIZE = 10;
const LARGEST_PAGE = 100;

export const PAGE_PARAMETERS = ["page[size]", "page[number]"] as const;

/** The part of a list that the query asks for: `page[size]`, `page[number]` (from 0). */
export function pageOf<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const size = wholeNumber(query, "page[size]", DEFAULT_PAGE_SIZE, 1, LARGEST_PAGE);
  const number = wholeNumber(query, "page[number]", 0, 0, Number.MAX_SAFE_INTEGER);
  return items.slice(number * size, (number + 1) * size);
}

function wholeNumber(query: URLSearchParams, name: string, byDefault: number, least: number, most: number): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalidParameter(name, `a whole number of ${least} to ${most}`);
}
