import * as v from "valibot";
import type { Snapshot } from "../../provider/core/records";
import { CLOCK_SKEW } from "../../provider/core/validators";
import type { Actor } from "../../provider/datadog/client";
import { redactTokenValues } from "../../provider/tokens/redact";
import type { AuditRecord, Deployment } from "./auditReport";
import type { RecoveredRecord } from "./recover";
import { isSecret, type StoredResource, textOf, timeOf } from "./storedState";

const Text = v.pipe(v.string(), v.transform(redactTokenValues));

const SnapshotShape = v.object({
  tokenId: Text,
  kind: v.picklist(["personal", "service"]),
  name: Text,
  owner: v.object({ id: Text, type: v.picklist(["users", "service_account"]), handle: v.exactOptional(Text) }),
  scopes: v.array(Text),
  createdAt: Text,
  expiresAt: v.nullable(Text),
  lastUsedAt: v.exactOptional(v.nullable(Text)),
});

const ActorShape = v.object({
  id: Text,
  handle: Text,
  organizationId: Text,
  organizationName: v.exactOptional(Text),
});

const NOT_GIVEN = "not given";

/** One row of the report. `unknown` says why a cell is empty. */
export function toAuditRecord(stack: string, { first, last, removed, origin }: RecoveredRecord): AuditRecord {
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
  /** As of the deployment that revoked. */
  const asOf = (column: string): string | null => {
    const value = textOf(shared[column]);
    if (!origin.changedSince) return cell(column, value, NOT_GIVEN);
    const now = value === null ? "none" : JSON.stringify(value);
    return cell(column, null, `the resource was changed since; now ${now}`);
  };

  const outcome = known("outcome", fields.outcome, ["revoked", "alreadyRevoked"]);
  const status = known("status", fields.status, ["revoked", "alive"]);
  const snapshot = cell<Snapshot>("snapshot", shaped(SnapshotShape, fields.snapshot), whyNoSnapshot(fields.snapshot));
  if (snapshot && snapshot.owner.handle === undefined) unknown.ownerHandle = "Datadog did not let it be read";
  if (snapshot && snapshot.lastUsedAt === undefined) unknown.lastUsedAt = "Datadog did not say";
  // A sweep's or a batch's actor is that of the deployment that changed it last.
  const isShared = resource.type !== "TokenRevocation";
  const actor = origin.changedSince && isShared ? undefined : shaped(ActorShape, shared.actor);
  const verifiedAt = timeOf(fields.verifiedAt);
  const reportedAt = asOf("reportedAt");
  const apiUrl = cell("apiUrl", textOf(shared.apiUrl), "not recorded");
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
    verifiedAt: cell("verifiedAt", verifiedAt, whyUnverified(status, snapshot, resource)),
    secondsToRevoke: secondsToRevoke(),
    secondsToVerify: cell("secondsToVerify", seconds(first.revokedAt, verifiedAt), "it was not seen gone"),
    reason: asOf("reason"),
    ticket: asOf("ticket"),
    requestedBy: asOf("requestedBy"),
    kind: cell("kind", snapshot?.kind ?? last.kind, "the token was not seen, and nothing else tells"),
    snapshot,
    actor: cell<Actor>("actor", actor, "Datadog did not say, or it is not recorded as of then"),
    apiUrl,
    site: apiUrl === null ? null : siteOf(apiUrl),
    version: cell("version", origin.entry?.version, noDeployment),
    deployment: cell("deployment", deployment, noDeployment),
    unknown,
  };

  function secondsToRevoke(): number | null {
    const took = outcome === "revoked" ? seconds(reportedAt, first.revokedAt) : null;
    // A report that is dated ahead by as much as a declaration may be: the clocks differed.
    if (took !== null && took >= -CLOCK_SKEW / 1000) return Math.max(took, 0);
    const late = took === null ? "not given when it was reported" : "it was reported after it was revoked";
    return cell("secondsToRevoke", null, outcome === "revoked" ? late : "it was revoked before");
  }

  /** A word that this version does not know is shown, and marked. */
  function known(column: string, value: unknown, words: readonly string[]): string {
    const word = textOf(value);
    if (word === null) unknown[column] = "not recorded, or in a shape that this version does not know";
    else if (!words.includes(word)) unknown[column] = "a word of a later version, or of another program";
    return word ?? "unknown";
  }
}

function shaped<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> | null {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : null;
}

function whyNoSnapshot(value: unknown): string {
  if (value === undefined) return "never seen";
  return isSecret(value) ? "(secret)" : "recorded in a shape that this version does not know";
}

function whyUnverified(status: string, snapshot: Snapshot | null, { type, shared }: StoredResource): string {
  if (status === "alive") return "Datadog was last seen to know it still";
  if (!snapshot) return "never seen there, so not seen gone";
  // Batches and sweeps verify only on request.
  const isAsked = type === "TokenRevocation" ? shared.verify !== false : shared.verify === true;
  return isAsked ? "these credentials could not look" : "not asked for";
}

/** Where the deployment's own fields are empty. */
function explain(
  { endedAt, deployer, commit, branch, buildUrl, pullRequestUrl }: Deployment,
  unknown: Record<string, string>,
) {
  if (endedAt === null) unknown.endedAt = "history does not say";
  if (deployer === null) unknown.deployer = "history names nobody";
  if (commit === null) unknown.commit = "it did not run in a git checkout";
  if (branch === null) unknown.branch = "it did not run on a branch";
  if (buildUrl === null) unknown.buildUrl = "it did not run in a CI system that Pulumi knows";
  if (pullRequestUrl === null) unknown.pullRequestUrl = "history names none";
}

/** Seconds from one time to another, to the millisecond; null where one of them is not a time. */
function seconds(from: string | null, to: string | null): number | null {
  const span = from === null || to === null ? Number.NaN : Date.parse(to) - Date.parse(from);
  return Number.isNaN(span) ? null : span / 1000;
}

function siteOf(apiUrl: string): string {
  return URL.canParse(apiUrl) ? new URL(apiUrl).host.replace(/^api\./, "") : apiUrl;
}
