import type { TokenListAnswer } from "../provider/datadog/schemas";
import { tokenResource } from "./jsonApi";
import type { Token } from "./organization";
import { Refusal } from "./refusal";

const DEFAULT_PAGE_SIZE = 10;
const LARGEST_PAGE = 100;

/** One page of the listing, as the query asks: `page[size]`, `page[number]`, `sort`, `filter`. */
export function tokenList(tokens: readonly Token[], query: URLSearchParams): TokenListAnswer {
  const size = wholeNumber(query, "page[size]", DEFAULT_PAGE_SIZE, 1, LARGEST_PAGE);
  const number = wholeNumber(query, "page[number]", 0, 0, Number.MAX_SAFE_INTEGER);
  const matching = sorted(tokens.filter(matches(query)), query.get("sort"));
  return {
    data: matching.slice(number * size, (number + 1) * size).map(tokenResource),
    meta: { page: { total_filtered_count: matching.length } },
  };
}

function matches(query: URLSearchParams): (token: Token) => boolean {
  const text = query.get("filter") ?? "";
  return (token) => token.name.toLowerCase().includes(text.toLowerCase()) || token.publicPortion.includes(text);
}

const SORT_KEYS = new Map<string, (token: Token) => string | null>([
  ["name", (token) => token.name],
  ["created_at", (token) => token.createdAt],
  ["expires_at", (token) => token.expiresAt],
  ["last_used_at", (token) => token.lastUsedAt],
]);

function sorted(tokens: Token[], sort: string | null): Token[] {
  if (sort === null) return tokens;
  const descending = sort.startsWith("-");
  const key = SORT_KEYS.get(descending ? sort.slice(1) : sort);
  if (key === undefined) throw new Refusal(400, `invalid parameter "sort": ${sort}`);
  const direction = descending ? -1 : 1;
  return tokens.sort((one, other) => direction * compare(key(one), key(other)));
}

/** Null comes last, as in PostgreSQL: never expires, never used. */
function compare(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}

function wholeNumber(query: URLSearchParams, name: string, byDefault: number, least: number, most: number): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Refusal(400, `invalid parameter "${name}": expected a whole number of ${least} to ${most}`);
}
