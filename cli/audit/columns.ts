import { ownerText } from "../../provider/core/owners";
import type { AuditRecord } from "./auditReport";
import { sequelOf, whyNotVerified } from "./lastSeen";
import { isFromLeak, isLeaked, leakText } from "./leak";
import { interruptionText } from "./reportSentences";

/** One column of the flat formats. */
export interface Column {
  /** As CSV and JSON name it. */
  readonly name: string;
  /** As people read it. */
  readonly heading: string;
  readonly value: (record: AuditRecord) => string | number | boolean | null | undefined;
}

/** Every column, in the order of the CSV. */
export const COLUMNS = [
  column("tokenId", "Token", (record) => record.tokenId),
  column("name", "Name", ({ snapshot }) => snapshot?.name),
  column("owner", "Owner", ({ snapshot }) => snapshot?.owner && ownerText(snapshot.owner)),
  column("ownerId", "Owner's id", ({ snapshot }) => snapshot?.owner?.id),
  column("kind", "Kind", (record) => record.kind),
  column("scopes", "Scopes", ({ snapshot }) => snapshot?.scopes?.join(" ")),
  column("createdAt", "Created", ({ snapshot }) => snapshot?.createdAt),
  column("expiresAt", "Expires", ({ snapshot }) => orNever(snapshot?.expiresAt)),
  column("lastUsedAt", "Last used before", ({ snapshot }) => orNever(snapshot?.lastUsedAt)),
  column("leak", "Found leaked by Datadog", ({ snapshot }) => leakText(snapshot)),
  column("status", "Status", (record) => record.status),
  column("outcome", "Outcome", (record) => record.outcome),
  column("httpStatus", "HTTP", (record) => record.httpStatus),
  column("reportedAt", "Reported", (record) => record.reportedAt),
  column("revokedAt", "Revoked", (record) => record.revokedAt),
  column("verifiedAt", "Seen gone", (record) => record.verifiedAt),
  column("secondsToRevoke", "Seconds to revoke", (record) => record.secondsToRevoke),
  column("secondsToRevokeFrom", "Seconds count from", startOfTime),
  column("secondsToVerify", "Seconds to see it gone", (record) => record.secondsToVerify),
  column("reason", "Reason", (record) => record.reason),
  column("ticket", "Ticket", (record) => record.ticket),
  column("requestedBy", "Requested by", (record) => record.requestedBy),
  column("actor", "Acted", ({ actor }) => actor && ownerText(actor)),
  column("organization", "Organization", ({ actor }) => actor && (actor.organizationName ?? actor.organizationId)),
  column("organizationId", "Organization's id", ({ actor }) => actor?.organizationId),
  column("site", "Site", (record) => record.site),
  column("stack", "Stack", (record) => record.stack),
  column("version", "Deployment", (record) => record.version),
  column("message", "Message", ({ deployment }) => deployment?.message),
  column("result", "Result", ({ deployment }) => deployment?.result),
  column("startedAt", "Deployment began", ({ deployment }) => deployment?.startedAt),
  column("endedAt", "Deployment ended", ({ deployment }) => deployment?.endedAt),
  column("author", "Author of the commit", ({ deployment }) => deployment?.author),
  column("runner", "Run by", ({ deployment }) => deployment?.runner),
  column("reviewedPlan", "Bound to a plan", ({ deployment }) => deployment?.reviewedPlan),
  column("commit", "Commit", ({ deployment }) => deployment?.commit),
  column("uncommittedChanges", "Uncommitted changes", ({ deployment }) => deployment?.uncommittedChanges),
  column("branch", "Branch", ({ deployment }) => deployment?.branch),
  column("buildUrl", "Build", ({ deployment }) => deployment?.buildUrl),
  column("pullRequestUrl", "Pull request", ({ deployment }) => deployment?.pullRequestUrl),
  column("resource", "Resource", (record) => record.resource),
  column("resourceType", "Declared as", (record) => record.resourceType),
  column("removed", "Removed from state", (record) => record.removed),
  column("superseded", "Superseded", (record) => record.supersededBy && sequelOf(record)),
  column("interruptedRun", "Killed run", interruptionText),
] as const;

export type ColumnName = (typeof COLUMNS)[number]["name"];

