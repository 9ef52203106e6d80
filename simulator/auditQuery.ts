import type { AuditedRequest } from "./organization";
import { Refusal } from "./refusal";

type Wanted = (request: AuditedRequest) => boolean;

const VALUE = String.raw`(?:"(?:[^"\\]|\\["\\])*"|[\w./@+:-]+)`;
const LIST = String.raw`\(\s*${VALUE}(?:\s+OR\s+${VALUE})*\s*\)`;
const TERM = String.raw`@[\w.]+:(?:${LIST}|${VALUE})`;
const ANY_OF = String.raw`\(\s*${TERM}(?:\s+OR\s+${TERM})*\s*\)`;
const PART = `(?:${ANY_OF}|${TERM})`;
const QUERY = new RegExp(String.raw`^${PART}(?:\s+(?:AND\s+)?${PART})*$`);

/** What can be searched by, and what a request has there. Nobody acts for another here. */
const ATTRIBUTES = new Map<string, (request: AuditedRequest) => string | undefined>([
  ["@evt.name", () => "Request"],
  ["@http.method", ({ method }) => method],
  ["@http.url_details.path", ({ path }) => path],
  ["@http.status_code", ({ status }) => String(status)],
  ["@usr.id", ({ user }) => user.handle],
  ["@usr.uuid", ({ user }) => user.id],
  ["@usr.email", ({ user }) => user.email],
  ["@delegator.id", () => undefined],
]);

/**
 * Terms stand beside each other, or `AND` between them, and must all hold; of terms in brackets, any. A term's value may be
 * a list in brackets: any of them. What is not understood (a wildcard, a comparison, a negation) is refused: an answer
 * without events would say that nothing was done.
 */
export function readAuditQuery(query: string): Wanted {
  const text = query.trim();
  if (text === "" || text === "*") return () => true;
  if (!QUERY.test(text)) throw new Refusal(400, "the query is not one that this simulator understands");
  const parts = all(PART, text).map((part) => all(TERM, part).map(term));
  return (request) => parts.every((terms) => terms.some((holds) => holds(request)));
}

function term(text: string): Wanted {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon);
  const attribute = ATTRIBUTES.get(name);
  if (attribute === undefined) throw new Refusal(400, `this simulator does not search by ${name}`);
  // Every second one is the word OR between two.
  const values = all(VALUE, text.slice(colon + 1)).filter((_, index) => index % 2 === 0);
  const wanted = new Set<string | undefined>(values.map(unquoted));
  return (request) => wanted.has(attribute(request));
}

function unquoted(text: string): string {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\(.)/g, "$1");
  // A value that holds another term is two terms without a space between them.
  if (/^(?:AND|OR|NOT)$|@[\w.]+:/.test(text))
    throw new Refusal(400, `"${text}" is no value; put it in quotes if it is`);
  return text;
}

function all(pattern: string, text: string): string[] {
  return [...text.matchAll(new RegExp(pattern, "g"))].map(([match]) => match);
}
