import type { Account, Actor, TokenAddress } from "../datadog/client";
import type { Leak, Token } from "../datadog/token";
import type { TokenKind } from "../tokens/syntax";
import { compact, pick } from "./objects";

export type { Actor, Leak };

/** Whose a token is. Empty where Datadog did not say. */
export interface TokenOwner {
  /** UUID of the user or service account. */
  readonly id?: string;
  /** What the owner is. */
  readonly type?: OwnerType;
  /** Usually an e-mail address; absent where Datadog did not let it be read. */
  readonly handle?: string;
  /** A service account's; absent where Datadog did not let it be read. */
  readonly name?: string;
}

/** What owns a token: a person or a service account, in Datadog's words. */
export type OwnerType = "users" | "service_account";

/**
 * What Datadog said about a token while it was still there. Datadog promises none of it but the id: what it did not say, or
 * not as documented, is absent.
 */
export interface Snapshot {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** Whose it is: a person's or a service account's. */
  readonly kind?: TokenKind;
  /** What its owner called it. */
  readonly name?: string;
  /** Whose it is. */
  readonly owner: TokenOwner;
  /** What it may do. Sorted. */
  readonly scopes?: readonly string[];
  /** RFC 3339, UTC. */
  readonly createdAt?: string;
  /** RFC 3339, UTC; null: never. */
  readonly expiresAt?: string | null;
  /** RFC 3339, UTC; null: never used; absent in inputs, too, because mere use changes it. */
  readonly lastUsedAt?: string | null;
  /** Where and when Datadog itself found the token leaked; null: no leak is known. */
  readonly leak?: Leak | null;
}

/**
 * What happened. `"revoked"`: Datadog accepted this stack's DELETE. `"alreadyRevoked"`: Datadog did not know the token,
 * so it was revoked before, or never existed in the organization that answered.
 */
export type Outcome = "revoked" | "alreadyRevoked";

/** `"revoked"` as declared, or `"alive"` when Datadog still knew the token when it was last asked. */
export type Status = "revoked" | "alive";

/** What one revocation leaves in state. */
export interface RevocationRecord {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** Whether it is gone. */
  readonly status: Status;
  /** What happened. */
  readonly outcome: Outcome;
  /** RFC 3339, UTC: when Datadog accepted the DELETE; for `alreadyRevoked`, when this stack found the token gone. */
  readonly revokedAt: string;
  /** Of the answer to the DELETE: 204, or 404; 404 too where a sweep finds gone what it could not revoke before. */
  readonly httpStatus: number;
  /** RFC 3339, UTC: when Datadog was seen not to know the token any more. Absent: nobody saw it gone. */
  readonly verifiedAt?: string;
  /** What Datadog said about it. Absent: the token was never seen. */
  readonly snapshot?: Snapshot;
  /** In a list of records: which one of the `acts` beside it. Absent in records of 0.1.0 whose act is not known. */
  readonly act?: number;
}

/** What a program declares of a revocation for those who read its record. */
export interface Declared {
  /** Why, in a sentence. Stands in state and history for good. */
  readonly reason?: string | undefined;
  /** Where that was decided, e.g. `"INC-1234"` or a URL. */
  readonly ticket?: string | undefined;
  /** Who asked for it. */
  readonly requestedBy?: string | undefined;
  /**
   * When the leak or the leaving was reported: RFC 3339, not in the future; five minutes ahead pass, as clocks differ. Gives
   * the time to revoke.
   */
  readonly reportedAt?: string | undefined;
}

/** Where Datadog answered: the site, and the organization as far as Datadog said it. */
export interface Place {
  /** The address of the API. */
  readonly apiUrl: string;
  /** Whom the credentials belonged to. Absent: Datadog did not say. */
  readonly actor?: Actor | undefined;
}

/** One deployment's revocations of one resource: who acted, where, and what was declared then. Later edits change none. */
export interface Act extends Declared, Place {}

