import * as v from "valibot";
import { CLOCK_SKEW } from "../../provider/core/validators";
import type { Actor } from "../../provider/datadog/client";
import { inWords } from "../../provider/text/durations";
import { redactTokenValues } from "../../provider/tokens/redact";
import { type AuditedSnapshot, type AuditRecord, type Deployment, LEAK_DETECTED_AT } from "./auditReport";
import { actOf, declaredThen, inShort, isUnreadable } from "./declared";
import { isNeverSeen, whyOutcomeOpen } from "./lastSeen";
import { isLeakUndated, leastSecondsToRevoke, NEITHER_KNOWN, whyReportOpen } from "./leak";
import type { RecoveredRecord } from "./recover";
import { kindOf, readSnapshot, whyNoSnapshot, whyOdd } from "./storedSnapshot";
import type { StoredRecord } from "./storedState";
import { isSecret, textOf, timeOf } from "./storedValues";

const Text = v.pipe(v.string(), v.transform(redactTokenValues));

/** Why no time to revoke is known: "before" would be a claim that nobody can make. */
const NEVER_SEEN_HERE = "not known: never seen here";

const ActorShape = v.object({
  id: Text,
  handle: Text,
  name: v.exactOptional(Text),
  organizationId: Text,
  organizationName: v.exactOptional(Text),
});

/**
 * One row of the report. `unknown` says why a cell is empty.
 *
 * @param later the next record of the same token, where there is one
 */
export function toAuditRecord(stack: string, recovered: RecoveredRecord, later?: RecoveredRecord): AuditRecord {
  const { first, last, removed, origin, killedRun } = recovered;
  const unknown: Record<string, string> = {};
  /** Says why where there is nothing. */
  const cell = <T>(column: string, value: T | null | undefined, why: string): T | null => {
    if (value != null) return value;
    unknown[column] = why;
    return null;
  };
  const { fields, resource } = last;
  const deployment = origin.entry?.deployment ?? null;
  const noDeployment = origin.why ?? "its entry in the history cannot be read";

  const shared = first.resource.shared;
  const act = actOf(recovered).fields;
  /** As of the deployment that revoked. */
  const asOf = (column: string): string | null => {
    const declared = declaredThen(recovered, column);
    return "text" in declared ? declared.text : cell(column, null, declared.why);
  };

  const outcome = known("outcome", fields.outcome, ["revoked", "alreadyRevoked"]);
  const status = known("status", fields.status, ["revoked", "alive"]);
  const snapshot = cell("snapshot", readSnapshot(fields.snapshot, unknown), whyNoSnapshot(fields.snapshot));
  // Without an act, a sweep's or a batch's actor is that of the deployment that changed it last.
  const isLatest = !act && origin.changedSince && resource.type !== "TokenRevocation";
  const actor = isLatest ? undefined : shaped(ActorShape, (act ?? shared).actor);
  const verifiedAt = timeOf(fields.verifiedAt);
  const notVerified = whyUnverified(status, snapshot, last);
  const reportedAt = asOf("reportedAt");
  const apiUrl = cell("apiUrl", textOf((act ?? shared).apiUrl), "not recorded");
  if (apiUrl === null) unknown.site = "not recorded";
  if (deployment) explain(deployment, unknown);

  return {
    tokenId: first.tokenId,
    stack,
    resource: redactTokenValues(resource.urn),
    resourceType: resource.type,
    removed,
    status,
    outcome,
    httpStatus: cell(
      "httpStatus",
      typeof fields.httpStatus === "number" && Number.isSafeInteger(fields.httpStatus) ? fields.httpStatus : null,
      "not recorded",
    ),
    reportedAt,
    revokedAt: first.revokedAt,
    verifiedAt: cell("verifiedAt", verifiedAt, notVerified),
    ...timeToRevoke(),
    secondsToVerify: cell(
      "secondsToVerify",
      seconds(first.revokedAt, verifiedAt),
      isUnreadable(notVerified) ? notVerified : "it was not seen gone",
    ),
    reason: asOf("reason"),
    ticket: asOf("ticket"),
    requestedBy: asOf("requestedBy"),
    kind: cell(
      "kind",
      snapshot?.kind ?? kindOf(snapshot) ?? last.kind,
      "the token was not seen, and nothing else tells",
    ),
    snapshot,
    actor: cell<Actor>("actor", actor, "Datadog did not say, or it was not recorded then"),
    apiUrl,
    site: apiUrl === null ? null : siteOf(apiUrl),
    version: cell("version", origin.entry?.version, noDeployment),
    deployment: cell("deployment", deployment, noDeployment),
    unknown,
    ...(later && { supersededBy: supersededBy(later) }),
    ...(killedRun && {
      interruptedRun: {
        operation: killedRun.operation,
        resource: redactTokenValues(killedRun.urn),
        before: origin.entry?.version ?? null,
      },
    }),
  };

  function timeToRevoke(): Pick<AuditRecord, "secondsToRevoke" | "secondsToRevokeFrom"> {
    const detectedAt = snapshot?.leak?.detectedAt ?? null;
    const [reported, detected] = [reportedAt, detectedAt].map((from) => seconds(from, first.revokedAt));
    const isLeakFirst = detected != null && (reported == null || detected > reported);
    // Nobody knows whether a report that cannot be read was earlier than the leak.
    const isTimed = outcome === "revoked" && whyReportOpen({ reportedAt, unknown }) === undefined;
    const took = isTimed ? ((isLeakFirst ? detected : reported) ?? null) : null;
    // A start that is dated ahead by as much as a declaration may be: the clocks differed.
    if (took !== null && took >= -CLOCK_SKEW / 1000) {
      return { secondsToRevoke: Math.max(took, 0), ...(isLeakFirst && { secondsToRevokeFrom: LEAK_DETECTED_AT }) };
    }
    const before = isNeverSeen({ outcome, snapshot, verifiedAt, unknown })
      ? NEVER_SEEN_HERE
      : (whyOutcomeOpen({ unknown }) ?? "it was revoked before");
    const after = isLeakFirst ? "Datadog found it leaked after it was revoked" : "it was reported after it was revoked";
    const why = took !== null ? after : outcome === "revoked" ? whyUntimed() : before;
    return { secondsToRevoke: cell("secondsToRevoke", null, why) };
  }

  function whyUntimed(): string {
    const open = whyReportOpen({ reportedAt, unknown });
    if (open !== undefined) {
      const { revokedAt } = first;
      const least = leastSecondsToRevoke({ outcome, secondsToRevoke: null, snapshot, revokedAt, reportedAt, unknown });
      const atLeast = least === null ? "" : `at least ${inWords(least * 1000)} from leak; `;
      return `${atLeast}the time of report is ${open}${reportedAt === null ? `: ${unknown.reportedAt}` : ""}`;
    }
    // What was given later is not to stand where a time of report is looked for.
    if (inShort(unknown.reportedAt) === "given later") return "the time of report was given later";
    return isLeakUndated({ snapshot }) ? NEITHER_KNOWN : "not given when it was reported";
  }

  /** A word that this version does not know is shown, and marked. */
  function known(column: string, value: unknown, words: readonly string[]): string {
    const word = textOf(value);
    if (word === null) unknown[column] = "not recorded, or in a shape that this version does not know";
    else if (isSecret(value)) unknown[column] = "a secret";
    else if (!words.includes(word)) unknown[column] = "not a value that this version knows";
    return word ?? "unknown";
  }
}

