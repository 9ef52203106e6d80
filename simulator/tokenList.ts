import type { ApiRequest } from "./apiRequest";
import { withLeaks } from "./leakInformation";
import type { Token } from "./organization";
import { PAGE_PARAMETERS, pageOf } from "./paging";
import { checkQuery, oneOf } from "./queryParameters";
import { invalidParameter } from "./refusal";
import type { TokenListDocument } from "./wireTypes";

/** What the listings of tokens may be asked for. `filter[owned_by]` is one of them for the personal path only. */
export const LIST_PARAMETERS = [...PAGE_PARAMETERS, "sort", "filter", "filter[leaked]", "include"];

/** Refuses what a service account's listing does not know. */
export const checkListQuery = (query: URLSearchParams): void => checkQuery(query, { once: LIST_PARAMETERS });

/** How the query wants a listing sorted; by name unless it says. */
export const sortOf = (query: URLSearchParams): string => query.get("sort") ?? "name";

/**
 * One page of the listing, as the query asks: `page[size]`, `page[number]`, `sort`, `filter`, `filter[leaked]`,
 * `include`.
 *
 * @param tokens as `Organization.tokensIn` orders them
 */
export function tokenList(tokens: readonly Token[], request: ApiRequest): TokenListDocument {
  const { query, organization } = request;
  const knowsLeaks = organization.behaviour.leakInformation;
  const matching = sorted(tokens.filter(matches(query, knowsLeaks)), sortOf(query), knowsLeaks);
  const { data, ...beside } = withLeaks(pageOf(matching, query), request);
  return { data, ...beside, meta: { page: { total_filtered_count: matching.length } } };
}

/** `filter[leaked]=false` has no effect, says the specification. */
function matches(query: URLSearchParams, knowsLeaks: boolean): (token: Token) => boolean {
  const text = query.get("filter") ?? "";
  const leakedOnly = knowsLeaks && oneOf(query, "filter[leaked]", ["true", "false"]) === "true";
  const lowercase = text.toLowerCase();
  return ({ name, publicPortion, leak }) =>
    (!leakedOnly || leak !== null) && (name.toLowerCase().includes(lowercase) || publicPortion.includes(text));
}

type SortKey = (token: Token) => string | null;

const SORT_KEYS = new Map<string, SortKey>([
  ["name", (token) => token.name],
  ["created_at", (token) => token.createdAt],
  ["expires_at", (token) => token.expiresAt],
  ["last_used_at", (token) => token.lastUsedAt],
]);

/** As PostgreSQL sorts what is true or false: the leaked ones last, descending first. */
const byLeak: SortKey = ({ leak }) => (leak === null ? "false" : "true");

function sorted(tokens: Token[], sort: string, knowsLeaks: boolean): Token[] {
  if (sort === "created_at") return tokens;
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  const key = name === "leaked" && knowsLeaks ? byLeak : SORT_KEYS.get(name);
  if (key === undefined) throw invalidParameter("sort", [...SORT_KEYS.keys(), "leaked"].join(", "));
  const direction = descending ? -1 : 1;
  return tokens.sort((one, other) => direction * compare(key(one), key(other)));
}

/** Null comes last, as in PostgreSQL: never expires, never used. */
function compare(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}