/** From what the seconds to revoke count, as JSON names it. */
function startOfTime({ secondsToRevoke, secondsToRevokeFrom }: AuditRecord): string | null {
  return secondsToRevoke === null ? null : (secondsToRevokeFrom ?? "reportedAt");
}

function orNever(time: string | null | undefined): string | undefined {
  return time === null ? "never" : time;
}

function column<Name extends string>(name: Name, heading: string, value: Column["value"]): Column & { name: Name } {
  return { name, heading, value };
}

/** Where a column's emptiness is explained under another name. */
const EXPLAINED_BY: Readonly<Record<string, readonly string[]>> = {
  name: ["name", "snapshot"],
  owner: ["owner", "snapshot"],
  ownerId: ["owner", "snapshot"],
  scopes: ["scopes", "snapshot"],
  createdAt: ["createdAt", "snapshot"],
  expiresAt: ["expiresAt", "snapshot"],
  lastUsedAt: ["lastUsedAt", "snapshot"],
  leak: ["leak", "snapshot"],
  organization: ["actor"],
  organizationId: ["actor"],
  message: ["deployment"],
  result: ["deployment"],
  startedAt: ["deployment"],
  endedAt: ["endedAt", "deployment"],
  author: ["author", "deployment"],
  runner: ["runner", "deployment"],
  reviewedPlan: ["reviewedPlan", "deployment"],
  commit: ["commit", "deployment"],
  uncommittedChanges: ["uncommittedChanges", "deployment"],
  branch: ["branch", "deployment"],
  buildUrl: ["buildUrl", "deployment"],
  pullRequestUrl: ["pullRequestUrl", "deployment"],
};

/** Why a column is not known of a record; undefined where it is. */
export function whyUnknown({ unknown }: AuditRecord, name: string): string | undefined {
  for (const key of EXPLAINED_BY[name] ?? [name]) if (unknown[key] !== undefined) return unknown[key];
  return undefined;
}

/** A cell as text: what is known, or in brackets why it is not; a word of a later version with its mark. */
export function cellText({ name, value }: Column, record: AuditRecord): string {
  const known = value(record);
  const why = whyUnknown(record, name);
  if (known === null || known === undefined) return why === undefined ? "" : `(${why.replace(/^\((.*)\)$/, "$1")})`;
  const isMarked = why !== undefined && (name === "outcome" || name === "status");
  return isMarked ? `${known} (${why})` : String(known);
}

/** What `--verify` found. */
function verificationText(record: AuditRecord): string {
  if (record.verification === undefined) return "(not asked)";
  const why = whyNotVerified(record);
  if (why !== undefined) return `(${why})`;
  return record.verification.alive ? "alive" : "gone";
}

/** What `--datadog-audit-trail` found: who sent which DELETE, the first one first. */
function trailText({ auditTrail }: AuditRecord): string {
  if (auditTrail === undefined) return "(not asked)";
  const { events, complete, why = "none" } = auditTrail;
  const told = events.map(
    ({ at, user, userId, authentication, ip, statusCode }) =>
      `${at ?? "(time not known)"} ${user ?? userId ?? "somebody"}${ip ? ` from ${ip}` : ""}${authentication ? ` by ${authentication}` : ""}: ${statusCode ?? "no status"}`,
  );
  return [...told, ...(told.length > 0 && complete ? [] : [`(${why})`])].join("; ");
}

/** Without the columns that tell of leaks where no record does. */
export function withoutEmpty(records: readonly AuditRecord[], columns: readonly Column[]): readonly Column[] {
  const tellsOf = { leak: isLeaked, secondsToRevokeFrom: isFromLeak };
  return columns.filter(({ name }) => !Object.hasOwn(tellsOf, name) || records.some(tellsOf[name as "leak"]));
}

/** With what Datadog was asked besides, where it was. */
export function withExtras(records: readonly AuditRecord[], columns: readonly Column[]): readonly Column[] {
  const extras: Column[] = [];
  if (records.some(({ verification }) => verification)) {
    extras.push({ name: "verification", heading: "Now", value: verificationText });
  }
  if (records.some(({ auditTrail }) => auditTrail)) {
    extras.push({ name: "auditTrail", heading: "Datadog's Audit Trail", value: trailText });
  }
  return [...columns, ...extras];
}
