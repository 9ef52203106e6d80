import type { GenericSchema, InferOutput } from "valibot";
import { CurrentUserAnswer, TokenAnswer, TokenListAnswer, UserAnswer, type UserAttributes } from "./answers";
import { DatadogError } from "./errors";
import { now } from "./gate";
import { type Answer, Http, type RequestOptions } from "./http";
import { PAGE_SIZE, type Page, readAllPages, type TokenList } from "./pages";
import { RateLimit } from "./rateLimit";
import { type Connection, ownTokenId } from "./settings";
import { at, readToken, type Token } from "./token";

/** Datadog's answer to a DELETE. */
export interface RevokeAnswer {
  /** 204: accepted. 404: Datadog does not know the token. */
  readonly status: 204 | 404;
  /** Whether an earlier attempt may have been carried out, its answer lost. */
  readonly answerLost: boolean;
}

/** Which token, and by whose path it goes. */
export interface TokenAddress {
  /** UUID, lowercase. */
  readonly tokenId: string;
  /** UUID of the service account that owns the token; absent for a personal token. */
  readonly serviceAccountId?: string | undefined;
}

/** Who is behind an id of a user or a service account, as far as Datadog says it. */
export interface Account {
  /** Usually an e-mail address. */
  readonly handle?: string;
  /** A service account's; a person's only where there is no handle. */
  readonly name?: string;
}

/** Whom Datadog says the credentials belong to. */
export interface Actor extends Account {
  /** UUID of the user, or of the service account. */
  readonly id: string;
  /** Usually an e-mail address. */
  readonly handle: string;
  /** UUID of the organization. */
  readonly organizationId: string;
  /** The organization's name. Absent: Datadog did not say. */
  readonly organizationName?: string;
}

/** Whom the credentials belong to, and what that account may do. */
export interface CurrentUser {
  readonly actor: Actor;
  /** Names of the permissions of all its roles; undefined where Datadog does not list them. */
  readonly permissions?: ReadonlySet<string> | undefined;
}

const TOKENS = "/api/v2/personal_access_tokens";
/** Asks for what Datadog knows of leaks. */
const WITH_LEAKS = "include=leak_information";

