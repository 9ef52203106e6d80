import { type Answer, json } from "./answer";
import type { ApiRequest } from "./apiRequest";
import { readAuditQuery } from "./auditQuery";
import type { AuditedRequest } from "./organization";
import { demand } from "./permissions";
import { checkQuery } from "./queryParameters";
import { Refusal } from "./refusal";
import { invalidField, objectIn, parseBody } from "./requestBody";
import { DAY, readRfc3339 } from "./timestamp";

const LARGEST_PAGE = 1000;
const DEFAULT_PAGE = 10;

/**
 * `POST /api/v2/audit/events/search`: of the documented query syntax what finds requests by name, method and path;
 * anything else is refused, so that nobody comes to rely on it.
 *
 * @see https://docs.datadoghq.com/api/latest/audit/#search-audit-logs-events
 */
export function searchAuditTrail({ organization, caller, query, body, now }: ApiRequest): Answer {
  if (!organization.behaviour.auditTrail) throw new Refusal(403, "this organization has no Audit Trail");
  demand(caller, "audit_logs_read");
  checkQuery(query, {});
  const { wanted, from, to, limit, start, descending } = readSearch(body, now);

  const found = organization.audited.filter((request) => request.at >= from && request.at <= to && wanted(request));
  if (descending) found.reverse();
  const end = start + limit;
  const after = end < found.length ? Buffer.from(String(end)).toString("base64url") : undefined;
  return json({
    data: found.slice(start, end).map((request) => event(request, organization.id)),
    meta: { status: "done", ...(after !== undefined && { page: { after } }) },
  });
}

/** The body may be left out; a part of it that is there must be what the specification says. */
function readSearch(body: string, now: number) {
  const search = objectIn(body === "" ? {} : parseBody(body), "the body", ["filter", "options", "page", "sort"]);
  const { filter = {}, options = {}, page = {}, sort = "timestamp" } = search;
  const { query = "*", from = "now-15m", to = "now" } = objectIn(filter, "filter", ["query", "from", "to"]);
  const { limit = DEFAULT_PAGE, cursor } = objectIn(page, "page", ["limit", "cursor"]);
  objectIn(options, "options", ["time_offset", "timezone"]);
  if (sort !== "timestamp" && sort !== "-timestamp") throw invalidField("sort", "timestamp or -timestamp");
  return {
    wanted: readAuditQuery(textIn("filter.query", query)),
    from: timeIn("filter.from", from, now),
    to: timeIn("filter.to", to, now),
    limit: limitIn(limit),
    start: cursor === undefined ? 0 : cursorIn(cursor),
    descending: sort === "-timestamp",
  };
}

function textIn(field: string, value: unknown): string {
  if (typeof value !== "string") throw invalidField(field, "a text");
  return value;
}

function limitIn(value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LARGEST_PAGE) return Number(value);
  throw invalidField("page.limit", `a whole number of 1 to ${LARGEST_PAGE}`);
}

function cursorIn(value: unknown): number {
  const text = Buffer.from(textIn("page.cursor", value), "base64url").toString();
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidField("page.cursor", "what an answer's meta.page.after said");
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY };

/** `now`, `now-90d`, milliseconds since 1970, or RFC 3339. */
function timeIn(field: string, value: unknown, now: number): number {
  const text = textIn(field, value);
  const [relative, amount, unit = ""] = /^now(?:-(\d+)([mhd]))?$/.exec(text) ?? [];
  if (relative !== undefined) return now - Number(amount ?? 0) * (UNITS[unit] ?? 0);
  const time = /^\d{1,15}$/.test(text) ? Number(text) : readRfc3339(text);
  if (time === undefined) throw invalidField(field, "a time");
  return time;
}

function event(
  { id, at, user, authentication, method, path, status, userAgent, ip }: AuditedRequest,
  organization: string,
) {
  const timestamp = new Date(at).toISOString();
  return {
    id,
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
