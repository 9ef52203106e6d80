import { concurrently } from "../../provider/core/concurrently";
import { type Listing, listing } from "../../provider/core/lookUp";
import type { Place } from "../../provider/core/records";
import type { Session } from "../../provider/core/session";
import { placeText } from "../../provider/core/wording";
import { type Actor, type DatadogClient, type TokenAddress, tokenPath } from "../../provider/datadog/client";
import { DatadogError } from "../../provider/datadog/errors";
import { isAlive } from "../../provider/datadog/token";
import { redactTokenValues } from "../../provider/tokens/redact";
import { isUuid } from "../../provider/tokens/tokenIds";
import { toSeconds } from "./about";
import type { Asked, AuditedHistory, AuditRecord, Finding } from "./auditReport";
import { type Collected, tokenAndPlace } from "./collect";
import { isNeverSeen, NEVER_SEEN } from "./lastSeen";
import { readTrail, UNKNOWN_ACCOUNT } from "./readTrail";

/** Who asks. */
export interface Asking {
  readonly session: Session;
  /** Whose credentials these are: `"environment"`, or `"configuration of stack shop/dev"`. */
  readonly credentials: string;
}

/** What is to be asked. */
export interface Questions {
  readonly verify: boolean;
  readonly auditTrail: boolean;
}

type Verification = NonNullable<AuditRecord["verification"]>;

/** Milliseconds. */
const ACTOR_WITHIN = 30_000;
const LISTING_WITHIN = 300_000;
/** Requests in flight. */
const IN_FLIGHT = 8;

/**
 * Adds to a report what Datadog says of its records now. Only records of the site and the organization that answer are
 * asked about: another one does not know any of the tokens.
 *
 * @param known the service accounts that own tokens, and which tokens were seen
 * @throws DatadogError when Datadog does not say which organization answers
 */
export async function askDatadog(
  { session, credentials }: Asking,
  report: AuditedHistory,
  { serviceAccounts, seenThere }: Pick<Collected, "serviceAccounts" | "seenThere">,
  questions: Questions,
): Promise<{ readonly report: AuditedHistory; readonly asked: Asked }> {
  const { client } = session;
  const at = toSeconds(new Date());
  const { actor } = await client.getCurrentUser(ACTOR_WITHIN);
  const here: Place = { apiUrl: client.apiUrl, actor };
  const askable = report.records.filter((record) => whyNotAsked(record, here) === undefined);
  const address = (record: AuditRecord): TokenAddress => ({
    tokenId: record.tokenId.toLowerCase(),
    serviceAccountId: serviceAccounts.get(record)?.toLowerCase(),
  });
  const verified = questions.verify ? await verify(session, askable, address) : undefined;
  const trails = questions.auditTrail ? await readTrail(client, askable, address) : undefined;
  const records = report.records.map((record): AuditRecord => {
    const why = whyNotAsked(record, here) ?? "";
    return {
      ...record,
      ...(verified && { verification: judged(record, verified.get(record) ?? { alive: null, why }) }),
      ...(trails && { auditTrail: trails.get(record) ?? { complete: false, events: [], why } }),
    };
  });
  const gone = records.filter(({ verification }) => verification?.alive === false);
  const seenGone = new Set(gone.map(({ stack, tokenId }) => `${stack} ${tokenId}`));
  // What the stack saw alive may be gone now.
  const stillTrue = report.findings.filter(
    ({ kind, stack, tokenId }) => kind !== "alive" || !seenGone.has(`${stack} ${tokenId}`),
  );
  return {
    report: { ...report, records, findings: [...stillTrue, ...foundAlive(records, stillTrue)] },
    asked: {
      at,
      apiUrl: client.apiUrl,
      actor: redacted(actor),
      credentials,
      questions: [
        ...(questions.verify ? (["verify"] as const) : []),
        ...(questions.auditTrail ? (["datadog-audit-trail"] as const) : []),
      ],
    },
  };

  /** What was never seen there is not gone because it is not there. */
  function judged(record: AuditRecord, verification: Verification): Verification {
    const isUnseen = isNeverSeen(record) && !seenThere.has(tokenAndPlace(record));
    return verification.alive === false && isUnseen ? { alive: null, why: NEVER_SEEN } : verification;
  }
}

/** Its texts are Datadog's, and others can choose them. */
function redacted(actor: Actor): Actor {
  const texts = Object.entries(actor).map(([field, text]) => [field, redactTokenValues(text)]);
  return Object.fromEntries(texts) as Actor;
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
  return { alive: null, why: `${UNKNOWN_ACCOUNT}${unlisted}` };
}
