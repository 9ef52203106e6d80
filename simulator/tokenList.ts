import type { TokenListAnswer } from "../provider/datadog/answers";
import { tokenResource } from "./jsonApi";
import type { Token } from "./organization";
import { pageOf } from "./paging";
import { Refusal } from "./refusal";

/**
 * One page of the listing, as the query asks: `page[size]`, `page[number]`, `sort`, `filter`.
 *
 * @param tokens as `Organization.tokensIn` orders them
 */
export function tokenList(tokens: readonly Token[], query: URLSearchParams): TokenListAnswer {
  const matching = sorted(tokens.filter(matches(query)), query.get("sort"));
  return {
    data: pageOf(matching, query).map(tokenResource),
    meta: { page: { total_filtered_count: matching.length } },
  };
}

function matches(query: URLSearchParams): (token: Token) => boolean {
  const text = query.get("filter") ?? "";
  if (text === "") return () => true;
  return (token) => token.name.toLowerCase().includes(text.toLowerCase()) || token.publicPortion.includes(text);
}

const SORT_KEYS = new Map<string, (token: Token) => string | null>([
  ["name", (token) => token.name],
  ["created_at", (token) => token.createdAt],
  ["expires_at", (token) => token.expiresAt],
  ["last_used_at", (token) => token.lastUsedAt],
]);

function sorted(tokens: Token[], sort: string | null): Token[] {
  if (sort === null || sort === "created_at") return tokens;
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
