import type { GenericSchema, InferOutput } from "valibot";
import { advice } from "./advice";
import { CurrentUserAnswer, type Token, TokenAnswer, TokenListAnswer, UserAnswer } from "./answers";
import { now } from "./gate";
import { Http } from "./http";
import { PAGE_SIZE, readAllPages } from "./pages";
import { RateLimit } from "./rateLimit";
import { type Connection, ownTokenId } from "./settings";

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

/** Whom Datadog says the credentials belong to. */
export interface Actor {
  /** UUID of the user, or of the service account. */
  readonly id: string;
  /** Usually an e-mail address. */
  readonly handle: string;
  /** A service account's. */
  readonly name?: string;
  /** UUID of the organization. */
  readonly organizationId: string;
  readonly organizationName?: string;
}

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
    const answer = await this.http.request("GET", path, { expected: [404], within });
    if (answer.status === 404) return undefined;
    const { data } = this.http.parse(TokenAnswer, answer, `GET ${path}`);
    if (data.id.toLowerCase() !== address.tokenId) {
      const what = "answered with another token. Nothing it says is used";
      throw this.http.error(`GET ${path}`, what, { kind: "malformed" });
    }
    return data;
  }

  /**
   * `GET /api/v2/personal_access_tokens`, all pages: personal tokens and service accounts', as far as the credentials
   * may see them, the oldest first. A list that changes while it is read is read again.
   *
   * @param within milliseconds for all pages
   * @param ownedBy ids of users and service accounts: only theirs
   * @throws DatadogError
   */
  async listTokens(within: number, ownedBy: readonly string[] = []): Promise<Token[]> {
    const deadline = now() + within;
    const filters = ownedBy.map((id) => `&filter%5Bowned_by%5D=${encodeURIComponent(id)}`).join("");
    return readAllPages((page) => {
      // Oldest first: what is made meanwhile comes last, and moves nothing.
      const query = `page%5Bsize%5D=${PAGE_SIZE}&page%5Bnumber%5D=${page}&sort=created_at${filters}`;
      return this.#get(TokenListAnswer, `/api/v2/personal_access_tokens?${query}`, deadline - now());
    });
  }

  /**
   * How many tokens {@link listTokens} would bring, in one small request.
   *
   * @throws DatadogError
   */
  async countTokens(within: number): Promise<number> {
    const path = "/api/v2/personal_access_tokens?page%5Bsize%5D=1&page%5Bnumber%5D=0";
    const { meta } = await this.#get(TokenListAnswer, path, within);
    return meta.page.total_filtered_count;
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
    const what = `answered ${status} instead of 204. ${advice(status, request)}`;
    throw this.http.error(request, what, { kind: "malformed", status, answerLost: true });
  }

  /**
   * `GET /api/v2/current_user`
   *
   * @throws DatadogError
   */
  async getActor(within: number): Promise<Actor> {
    const { data, included } = await this.#get(CurrentUserAnswer, "/api/v2/current_user", within);
    const organizationId = data.relationships.org.data.id;
    const name = included?.find(({ type, id }) => type === "orgs" && id === organizationId)?.attributes?.name;
    return {
      id: data.id,
      handle: data.attributes.handle ?? data.attributes.email ?? "",
      organizationId,
      ...(name && { organizationName: name }),
    };
  }

  /**
   * `GET /api/v2/users/{user_id}`
   *
   * @returns the user's handle, usually an e-mail address; undefined when Datadog names none
   * @throws DatadogError
   */
  async getUserHandle(userId: string, within: number): Promise<string | undefined> {
    const { data } = await this.#get(UserAnswer, `/api/v2/users/${encodeURIComponent(userId)}`, within);
    return data.attributes.handle ?? data.attributes.email ?? undefined;
  }

  async #get<Schema extends GenericSchema>(schema: Schema, path: string, within: number): Promise<InferOutput<Schema>> {
    return this.http.parse(schema, await this.http.request("GET", path, { within }), `GET ${path}`);
  }
}

/** Where the API has a token. */
export function tokenPath({ tokenId, serviceAccountId }: TokenAddress): string {
  return serviceAccountId === undefined
    ? `/api/v2/personal_access_tokens/${tokenId}`
    : `/api/v2/service_accounts/${encodeURIComponent(serviceAccountId)}/access_tokens/${tokenId}`;
}
