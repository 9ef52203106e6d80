import type { DatadogClient, TokenAddress } from "../../provider/datadog/client";
import { tokenPath } from "../../provider/datadog/client";
import { DatadogError } from "../../provider/datadog/errors";
import { isUuid } from "../../provider/tokens/tokenIds";
import type { AuditRecord, FoundInTrail, TrailEvent } from "./auditReport";
import { type AuditEvent, searchAuditTrail, withoutStop } from "./auditTrail";
import { by } from "./collect";

/** Milliseconds. */
const TRAIL_WITHIN = 120_000;
/** Tokens asked of the Audit Trail at once: a query of some ten thousand characters. */
const TRAIL_CHUNK = 100;

/** The DELETEs of these tokens in Datadog's Audit Trail, many tokens a question. */
export async function readTrail(
  client: DatadogClient,
  records: readonly AuditRecord[],
  address: (record: AuditRecord) => TokenAddress,
): Promise<Map<AuditRecord, FoundInTrail>> {
  const paths = new Map(records.map((record) => [record, pathsOf(address(record))]));
  const byPath = new Map<string, TrailEvent[]>();
  /** Why there may be more DELETEs of a path than were found. */
  const doubts = new Map<string, string>();
  const wanted = [...new Set([...paths.values()].flat())].toSorted();
  for (let start = 0; start < wanted.length; start += TRAIL_CHUNK) {
    const some = wanted.slice(start, start + TRAIL_CHUNK);
    const anyOf = some.map((path) => `"${path}"`).join(" OR ");
    const query = `@evt.name:Request @http.method:DELETE @http.url_details.path:(${anyOf})`;
    try {
      const found = await searchAuditTrail(client, { query, from: "now-90d", to: "now" }, TRAIL_WITHIN);
      const doubt = notWhole([...found.doubts, ...sort(found.events, byPath)]);
      if (doubt !== undefined) for (const path of some) doubts.set(path, doubt);
    } catch (error) {
      if (!(error instanceof DatadogError)) throw error;
      const why =
        error.status === undefined
          ? error.message
          : `${withoutStop(error.message)}; or the organization has no Audit Trail`;
      // What refuses one question refuses the others.
      for (const path of wanted.slice(start)) doubts.set(path, why);
      break;
    }
  }
  return new Map(
    records.map((record): [AuditRecord, FoundInTrail] => {
      const own = paths.get(record) ?? [];
      const events = own.flatMap((path) => byPath.get(path) ?? []).toSorted(by(({ at }) => [at ?? UNKNOWN_LAST]));
      const why = own.map((path) => doubts.get(path)).find((doubt) => doubt !== undefined);
      if (why !== undefined) return [record, { complete: false, events, why }];
      if (events.length > 0) return [record, { complete: true, events }];
      const isElsewhere = record.kind !== "personal" && address(record).serviceAccountId === undefined;
      return [
        record,
        isElsewhere ? { complete: false, events, why: NOT_BY_ACCOUNT } : { complete: true, events, why: NO_DELETE },
      ];
    }),
  );
}

const NO_DELETE = "the trail holds no DELETE of it. It goes back 3 to 90 days, as the organization chose";

/** Why a token may have a path by which nobody can ask for it. */
export const UNKNOWN_ACCOUNT = "it is or may be a service account's token, and which account owns it is not recorded";

const NOT_BY_ACCOUNT = `the trail holds no DELETE of it as a personal token; ${UNKNOWN_ACCOUNT}: by that path it could not be looked for`;

/** Sorts after every time. */
const UNKNOWN_LAST = "~";

/**
 * Puts events to the path that they tell of.
 *
 * @returns what is to be said of those that do not tell
 */
function sort(events: readonly AuditEvent[], byPath: Map<string, TrailEvent[]>): string[] {
  let unreadable = 0;
  for (const event of events) {
    const { method, url_details } = event.attributes?.attributes?.http ?? {};
    const path = url_details?.path?.toLowerCase();
    if (path === undefined) unreadable++;
    else if (method == null || method.toUpperCase() === "DELETE") {
      const events = byPath.get(path) ?? [];
      events.push(toTrailEvent(event));
      byPath.set(path, events);
    }
  }
  return unreadable === 0 ? [] : [`${unreadable} of its events cannot be read`];
}

/** That the trail may hold more than was found; undefined without doubts. */
function notWhole(doubts: readonly string[]): string | undefined {
  if (doubts.length === 0) return undefined;
  const more = doubts.length > MOST_DOUBTS ? "; …" : "";
  const whys = doubts.slice(0, MOST_DOUBTS).map(withoutStop).join("; ");
  return `the Audit Trail could not be read whole (${whys}${more}): a DELETE may be missing here. Make the report again later`;
}

/** How many reasons are told. */
const MOST_DOUBTS = 3;

/** A DELETE may have been sent to either path. */
function pathsOf(address: TokenAddress): string[] {
  const personal = tokenPath({ tokenId: address.tokenId });
  return address.serviceAccountId === undefined ? [personal] : [personal, tokenPath(address)];
}

/** @see https://docs.datadoghq.com/account_management/audit_trail/events/ */
function toTrailEvent(event: AuditEvent): TrailEvent {
  const { timestamp, attributes } = event.attributes ?? {};
  const { usr, auth_method, http, network } = attributes ?? {};
  const status = Number(http?.status_code ?? Number.NaN);
  return {
    at: timestamp == null ? null : new Date(timestamp).toISOString(),
    ...whoActed(usr),
    authentication: auth_method ?? null,
    ip: network?.client?.ip ?? null,
    userAgent: http?.useragent ?? null,
    statusCode: Number.isInteger(status) ? status : null,
  };
}

type User = NonNullable<NonNullable<NonNullable<AuditEvent["attributes"]>["attributes"]>["usr"]>;

/** A service account's id may be its UUID, where a person's is the address. */
function whoActed(usr: User | null | undefined): Pick<TrailEvent, "user" | "userId"> {
  const { id, email, name, uuid } = usr ?? {};
  const isAccount = isUuid(id ?? "");
  const user = isAccount ? name || email : email || id || name;
  return { user: user || null, userId: uuid ?? (isAccount ? id : null) ?? null };
}
