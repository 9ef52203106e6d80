import { concurrently } from "../../provider/core/concurrently";
import { type Listing, listing } from "../../provider/core/lookUp";
import type { Place } from "../../provider/core/records";
import type { Session } from "../../provider/core/session";
import { placeText } from "../../provider/core/wording";
import { type DatadogClient, type TokenAddress, tokenPath } from "../../provider/datadog/client";
import { DatadogError } from "../../provider/datadog/errors";
import { isAlive } from "../../provider/datadog/token";
import { isUuid } from "../../provider/tokens/tokenIds";
import type { AuditRecord, AuditReport, Finding, TrailEvent } from "./auditReport";
import { type AuditEvent, searchAuditTrail, withoutStop } from "./auditTrail";
import { by, type Collected, tokenAndPlace } from "./collect";
import { isNeverSeen, NEVER_SEEN } from "./lastSeen";

/** What is to be asked. */
export interface Questions {
  readonly verify: boolean;
  readonly auditTrail: boolean;
}

type Verification = NonNullable<AuditRecord["verification"]>;
type AuditTrail = NonNullable<AuditRecord["auditTrail"]>;

/** Milliseconds. */
const ACTOR_WITHIN = 30_000;
const LISTING_WITHIN = 300_000;
const TRAIL_WITHIN = 120_000;
/** Requests in flight. */
const IN_FLIGHT = 8;
/** Tokens asked of the Audit Trail at once: a query of some ten thousand characters. */
const TRAIL_CHUNK = 100;

/**
 * Adds to a report what Datadog says of its records now. Only records of the site and the organization that answer are
 * asked about: another one does not know any of the tokens.
 *
 * @param known the service accounts that own tokens, and which tokens were seen
 * @throws DatadogError when Datadog does not say which organization answers
 */
export async function askDatadog(
  session: Session,
  report: AuditReport,
  { serviceAccounts, seenThere }: Pick<Collected, "serviceAccounts" | "seenThere">,
  questions: Questions,
): Promise<AuditReport> {
  const { client } = session;
  const { actor } = await client.getCurrentUser(ACTOR_WITHIN);
  const here: Place = { apiUrl: client.apiUrl, actor };
  const asked = report.records.filter((record) => whyNotAsked(record, here) === undefined);
  const address = (record: AuditRecord): TokenAddress => ({
    tokenId: record.tokenId.toLowerCase(),
    serviceAccountId: serviceAccounts.get(record)?.toLowerCase(),
  });
  const verified = questions.verify ? await verify(session, asked, address) : undefined;
  const trails = questions.auditTrail ? await readTrail(client, asked, address) : undefined;
  const records = report.records.map((record): AuditRecord => {
    const why = whyNotAsked(record, here) ?? "";
    return {
      ...record,
      ...(verified && { verification: judged(record, verified.get(record) ?? { alive: null, why }) }),
      ...(trails && { auditTrail: trails.get(record) ?? { complete: false, events: [], why } }),
    };
  });
  return { ...report, records, findings: [...report.findings, ...foundAlive(records, report.findings)] };

  /** What was never seen there is not gone because it is not there. */
  function judged(record: AuditRecord, verification: Verification): Verification {
    const isUnseen = isNeverSeen(record) && !seenThere.has(tokenAndPlace(record));
    return verification.alive === false && isUnseen ? { alive: null, why: NEVER_SEEN } : verification;
  }
}

/** Why Datadog is not asked of a record here; undefined: it is. */
function whyNotAsked({ tokenId, actor, apiUrl }: AuditRecord, here: Place): string | undefined {
  if (!isUuid(tokenId)) return "not asked: its id is not a token id";
  const asked = `this report asks ${placeText(here)}`;
  if (!actor) return `not asked: its organization is not recorded; ${asked}`;
  const isSameOrganization = isSame(actor.organizationId, here.actor?.organizationId);
  if (isSameOrganization && (apiUrl === null || apiUrl === here.apiUrl)) return undefined;
  return `not asked: it was recorded at ${placeText({ apiUrl: apiUrl ?? "a site that is not recorded", actor })}; ${asked}`;
}

function isSame(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

function foundAlive(records: readonly AuditRecord[], known: readonly Finding[]): Finding[] {
  const said = new Set(known.filter(({ kind }) => kind === "alive").map(({ stack, tokenId }) => `${stack} ${tokenId}`));
  // A later record has the remedy; the earlier one speaks where the later one is not shown.
  const latestFirst = records.toSorted((one, other) => Number(!!one.supersededBy) - Number(!!other.supersededBy));
  return latestFirst.flatMap(({ stack, resource, tokenId, removed, supersededBy, verification }): Finding[] => {
    if (!verification?.alive || said.has(`${stack} ${tokenId}`)) return [];
    said.add(`${stack} ${tokenId}`);
    const remedy = removed && !supersededBy ? "declare it again" : "run pulumi refresh, then pulumi up";
    return [
      {
        kind: "alive",
        stack,
        resource,
        tokenId,
        message: `Datadog knows this token now: it is alive. To revoke it, ${remedy}`,
      },
    ];
  });
}

/** One listing; what is not in it is asked for by id. */
async function verify(
  session: Session,
  records: readonly AuditRecord[],
  address: (record: AuditRecord) => TokenAddress,
): Promise<Map<AuditRecord, Verification>> {
  const listed = records.length > 0 ? await listing(session, LISTING_WITHIN) : { why: "" };
  const answers = new Map<string, Promise<Verification>>();
  const found = await concurrently(records, IN_FLIGHT, (record) => {
    const path = tokenPath(address(record));
    const answer = answers.get(path) ?? verifyOne(session.client, record, address(record), listed);
    answers.set(path, answer);
    return answer;
  });
  return new Map(records.map((record, index) => [record, found[index] as Verification]));
}

async function verifyOne(
  client: DatadogClient,
  { kind }: AuditRecord,
  address: TokenAddress,
  { tokens, why }: Listing,
): Promise<Verification> {
  if (isAlive(tokens?.get(address.tokenId))) return { alive: true };
  const isElsewhere = address.serviceAccountId === undefined && (kind === "service" || (kind === null && !tokens));
  try {
    if (isAlive(await client.getToken(address))) return { alive: true };
  } catch (error) {
    if (error instanceof DatadogError) return { alive: null, why: error.message };
    throw error;
  }
  if (!isElsewhere) return { alive: false };
  const unlisted = why === undefined ? "" : `, and ${why}`;
  return { alive: null, why: `it is or may be a service account's token, whose is not recorded${unlisted}` };
}

/** The DELETEs of these tokens in Datadog's Audit Trail, many tokens a question. */
async function readTrail(
  client: DatadogClient,
  records: readonly AuditRecord[],
  address: (record: AuditRecord) => TokenAddress,
): Promise<Map<AuditRecord, AuditTrail>> {
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
    records.map((record): [AuditRecord, AuditTrail] => {
      const own = paths.get(record) ?? [];
      const events = own.flatMap((path) => byPath.get(path) ?? []).toSorted(by(({ at }) => [at ?? UNKNOWN_LAST]));
      const why = own.map((path) => doubts.get(path)).find((doubt) => doubt !== undefined);
      if (why !== undefined) return [record, { complete: false, events, why }];
      return [record, { complete: true, events, ...(events.length === 0 && { why: NO_DELETE }) }];
    }),
  );
}

const NO_DELETE = "the trail holds no DELETE of it. It goes back 3 to 90 days, as the organization chose";

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
