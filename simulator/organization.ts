import type { Permission } from "./permissionNames";
import { timestamp } from "./timestamp";

/** A user or a service account, typed as tokens name their owners; to Datadog's user endpoints both are users. */
export interface Account {
  readonly id: string;
  readonly type: "users" | "service_account";
  readonly name: string;
  /** An e-mail address; for a service account its UUID. */
  readonly handle: string;
  readonly email: string;
  readonly createdAt: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** Where and when Datadog found a token that it should not have. */
export interface Leak {
  readonly id: string;
  readonly detectedAt: string;
  readonly source?: string;
}

export interface Token {
  readonly id: string;
  readonly value: string;
  readonly publicPortion: string;
  readonly owner: Account;
  readonly createdAt: string;
  /** Null: never expires. */
  readonly expiresAt: string | null;
  name: string;
  scopes: readonly string[];
  modifiedAt: string | null;
  /** Null: never used. */
  lastUsedAt: string | null;
  /** Milliseconds since 1970; null: not revoked, though it may have expired. */
  revokedAt: number | null;
  /** When a DELETE revoked it; null: none did. */
  deletedAt: number | null;
  /** Null: no leak is known. */
  leak: Leak | null;
}

/** An application key acts for its owner: all that they may do, and of that only its scopes if it has any. */
export interface ApplicationKey {
  readonly owner: Account;
  readonly scopes: readonly string[] | null;
}

/** A request as the Audit Trail keeps it: who sent it, and what came of it. */
export interface AuditedRequest {
  /** No other has it, in any organization. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: Account;
  /** In Datadog's words. */
  readonly authentication: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly userAgent: string;
  readonly ip: string;
}

/** What is not known of Datadog for certain, or differs from time to time; as the options say. */
export interface Behaviour {
  /** For so many milliseconds after a revocation GET and the listing still show the token. */
  readonly staysVisibleFor: number;
  /** For so many milliseconds after a DELETE a further one answers 204. */
  readonly deleteAnswers204For: number;
  /** GET by the personal path does not find a service account's token. */
  readonly strictServiceTokens: boolean;
  /** The organization has an Audit Trail. */
  readonly auditTrail: boolean;
  /** It tells which tokens were found leaked. */
  readonly leakInformation: boolean;
}

/** One Datadog organization: its accounts, tokens and keys. */
export class Organization {
  readonly accounts = new Map<string, Account>();
  readonly tokens = new Map<string, Token>();
  readonly apiKeys = new Set<string>();
  readonly applicationKeys = new Map<string, ApplicationKey>();
  /** The Audit Trail, oldest first. */
  readonly audited: AuditedRequest[] = [];
  readonly #tokensByValue = new Map<string, Token>();
  #tokensByAge: readonly Token[] | undefined;

  constructor(
    readonly id: string,
    readonly name: string,
    readonly createdAt: string,
    readonly behaviour: Behaviour,
  ) {}

  addAccount(account: Account): void {
    this.accounts.set(account.id, account);
  }

  addToken(token: Token): void {
    this.tokens.set(token.id, token);
    this.#tokensByValue.set(token.value, token);
    this.#tokensByAge = undefined;
  }

  /** Its tokens, in this order already if it is by creation: a long listing asks for it at every page. */
  tokensIn(sort: string | null): Iterable<Token> {
    if (sort !== "created_at") return this.tokens.values();
    this.#tokensByAge ??= [...this.tokens.values()].sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
    return this.#tokensByAge;
  }

  /** The token that this value authenticates, stamped as used; undefined when it is unknown, revoked or expired. */
  useToken(value: string, now: number): Token | undefined {
    const token = this.#tokensByValue.get(value);
    if (token === undefined || goneSince(token, now) !== null) return undefined;
    token.lastUsedAt = timestamp(now);
    return token;
  }

  /** Whether GET and the listing show the token. */
  shows(token: Token, now: number): boolean {
    const since = goneSince(token, now);
    return since === null || now < since + this.behaviour.staysVisibleFor;
  }

  /** Whether DELETE answers 204: the token is alive, or another DELETE revoked it a moment ago. */
  acceptsRevocation(token: Token, now: number): boolean {
    if (goneSince(token, now) === null) return true;
    return token.deletedAt !== null && now < token.deletedAt + this.behaviour.deleteAnswers204For;
  }
}

/** When the token was revoked, or revoked itself by expiring: milliseconds since 1970; null: it is alive. */
export function goneSince({ revokedAt, expiresAt }: Token, now: number): number | null {
  const expiry = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
  if (expiry > now) return revokedAt;
  return Math.min(expiry, revokedAt ?? expiry);
}
