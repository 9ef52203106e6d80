/** What an audit reports: the JSON output is exactly this, and audit.schema.json describes it. Times are RFC 3339, UTC. */

import type { Snapshot } from "../../provider/core/records";
import type { Actor } from "../../provider/datadog/client";

export interface AuditReport extends AuditedHistory {
  readonly about: About;
}

/** What a report says of itself: without this, nobody could tell a whole one from a part, or an old one from a new one. */
export interface About {
  /**
   * When it was made, to the second. SOURCE_DATE_EPOCH, where it is set, stands for the clock: the same history then gives
   * the same bytes.
   */
  readonly madeAt: string;
  /** `"pulumi-datadog-revocation 0.1.0"` */
  readonly madeBy: string;
  /** Option → its values as typed, in the order since, until, token, owner, ticket, outcome; empty: everything is shown. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** How many records the filters left out. */
  readonly leftOut: number;
  /** Null: Datadog was not asked. */
  readonly asked: Asked | null;
  /** What could not be read, judged or done, a sentence each: those of standard error with exit status 2. */
  readonly missing: readonly string[];
}

/** Where, when and as whom Datadog was asked for a report. */
export interface Asked {
  /** To the second, whatever SOURCE_DATE_EPOCH says: what Datadog answers holds for then alone. */
  readonly at: string;
  readonly apiUrl: string;
  readonly actor: Actor;
  /** Whose credentials they were: `"environment"`, or `"configuration of stack shop/dev"`. */
  readonly credentials: string;
  readonly questions: readonly ("verify" | "datadog-audit-trail")[];
}

/** What the stacks say. */
export interface AuditedHistory {
  /** Several, with commas between them, where the stacks are of several. */
  readonly project: string;
  readonly stacks: readonly AuditedStack[];
  /**
   * One per record that a stack has or had: one a token, and one more each time that a token was revoked again. Sorted by
   * `revokedAt`, then `tokenId`, then `stack`.
   */
  readonly records: readonly AuditRecord[];
  /** What needs attention. */
  readonly findings: readonly Finding[];
}

export interface AuditedStack {
  /** As Pulumi names it. */
  readonly stack: string;
  /** `"file"`, `"postgres"`, `"s3"`, `"azblob"`, `"gs"`, `"cloud"`. */
  readonly backend: string;
  /** Oldest first. */
  readonly deployments: readonly Deployment[];
  /** What could not be read or recovered, a sentence each. */
  readonly notes: readonly string[];
  /**
   * The deployments that may have removed records which nothing shows any more, as the state before each is not kept or
   * cannot be read; absent: there is none.
   */
  readonly removalsUnknown?: readonly number[];
}

export interface Deployment {
  /** Ordinal in the stack's history, oldest 1. */
  readonly version: number;
  /** `"update"`, `"refresh"`, `"destroy"`, … */
  readonly kind: string;
  readonly message: string;
  readonly startedAt: string;
  /** Null: it has not ended, or its end was not recorded. */
  readonly endedAt: string | null;
  /** `"succeeded"`, `"failed"`, `"in-progress"`. */
  readonly result: string;
  /** Who wrote the commit at HEAD, or else committed it; that need not be who ran the deployment. */
  readonly author: string | null;
  /** Who or what ran it: on Pulumi Cloud whoever requested the update, else the CI system; null: history names nobody. */
  readonly runner: string | null;
  /** Whether it was bound to a plan that was given with --plan; null: history does not say. */
  readonly reviewedPlan: boolean | null;
  readonly commit: string | null;
  /** Whether files differed from the commit; null: history does not say. */
  readonly uncommittedChanges: boolean | null;
  readonly branch: string | null;
  readonly buildUrl: string | null;
  readonly pullRequestUrl: string | null;
}

/** What Datadog said of a token, as far as state has it. */
export type AuditedSnapshot = Omit<Snapshot, "owner"> & { readonly owner?: Snapshot["owner"] & RecordedOwner };

/** Without both, an owner counts as not said. */
type RecordedOwner = Required<Pick<Snapshot["owner"], "id" | "type">>;

/** That Datadog found the token before the time of report that is given, or that none is given. */
export const LEAK_DETECTED_AT = "leak.detectedAt";

