import { type Named, ownerText } from "../../../provider/core/owners";
import type { AuditedSnapshot, AuditRecord, Deployment, TrailEvent } from "../auditReport";
import { whyUnknown } from "../columns";
import { isNeverSeen, sequelOf, whyNotVerified } from "../lastSeen";
import { isFromLeak, isLeakUndated, NEITHER_KNOWN } from "../leak";
import { changesText, interruptionText, nameOf, planText } from "../reportSentences";
import { type Content, html, link, type Markup, quoted, unknown } from "./markup";
import { duration, exactTime, grouped } from "./units";

/** All that is known of a record, and why the rest is not. */
export function details(record: AuditRecord): Markup {
  const groups = [token(record), people(record), times(record), place(record), deployed(record), askedAgain(record)];
  return html`<div class="fields">${groups
    .filter((group) => group.length > 0)
    .map(
      (group) => html`<dl>${group.map((field) => entry(field, record))}</dl>
`,
    )}</div>`;
}

/** A field of the details: the column's name in the report, its label, what is known of it, and the words if nothing is. */
type Field = readonly [column: string, label: string, known: Content, otherwise?: string];

function entry([column, label, known, otherwise = "not recorded"]: Field, record: AuditRecord): Markup {
  const why = whyUnknown(record, column);
  if (known === null) return html`<dt>${label}</dt><dd>${unknown(why ?? otherwise)}</dd>`;
  return html`<dt>${label}</dt><dd>${known}${why !== undefined && unknown(` (${why})`)}</dd>`;
}

function people({ requestedBy, actor, deployment, reason, ticket }: AuditRecord): Field[] {
  return [
    ["requestedBy", "Asked by", orNull(requestedBy), "not given"],
    ["actor", "Acted", actor && named(actor)],
    ["runner", "Run by", orNull(deployment?.runner)],
    ["author", "Author of the commit", orNull(deployment?.author)],
    ["ticket", "Ticket", orNull(ticket), "not given"],
    ["reason", "Reason", orNull(reason), "not given"],
  ];
}

function times(record: AuditRecord): Field[] {
  const { outcome, status, reportedAt, revokedAt, verifiedAt, secondsToRevoke, secondsToVerify, httpStatus } = record;
  const interruption = interruptionText(record);
  return [
    ["outcome", "Outcome", quoted(outcome)],
    ["status", "Status", quoted(status)],
    ["reportedAt", "Reported", reportedAt === null ? null : exactTime(reportedAt), "not given"],
    ["revokedAt", dated(record), exactTime(revokedAt)],
    ["verifiedAt", "Verified gone", verifiedAt === null ? null : exactTime(verifiedAt), "not verified"],
    [
      "secondsToRevoke",
      "Time to revoke",
      secondsToRevoke === null
        ? null
        : html`${duration(secondsToRevoke)} (${grouped(secondsToRevoke)} s)${isFromLeak(record) && ", after Datadog found it leaked"}`,
      `not computed: ${isLeakUndated(record) ? NEITHER_KNOWN : "no time of report is given"}`,
    ],
    ["secondsToVerify", "Time to verify", secondsToVerify === null ? null : duration(secondsToVerify), "not computed"],
    ["httpStatus", "Answer", httpStatus === null ? null : `HTTP ${httpStatus}`],
    ...(interruption === undefined ? [] : [["interruptedRun", "Killed run", quoted(interruption)] satisfies Field]),
  ];
}

/** What happened at the time of the record. */
function dated(record: AuditRecord): string {
  if (record.outcome !== "alreadyRevoked") return "Revoked";
  return isNeverSeen(record) ? "Not known there" : "Found gone";
}

function token({ tokenId, snapshot, kind, unknown: whys }: AuditRecord): Field[] {
  const id: Field = ["tokenId", "Token id", html`<code>${tokenId}</code>`];
  if (snapshot === null) return [id, ["kind", "Kind", kind], ["name", "Name, owner, scopes", null]];
  const { name, owner, scopes, createdAt, expiresAt, lastUsedAt } = snapshot;
  return [
    id,
    ["name", "Name", orNull(name)],
    ["kind", "Kind", kind],
    ["owner", "Owner", owner ? named(owner, whys.ownerHandle) : null],
    ["scopes", "Scopes", scopes ? scopeList(scopes) : null],
    ["createdAt", "Created", orNever(createdAt)],
    ["expiresAt", "Expires", orNever(expiresAt)],
    ["lastUsedAt", "Last used", orNever(lastUsedAt)],
    ["leak", "Found leaked by Datadog", leaked(snapshot), "Datadog did not say"],
  ];
}