function supersededBy({ first, origin }: RecoveredRecord): NonNullable<AuditRecord["supersededBy"]> {
  const { revokedAt, resource } = first;
  return { version: origin.entry?.version ?? null, revokedAt, resource: redactTokenValues(resource.urn) };
}

function shaped<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> | null {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : null;
}

function whyUnverified(status: string, snapshot: AuditedSnapshot | null, { fields, resource }: StoredRecord): string {
  if (fields.verifiedAt != null) return whyOdd(fields.verifiedAt);
  if (status === "alive") return "Datadog still knew it when it was last asked";
  if (!snapshot) return "never seen there, so not seen gone";
  const { type, shared } = resource;
  // Batches and sweeps verify only on request.
  const isAsked = type === "TokenRevocation" ? shared.verify !== false : shared.verify === true;
  return isAsked ? "these credentials could not look" : "not asked for";
}

/** Where the deployment's own fields are empty. */
function explain(deployment: Deployment, unknown: Record<string, string>) {
  const noCheckout = "it did not run in a git checkout";
  const inCheckout = deployment.commit !== null;
  const whys = {
    endedAt: "history does not say",
    author: inCheckout ? "history names nobody" : noCheckout,
    runner: "history names nobody",
    reviewedPlan: "history does not say",
    commit: noCheckout,
    uncommittedChanges: inCheckout ? "history does not say" : noCheckout,
    branch: "it did not run on a branch",
    buildUrl: "it did not run in a CI system that Pulumi knows",
    pullRequestUrl: "history names none",
  } as const satisfies Partial<Record<keyof Deployment, string>>;
  for (const [field, why] of Object.entries(whys)) {
    if (deployment[field as keyof typeof whys] === null) unknown[field] = why;
  }
}

/** Seconds from one time to another, to the millisecond; null where one of them is not a time. */
function seconds(from: string | null, to: string | null): number | null {
  const span = from === null || to === null ? Number.NaN : Date.parse(to) - Date.parse(from);
  return Number.isNaN(span) ? null : span / 1000;
}

function siteOf(apiUrl: string): string {
  return URL.canParse(apiUrl) ? new URL(apiUrl).host.replace(/^api\./, "") : apiUrl;
}