export interface AuditRecord {
  readonly tokenId: string;
  readonly stack: string;
  /** URN; of a batch, not of its shards. */
  readonly resource: string;
  readonly resourceType: "TokenRevocation" | "TokenRevocationBatch" | "TokenSweep";
  /** The record is not in state any more; it was recovered from history. */
  readonly removed: boolean;
  /** `"revoked"`, or `"alive"` when Datadog still knew the token when it was last asked; of a later version perhaps another. */
  readonly status: string;
  /** `"revoked"` or `"alreadyRevoked"`; of a later version perhaps another, which `unknown` says. */
  readonly outcome: string;
  readonly httpStatus: number | null;
  /** When the leak or leaving was reported, as the program said. */
  readonly reportedAt: string | null;
  /** For `alreadyRevoked`: when Datadog did not know it. */
  readonly revokedAt: string;
  readonly verifiedAt: string | null;
  /**
   * From `reportedAt`, or `leak.detectedAt` of the snapshot where that is earlier, to `revokedAt`; null for
   * `alreadyRevoked`, without either, or where `reportedAt` may be earlier but is secret, unreadable or not known.
   */
  readonly secondsToRevoke: number | null;
  /** Present where the time to revoke counts from when Datadog found the token leaked; else it counts from `reportedAt`. */
  readonly secondsToRevokeFrom?: typeof LEAK_DETECTED_AT;
  /** From `revokedAt` to `verifiedAt`. */
  readonly secondsToVerify: number | null;
  /** `"(secret)"` where the program made it a secret; so are the next two. */
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly requestedBy: string | null;
  readonly kind: "personal" | "service" | null;
  /** What Datadog said of the token while it was still there. */
  readonly snapshot: AuditedSnapshot | null;
  /** Whom Datadog said the credentials of the deployment belonged to. */
  readonly actor: Actor | null;
  readonly apiUrl: string | null;
  /** Host of the API, without `api.` */
  readonly site: string | null;
  /** The deployment that revoked; reason, ticket, requestedBy, reportedAt, actor and apiUrl are as of it. */
  readonly version: number | null;
  readonly deployment: Deployment | null;
  /** Column → why it cannot be known; every column above that is null, and the null fields of `deployment`, are here. */
  readonly unknown: Readonly<Record<string, string>>;
  /** Where the stack has a later record of the same token, which holds instead; absent where it has none. */
  readonly supersededBy?: SupersededBy;
  /** Where Datadog did not know the token, and a killed run may have revoked it; absent where nothing tells of one. */
  readonly interruptedRun?: InterruptedRun;
  /** With `--verify`: what Datadog says of it now; `alive` is null where that is unknown, and `why` says why. */
  readonly verification?: { readonly alive: boolean | null; readonly why?: string };
  /** With `--datadog-audit-trail`: the DELETEs of this token that Datadog recorded. */
  readonly auditTrail?: FoundInTrail;
}

/** The next record of the same token. */
export interface SupersededBy {
  /** The deployment that made it; null: not known. */
  readonly version: number | null;
  readonly revokedAt: string;
  /** URN; of a batch, not of its shards. */
  readonly resource: string;
}

/** A run that was killed, and so recorded nothing of what it was doing. */
export interface InterruptedRun {
  /** What it was doing with the resource; null: only a gap in the history tells of it. */
  readonly operation: "creating" | "updating" | null;
  /** URN; of a batch's shard where it is known which. */
  readonly resource: string;
  /** The deployment to which Datadog said that it does not know the token; null: not known. */
  readonly before: number | null;
}

/** What Datadog's Audit Trail says of a token. */
export interface FoundInTrail {
  /** Whether the trail was read whole: without events, it holds none of this token. */
  readonly complete: boolean;
  /** Oldest first. */
  readonly events: readonly TrailEvent[];
  /** Why there are none, or may be more. */
  readonly why?: string;
}

/** A request as Datadog's Audit Trail has it. */
export interface TrailEvent {
  /** Null: Datadog did not say. */
  readonly at: string | null;
  /** An e-mail address, usually; a service account's name. */
  readonly user: string | null;
  readonly userId: string | null;
  /** How it was authenticated, in Datadog's words. */
  readonly authentication: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly statusCode: number | null;
}

export interface Finding {
  readonly kind: "underWay" | "pending" | "failed" | "alive" | "usedAfterLeak" | "usedAfterReport" | "unreadable";
  readonly stack: string;
  /** URN; null where it concerns no resource. */
  readonly resource: string | null;
  readonly tokenId: string | null;
  readonly message: string;
}
