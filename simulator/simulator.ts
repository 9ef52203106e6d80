import type { ErrorShape } from "./answer";
import type { Fault, FaultHandle, FaultMatcher } from "./fault";
import type { Permission } from "./permissionNames";
import type { RateLimit } from "./rateLimit";
import type { LoggedRequest } from "./requestLog";
import type { Prefix } from "./tokenValue";

export interface OrganizationSettings {
  /** Default `Example Incorporated` and its number. */
  readonly name?: string;
  /** How many tokens the organization has at the start. Default 12. */
  readonly tokens?: number;
  /** What the owner of its default key pair may do. Default: everything. */
  readonly permissions?: readonly Permission[];
}

/** `tokens` and `permissions` are those of the first organization. */
export interface SimulatorOptions extends Omit<OrganizationSettings, "name"> {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The same seed gives the same organization, ids, values and keys. Default 1. */
  readonly seed?: number;
  /**
   * After a revocation GET and the listing still show the token for so many milliseconds. Default 0. Datadog documents
   * that revoking takes effect "within seconds".
   */
  readonly staysVisibleFor?: number;
  /**
   * After a DELETE a further one answers 204 for so many milliseconds. Default 1,000: recorded of Datadog is 204 again
   * 130 ms later for a personal token, 264 ms later for a service account's, and 404 is documented for what is gone; the
   * rest is room for a slow machine. A token that `revoke` revoked or that expired is answered 404 at once.
   */
  readonly deleteAnswers204For?: number;
  /**
   * GET of a service account's token by the personal path answers 404, as PATCH and DELETE there always do; the listing
   * shows it all the same, as recorded of Datadog. Default false.
   */
  readonly strictServiceTokens?: boolean;
  /**
   * Whether the organizations have an Audit Trail, which records the DELETEs. Default true; what Datadog answers to those
   * that have none is not known, the simulator refuses with 403.
   */
  readonly auditTrail?: boolean;
  /**
   * Whether it tells which tokens were found leaked. Default true; false: a site that has not heard of leaks yet, which
   * leaves `include` and `filter[leaked]` out of account and refuses to sort by them.
   */
  readonly leakInformation?: boolean;
  /** Default: a limit that nobody reaches, so that its headers hold nobody up. */
  readonly rateLimit?: RateLimit;
  /** Makes all errors come in one of Datadog's two shapes. Default: both occur. */
  readonly errorShape?: ErrorShape;
  /**
   * Milliseconds since 1970, for all that the simulated Datadog does by the clock; a test can let time pass with it.
   * The seeded times are counted from the start of its day (UTC). Default `Date.now`.
   */
  readonly clock?: () => number;
}

/** A token as someone who made it has it. */
export interface SimulatedToken {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** The service account that owns it; left out for a person's token. */
  readonly serviceAccountId?: string;
}

/** A token as Datadog knows it. Times are RFC 3339, UTC. */
export interface TokenState extends SimulatedToken {
  readonly owner: { readonly id: string; readonly type: "users" | "service_account"; readonly handle: string };
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  /** When it was revoked, or expired; null: alive. */
  readonly revokedAt: string | null;
  /** Null: no leak is known. */
  readonly leak: { readonly detectedAt: string; readonly source?: string } | null;
}

/** How Datadog came to know of a leak. */
export interface LeakSettings {
  /** A text that `Date.parse` reads, or milliseconds since 1970. Default: now. */
  readonly detectedAt?: string | number;
  /** Where it was found. Default: not said. */
  readonly source?: string;
}

/** A user to be added. */
export interface UserSettings {
  /** Default `Added User`. */
  readonly name?: string;
  /** Default: everything. */
  readonly permissions?: readonly Permission[];
  /** The organization that they belong to. Default: the first. */
  readonly organizationId?: string;
}

export interface KeyPair {
  readonly apiKey: string;
  readonly appKey: string;
}

/** A token to be added. Times are texts that `Date.parse` reads, or milliseconds since 1970. */
export interface TokenSettings {
  /** Any UUID by its shape that no token has. Default: a random one. */
  readonly id?: string;
  /** Any text at all, also one that a real Datadog would not take. Default `added`. */
  readonly name?: string;
  /** A user or a service account of any of the organizations. Default: the owner of the default key pair. */
  readonly ownerId?: string;
  /** What its value begins with, which need not fit its owner. Default: what fits. */
  readonly prefix?: Prefix;
  /**
   * Default `["dashboards_read"]`. What a call with the token may do needs a scope of the permission's name, such as
   * `org_app_keys_write`, beside the owner's permission. What is spelled like a scope must be one that exists; any other
   * text is taken, also one that a real Datadog would not take.
   */
  readonly scopes?: readonly string[];
  /** Default: now. */
  readonly createdAt?: string | number;
  /** Null: never. Default: in 90 days. */
  readonly expiresAt?: string | number | null;
  /** Null: never. Default null. */
  readonly lastUsedAt?: string | number | null;
  /** Datadog has found it leaked. Default: it has not. */
  readonly leak?: LeakSettings;
}

/** One organization, and the means to act in it. Its credentials see nothing of any other. */
export interface SimulatedOrganization extends KeyPair {
  /** The tokens there were at the start. The first belongs to the owner of the default key pair. */
  readonly tokens: readonly SimulatedToken[];
  /** The user whom the default key pair belongs to. */
  readonly keyOwner: { readonly id: string; readonly handle: string };
  readonly serviceAccounts: readonly { readonly id: string; readonly name: string }[];
  readonly organization: { readonly id: string; readonly name: string };
}

/**
 * A local Datadog: a real HTTP server that Datadog's own clients can use as they are. It has one organization at the
 * start; methods that take an id find it in any.
 */
export interface Simulator extends SimulatedOrganization {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Every request since the start, or those after the first `since`, in the order in which they came in. */
  requests(since?: number): readonly LoggedRequest[];
  /** Lets something go wrong for the requests that match: the next one, unless `times` says otherwise. */
  fault(matcher: FaultMatcher, fault: Fault): FaultHandle;
  /** A token, alive or revoked; undefined when there never was one with this id. */
  find(id: string): TokenState | undefined;
  /** Revokes a token as someone else would, without a request. @throws RangeError when there is no such token. */
  revoke(id: string): void;
  /** Brings a revoked token back, which Datadog itself never does. @throws RangeError when there is no such token. */
  restore(id: string): void;
  /**
   * Lets Datadog find the token leaked, or null: forget it. A leak that is told again is another one.
   *
   * @throws RangeError when there is no such token, and for a time that is none.
   */
  leak(id: string, leak?: LeakSettings | null): void;
  /**
   * Another key pair, of the default keys' owner unless another is named. With scopes, it may do what these and the
   * owner's permissions both allow; null: all that the owner may.
   *
   * @throws RangeError for an owner whom nobody knows, and a scope that does not exist.
   */
  createKeys(scopes: readonly Permission[] | null, ownerId?: string): KeyPair;
  /** Another user, who may do just this. @throws RangeError when there is no such organization. */
  addUser(settings?: UserSettings): { readonly id: string; readonly handle: string };
  /**
   * Makes a token as somebody would, without a request. `tokens` stays as it was.
   *
   * @throws RangeError for an id that is no UUID or is taken, an owner whom nobody knows, a scope that looks like one and
   * does not exist, and a time that is none.
   */
  addToken(settings?: TokenSettings): SimulatedToken;
  /** Adds a seeded organization, as a company has several. @throws RangeError when `tokens` is no count. */
  addOrganization(settings?: OrganizationSettings): SimulatedOrganization;
  /** Cuts every connection and closes the port. */
  stop(): Promise<void>;
}