/** An owner or an actor: its name or address, and its id. */
function named(who: Named, whyNoAddress?: string): Markup {
  const text = ownerText(who);
  const known = text === who.id ? whyNoAddress !== undefined && unknown(whyNoAddress) : quoted(text);
  return html`${known} <code>${who.id}</code>`;
}

function scopeList(scopes: readonly string[]): Content {
  if (scopes.length === 0) return unknown("none");
  return scopes.map((scope, index) => html`${index > 0 && ", "}${quoted(scope)}`);
}

/** A time, where null means never. */
function orNever(time: string | null | undefined): Content {
  if (time === undefined) return null;
  return time === null ? "never" : exactTime(time);
}

function leaked({ leak }: AuditedSnapshot): Content {
  if (!leak) return leak === null ? "none known" : null;
  const { detectedAt, source } = leak;
  const at = detectedAt === undefined ? unknown("time not known") : exactTime(detectedAt);
  return html`${at}${source !== undefined && html` in ${quoted(source)}`}`;
}

function place(record: AuditRecord): Field[] {
  const { actor, site, apiUrl, stack, resource, resourceType } = record;
  const sequel = sequelOf(record);
  return [
    [
      "organization",
      "Organization",
      actor &&
        html`${actor.organizationName !== undefined && html`${quoted(actor.organizationName)} `}<code>${actor.organizationId}</code>`,
    ],
    ["site", "Site", orNull(site)],
    ["apiUrl", "API", orNull(apiUrl)],
    ["stack", "Stack", quoted(stack)],
    [
      "resource",
      "Resource",
      html`${resourceType} ${quoted(nameOf(resource))}${sequel !== undefined && `, ${sequel === "removed" ? "removed later: recovered from history" : sequel}`}`,
    ],
  ];
}

function deployed({ version, deployment }: AuditRecord): Field[] {
  return [
    [
      "version",
      "Deployment",
      version === null ? null : html`#${version}${deployment && html`, ${quoted(deployment.result)}`}`,
    ],
    ["message", "Message", orNull(deployment?.message)],
    ["reviewedPlan", "Plan", orNull(planText(deployment))],
    [
      "commit",
      "Commit",
      deployment?.commit ? html`<code>${deployment.commit}</code>${also(changesText(deployment))}` : null,
    ],
    ["branch", "Branch", orNull(deployment?.branch)],
    ["buildUrl", "Build", pageOf(deployment?.buildUrl)],
    ["pullRequestUrl", "Pull request", pageOf(deployment?.pullRequestUrl)],
  ];
}

const also = (words: string | undefined): Content => words !== undefined && ` ${words}`;

function askedAgain(record: AuditRecord): Field[] {
  const { verification, auditTrail } = record;
  const fields: Field[] = [];
  if (verification !== undefined) {
    const why = whyNotVerified(record);
    const answer = why !== undefined ? unknown(why) : verification.alive ? "alive" : "gone";
    fields.push(["verification", "Now, as Datadog says", answer]);
  }
  if (auditTrail !== undefined) {
    const { events, complete, why } = auditTrail;
    const none = "no deletion of it is in Datadog's Audit Trail";
    const list = events.length > 0 && html`<ul>${events.map(trail)}</ul>`;
    const words = (events.length === 0 || !complete) && unknown(why ?? none);
    fields.push(["auditTrail", "Datadog's Audit Trail", html`${list}${words}`]);
  }
  return fields;
}

function trail({ at, user, userId, authentication, ip, userAgent, statusCode }: TrailEvent): Markup {
  const parts = [
    user ?? userId ?? "someone who is not named",
    authentication !== null && `authenticated by ${authentication}`,
    ip !== null && `from ${ip}`,
    userAgent !== null && `with ${userAgent}`,
    statusCode !== null && `answered ${statusCode}`,
  ];
  return html`<li>${at === null ? unknown("time not known") : exactTime(at)} ${parts.filter((part) => part !== false).map((part, index) => html`${index > 0 && ", "}${quoted(part)}`)}</li>`;
}

function orNull(text: string | null | undefined): Markup | null {
  return text == null ? null : quoted(text);
}

function pageOf(address: Deployment["buildUrl"] | undefined): Markup | null {
  return address == null ? null : link(address);
}
