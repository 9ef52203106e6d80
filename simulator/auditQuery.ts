import type { AuditedRequest } from "./organization";
import { Refusal } from "./refusal";

const TERM = /\s*(@[\w.]+):(?:\(([^)]*)\)|("[^"]*"|[^\s()]+))/y;

/** What can be searched by, and what a request has there. */
const ATTRIBUTES = new Map<string, (request: AuditedRequest) => string>([
  ["@evt.name", () => "Request"],
  ["@http.method", ({ method }) => method],
  ["@http.url_details.path", ({ path }) => path],
  ["@http.status_code", ({ status }) => String(status)],
  ["@usr.id", ({ user }) => user.handle],
  ["@usr.uuid", ({ user }) => user.id],
  ["@usr.email", ({ user }) => user.email],
]);

/** Terms stand beside each other and must all hold; in brackets, any of the values. */
export function readAuditQuery(query: string): (request: AuditedRequest) => boolean {
  if (query.trim() === "*") return () => true;
  const terms: ((request: AuditedRequest) => boolean)[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < query.trimEnd().length) {
    const [, name, list, single] = TERM.exec(query) ?? [];
    if (name === undefined) throw new Refusal(400, "the query is not one that this simulator understands");
    terms.push(term(name, list?.split(/\s+OR\s+/) ?? [single ?? ""]));
  }
  return (request) => terms.every((holds) => holds(request));
}

function term(name: string, list: readonly string[]): (request: AuditedRequest) => boolean {
  const attribute = ATTRIBUTES.get(name);
  if (attribute === undefined) throw new Refusal(400, `this simulator does not search by ${name}`);
  const values = new Set(list.map((value) => value.trim().replace(/^"(.*)"$/, "$1")));
  return (request) => values.has(attribute(request));
}