/** A record with all that belongs to it. */
export interface Recorded {
  readonly record: RevocationRecord;
  /** Absent for a record of 0.1.0 whose act is not known. */
  readonly act?: Act | undefined;
  /** Where such a record holds, as far as that is known. */
  readonly place?: Place | undefined;
}

/** The fields of a record that stands alone in state; its act stands beside it. */
export const RECORD_FIELDS = [
  "tokenId",
  "status",
  "outcome",
  "revokedAt",
  "httpStatus",
  "verifiedAt",
  "snapshot",
] as const satisfies readonly (keyof RevocationRecord)[];

/** What an act repeats of a resource's arguments. */
export const DECLARED_FIELDS = [
  "reason",
  "ticket",
  "requestedBy",
  "reportedAt",
] as const satisfies readonly (keyof Declared)[];

/** A token of many that could not be revoked. */
export interface Failure {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** Of Datadog's answer, where there was one. */
  readonly httpStatus?: number;
  /** What happened and what to do: a plain line that begins with the token id. */
  readonly message: string;
}

/**
 * What is kept of Datadog's description of a token.
 *
 * @param account its owner's, as far as it was asked for
 */
export function toSnapshot({ isRevoked: _, unclear: __, owner, ...described }: Token, account: Account = {}): Snapshot {
  return compact({ ...described, owner: { ...owner, ...account } }) as Snapshot;
}

/** The part of a snapshot that a plan may hold: using the token must not make the plan stale. */
export function withoutLastUse({ lastUsedAt: _, ...snapshot }: Snapshot): Snapshot {
  return snapshot;
}

/** A resource's arguments, and which of them are secret. */
export interface MaybeSecret extends Declared {
  readonly secretArguments?: readonly string[] | undefined;
}

/** What an act repeats of a resource's arguments. In it the engine would store a secret one in plain. */
export function declaredIn({ secretArguments = [], ...declared }: MaybeSecret): Declared {
  return pick(
    declared,
    DECLARED_FIELDS.filter((name) => !secretArguments.includes(name)),
  );
}

/** State of 0.1.0 as if it said what is secret: what is so now, and whatever changes, as it may have been. */
export function withSecrets<State extends MaybeSecret>(olds: State, news: MaybeSecret): State & MaybeSecret {
  const changed = DECLARED_FIELDS.filter((name) => olds[name] !== news[name]);
  return { secretArguments: [...(news.secretArguments ?? []), ...changed], ...olds };
}

/** Whether the record rests on one 404 alone: what was there before, or elsewhere, is not known. */
export function wasNeverSeen({ outcome, snapshot, verifiedAt, status }: RevocationRecord): boolean {
  return outcome === "alreadyRevoked" && snapshot === undefined && verifiedAt === undefined && status !== "alive";
}

/** Whether Datadog accepted the revocation, and nobody has seen since whether the token went. */
export function isUnverified({ outcome, snapshot, verifiedAt }: RevocationRecord): boolean {
  return outcome === "revoked" && verifiedAt === undefined && snapshot !== undefined;
}

/** The path that a recorded token goes by. */
export function addressOf({
  tokenId,
  serviceAccountId,
  snapshot,
}: TokenAddress & { readonly snapshot?: Snapshot | undefined }): TokenAddress {
  // Whose a token is never changes: what was seen knows better than what is declared. State that somebody edited may have
  // no owner at all.
  if (snapshot?.owner?.id === undefined) return { tokenId, serviceAccountId };
  return { tokenId, serviceAccountId: snapshot.kind === "service" ? snapshot.owner.id : undefined };
}

/** What a declaration tells of the path that a token goes by. */
interface DeclaredPath {
  readonly serviceAccountId?: string | undefined;
  readonly kind?: TokenKind | undefined;
}

/** Whether a token is declared to go by another path than before: by that one nobody has asked for it. */
export function isOtherPath(before: DeclaredPath, now: DeclaredPath): boolean {
  return before.serviceAccountId !== now.serviceAccountId || (now.kind === "service" && before.kind !== "service");
}