/**
 * The part of Datadog's API that revoking needs.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
export class DatadogClient {
  /** The API's address, without a slash at its end. */
  readonly apiUrl: string;
  /** The id of the token that authenticates these requests; undefined when a key does. */
  readonly ownTokenId: string | undefined;
  /** For the rest of the API. */
  readonly http: Http;
  #knowsLeaks = true;

  /** @param rateLimit what all clients of one run share */
  constructor(connection: Connection, rateLimit = new RateLimit()) {
    this.apiUrl = connection.apiUrl;
    this.ownTokenId = ownTokenId(connection.credentials);
    this.http = new Http(connection, rateLimit);
  }

  /**
   * `GET /api/v2/personal_access_tokens/{token_id}`, or the same of a service account's.
   *
   * @returns undefined when Datadog does not know the token there; a revoked one may be known for a while
   * @throws DatadogError
   */
  async getToken(address: TokenAddress, within?: number): Promise<Token | undefined> {
    const path = tokenPath(address);
    const answer = await this.#getTokens(path, { expected: [404], within });
    if (answer.status === 404) return undefined;
    const { data, included } = this.http.parse(TokenAnswer, answer, `GET ${path}`);
    if (data.id === address.tokenId) return readToken(data, included);
    const what = "answered with another token. Nothing it says is used";
    throw this.http.error(`GET ${path}`, what, { kind: "malformed" });
  }

  /**
   * `GET /api/v2/personal_access_tokens`, all pages: personal tokens and service accounts', as far as the credentials
   * may see them, the oldest first. A list that changes while it is read is read again.
   *
   * @param within milliseconds for all pages
   * @param ownedBy ids of users and service accounts: only theirs
   * @throws DatadogError
   */
  async listTokens(within: number, ownedBy: readonly string[] = []): Promise<TokenList> {
    const deadline = now() + within;
    const filters = ownedBy.map((id) => `&filter%5Bowned_by%5D=${encodeURIComponent(id)}`).join("");
    return readAllPages((page) => {
      // Oldest first: what is made meanwhile comes last, and moves nothing.
      const query = `page%5Bsize%5D=${PAGE_SIZE}&page%5Bnumber%5D=${page}&sort=created_at${filters}`;
      return this.#getPage(query, deadline - now());
    });
  }

  /** What Datadog says of tokens, with their leaks; a site that does not know the parameter yet may refuse it. */
  async #getTokens(path: string, options: RequestOptions): Promise<Answer> {
    const { query } = options;
    const withLeaks = { ...options, query: query === undefined ? WITH_LEAKS : `${query}&${WITH_LEAKS}` };
    if (!this.#knowsLeaks) return this.http.request("GET", path, options);
    try {
      return await this.http.request("GET", path, withLeaks);
    } catch (error) {
      if (!(error instanceof DatadogError) || error.status !== 400) throw error;
      const answer = await this.http.request("GET", path, options);
      this.#knowsLeaks = false;
      return answer;
    }
  }

  async #getPage(query: string, within: number): Promise<Page> {
    const answer = await this.#getTokens(TOKENS, { within, query });
    const { data, included, meta } = this.http.parse(TokenListAnswer, answer, `GET ${TOKENS}`);
    const tokens = data.flatMap((row) => readToken(row, included) ?? []);
    return { tokens, unidentified: data.length - tokens.length, total: totalIn(meta) };
  }

  /**
   * How many tokens {@link listTokens} would bring, in one small request.
   *
   * @returns undefined when Datadog does not say
   * @throws DatadogError
   */
  async countTokens(within: number): Promise<number | undefined> {
    const answer = await this.http.request("GET", TOKENS, { within, query: "page%5Bsize%5D=1&page%5Bnumber%5D=0" });
    return totalIn(this.http.parse(TokenListAnswer, answer, `GET ${TOKENS}`).meta);
  }

  /**
   * `DELETE /api/v2/personal_access_tokens/{token_id}`, or the same of a service account's.
   *
   * @throws DatadogError; its `answerLost` tells whether the token may be revoked all the same
   * @see https://docs.datadoghq.com/api/latest/key-management/#revoke-a-personal-access-token
   * @see https://docs.datadoghq.com/api/latest/service-accounts/
   */
  async revokeToken(address: TokenAddress): Promise<RevokeAnswer> {
    const request = `DELETE ${tokenPath(address)}`;
    const { status, answerLost } = await this.http.request("DELETE", tokenPath(address), { expected: [404] });
    if (status === 204 || status === 404) return { status, answerLost };
    const what = `answered ${status} instead of 204. ${this.http.advice(status, request)}`;
    throw this.http.error(request, what, { kind: "malformed", status, answerLost: true });
  }

  /**
   * `GET /api/v2/current_user`
   *
   * @throws DatadogError
   */
  async getCurrentUser(within: number): Promise<CurrentUser> {
    const { data, included } = await this.#get(CurrentUserAnswer, "/api/v2/current_user", within);
    const organizationId = data.relationships.org.data.id;
    const organization = included.find((each) => at(each, "type") === "orgs" && at(each, "id") === organizationId);
    const organizationName = at(organization, "attributes.name");
    const permissions = readPermissions(included);
    return {
      actor: {
        id: data.id,
        handle: "",
        ...toAccount(data.id, data.attributes),
        organizationId,
        ...(typeof organizationName === "string" && organizationName !== "" && { organizationName }),
      },
      ...(permissions && { permissions }),
    };
  }

  /**
   * `GET /api/v2/users/{user_id}`: a user or a service account.
   *
   * @throws DatadogError
   */
  async getUser(userId: string, within: number): Promise<Account> {
    const { data } = await this.#get(UserAnswer, `/api/v2/users/${encodeURIComponent(userId)}`, within);
    return toAccount(userId, data.attributes);
  }

  async #get<Schema extends GenericSchema>(schema: Schema, path: string, within: number): Promise<InferOutput<Schema>> {
    return this.http.parse(schema, await this.http.request("GET", path, { within }), `GET ${path}`);
  }
}

function totalIn(meta: unknown): number | undefined {
  const total = at(meta, "page.total_filtered_count");
  return typeof total === "number" ? total : undefined;
}

/**
 * The names of all permissions that roles among these hold.
 *
 * @returns undefined where there are none, or one of them is missing or has no name: nobody can say then which are not held
 */
function readPermissions(included: readonly unknown[]): ReadonlySet<string> | undefined {
  const names = new Map<unknown, unknown>();
  for (const each of included)
    if (at(each, "type") === "permissions") names.set(at(each, "id"), at(each, "attributes.name"));
  const roles = included.filter((each) => at(each, "type") === "roles");
  const held = roles.flatMap((role) => at(role, "relationships.permissions.data") ?? []).map((each) => at(each, "id"));
  const all = [...names.values()];
  const isWhole = all.length > 0 && all.every((name) => typeof name === "string") && held.every((id) => names.has(id));
  return isWhole ? new Set(all as string[]) : undefined;
}

/** A service account's handle is its id, which says nothing: it goes by its name and its address. */
function toAccount(id: string, attributes: UserAttributes = {}): Account {
  const { handle, email, name, service_account } = attributes;
  const isNameless = handle?.toLowerCase() === id.toLowerCase();
  const address = (isNameless ? email : (handle ?? email)) || undefined;
  const isCalledByName = isNameless || service_account === true || address === undefined;
  return { ...(address && { handle: address }), ...(isCalledByName && name && { name }) };
}

/** Where the API has a token. */
export function tokenPath({ tokenId, serviceAccountId }: TokenAddress): string {
  return serviceAccountId === undefined
    ? `${TOKENS}/${tokenId}`
    : `/api/v2/service_accounts/${encodeURIComponent(serviceAccountId)}/access_tokens/${tokenId}`;
}
