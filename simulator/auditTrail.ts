import { type Answer, data } from "./answer";
import type { ApiRequest } from "./apiRequest";
import type { AuditedRequest } from "./organization";
import { demand } from "./permissions";
import { Refusal } from "./refusal";
import { DAY } from "./timestamp";

const LARGEST_PAGE = 1000;
const DEFAULT_PAGE = 10;

/**
 * `POST /api/v2/audit/events/search`: of the documented query syntax what finds requests by name, method and path;
 * anything else is refused, so that nobody comes to rely on it.
 *
 * @see https://docs.datadoghq.com/api/latest/audit/#search-audit-logs-events
 */
export function searchAuditTrail({ organization, caller, body, now }: ApiRequest): Answer {
  if (!organization.behaviour.auditTrail) throw new Refusal(403, "this organization has no Audit Trail");
  demand(caller, "audit_logs_read");
  const { filter = {}, page = {}, sort = "timestamp" } = readBody(body);
  const wanted = readQuery(String(filter.query ?? "*"));
  const from = readTime(filter.from ?? "now-15m", now);
  const to = readTime(filter.to ?? "now", now);
  const limit = Number(page.limit ?? DEFAULT_PAGE);
  if (!(limit >= 1 && limit <= LARGEST_PAGE)) throw new Refusal(400, `page.limit must be 1 to ${LARGEST_PAGE}`);

  const found = organization.audited.filter((request) => request.at >= from && request.at <= to && wanted(request));
  if (sort === "-timestamp") found.reverse();
  const start = page.cursor === undefined ? 0 : Number(Buffer.from(String(page.cursor), "base64url").toString());
  const end = start + limit;
  const after = end < found.length ? Buffer.from(String(end)).toString("base64url") : undefined;
  return data(200, {
    data: found.slice(start, end).map((request) => event(request, organization.id)),
    meta: { status: "done", ...(after !== undefined && { page: { after } }) },
  });
}

interface SearchBody {
  readonly filter?: { readonly query?: unknown; readonly from?: unknown; readonly to?: unknown };
  readonly page?: { readonly limit?: unknown; readonly cursor?: unknown };
  readonly sort?: unknown;
}

function readBody(body: string): SearchBody {
  try {
    return JSON.parse(body || "{}");
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

const TERM = /\s*(@[\w.]+):(?:\(([^)]*)\)|("[^"]*"|[^\s()]+))/y;

/** Terms stand beside each other and must all hold; in brackets, any of the values. */
function readQuery(query: string): (request: AuditedRequest) => boolean {
  if (query.trim() === "*") return () => true;
  const terms: [string, readonly string[]][] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < query.trimEnd().length) {
    const [, name, list, single] = TERM.exec(query) ?? [];
    if (name === undefined) throw new Refusal(400, "the query is not one that this simulator understands");
    const values = list?.split(/\s+OR\s+/) ?? [single ?? ""];
    terms.push([name, values.map((value) => value.trim().replace(/^"(.*)"$/, "$1"))]);
  }
  return (request) => terms.every(([name, values]) => values.includes(attributeOf(request, name)));
}

function attributeOf({ method, path, status }: AuditedRequest, name: string): string {
  switch (name) {
    case "@evt.name":
      return "Request";
    case "@http.method":
      return method;
    case "@http.url_details.path":
      return path;
    case "@http.status_code":
      return String(status);
    default:
      throw new Refusal(400, `this simulator does not search by ${name}`);
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY };

/** `now`, `now-90d`, milliseconds since 1970, or RFC 3339. */
function readTime(value: unknown, now: number): number {
  const text = String(value);
  const [, amount, unit = ""] = /^now(?:-(\d+)([mhd]))?$/.exec(text) ?? [];
  if (text.startsWith("now")) return now - Number(amount ?? 0) * (UNITS[unit] ?? 0);
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw new Refusal(400, "filter.from and filter.to must be times");
  return time;
}

function event(
  { at, user, authentication, method, path, status, userAgent, ip }: AuditedRequest,
  organization: string,
) {
  const timestamp = new Date(at).toISOString();
  return {
    id: `${at}-${path}`,
    type: "audit",
    attributes: {
      timestamp,
      service: "datadog",
      attributes: {
        evt: { name: "Request", actor: { type: "USER" } },
        usr: { id: user.handle, email: user.email, uuid: user.id },
        org: { uuid: organization },
        auth_method: authentication,
        http: { method, status_code: String(status), url_details: { path }, useragent: userAgent },
        network: { client: { ip } },
      },
    },
  };
}
