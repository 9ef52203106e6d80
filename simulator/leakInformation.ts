import type { ApiRequest } from "./apiRequest";
import type { Leak, Token } from "./organization";
import { invalidParameter } from "./refusal";
import { trimmed } from "./timestamp";
import { tokenResource } from "./tokenResource";
import type { LeakedKeyResource, TokenDocument, TokenResource } from "./wireTypes";

const INCLUDABLE = "leak_information";

/** Tokens, and what belongs to them beside. */
interface Resources {
  readonly data: readonly TokenResource[];
  readonly included?: readonly LeakedKeyResource[];
}

/**
 * Tokens for a GET or a listing. With `include=leak_information` each says whether it is known to be leaked, and the
 * leaks stand beside them; without, nothing is said, as in the recordings, which are older.
 */
export function withLeaks(tokens: readonly Token[], { organization, query }: ApiRequest): Resources {
  if (!organization.behaviour.leakInformation || !isAskedFor(query)) return { data: tokens.map(tokenResource) };
  const included = tokens.flatMap(({ leak }) => (leak === null ? [] : [leakedKey(leak)]));
  return { data: tokens.map(withRelationship), included };
}

/** Answers a GET of one token. */
export function oneWithLeak(token: Token, request: ApiRequest): TokenDocument {
  const { data, ...beside } = withLeaks([token], request);
  return { data: data[0] ?? tokenResource(token), ...beside };
}

/** `include` is a comma-separated list. */
function isAskedFor(query: URLSearchParams): boolean {
  const include = query.get("include");
  if (include === null) return false;
  if (include.split(",").every((item) => item === INCLUDABLE)) return true;
  throw invalidParameter("include", INCLUDABLE);
}

function withRelationship(token: Token): TokenResource {
  const resource = tokenResource(token);
  const data = token.leak === null ? null : ({ id: token.leak.id, type: "leaked_keys" } as const);
  return { ...resource, relationships: { ...resource.relationships, leak_information: { data } } };
}

function leakedKey({ id, detectedAt, source }: Leak): LeakedKeyResource {
  const date = trimmed(detectedAt);
  return { type: "leaked_keys", id, attributes: { date, ...(source === undefined ? {} : { leak_source: source }) } };
}
