import { timestamp } from "./timestamp";

/** The permissions that the simulated part of the API asks for, by Datadog's names. */
export const PERMISSIONS = [
  "user_app_keys",
  "org_app_keys_read",
  "org_app_keys_write",
  "service_account_write",
  "user_access_read",
  "audit_logs_read",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

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
  /** Milliseconds since 1970; null: alive. */
  revokedAt: number | null;
}

/** An application key acts for its owner, with these permissions at most. */
export interface ApplicationKey {
  readonly owner: Account;
  readonly permissions: ReadonlySet<Permission>;
}

/** A request as the Audit Trail keeps it: who sent it, and what came of it. */
export interface AuditedRequest {
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
  /** For so many milliseconds after a revocation a further DELETE answers 204. */
  readonly deleteAnswers204For: number;
  /** GET by the personal path does not find a service account's token. */
  readonly strictServiceTokens: boolean;
  /** The organization has an Audit Trail. */
  readonly auditTrail: boolean;
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
    if (token === undefined || token.revokedAt !== null) return undefined;
    if (token.expiresAt !== null && Date.parse(token.expiresAt) <= now) return undefined;
    token.lastUsedAt = timestamp(now);
    return token;
  }

  /** Whether GET and the listing show the token. */
  shows(token: Token, now: number): boolean {
    return token.revokedAt === null || now < token.revokedAt + this.behaviour.staysVisibleFor;
  }

  /** Whether DELETE answers 204: the token is alive, or was revoked a moment ago. */
  acceptsRevocation(token: Token, now: number): boolean {
    return token.revokedAt === null || now < token.revokedAt + this.behaviour.deleteAnswers204For;
  }
}
