import { setTimeout as sleep } from "node:timers/promises";
import type { KyInstance } from "ky";
import * as v from "valibot";
import { advice, concealer, DatadogError, errorWords, isHtml, parseJson } from "./errors";
import { now, RateLimit } from "./rateLimit";
import { CurrentUserAnswer, type Token, TokenAnswer, TokenListAnswer, UserAnswer } from "./schemas";
import type { Credentials, RetrySettings, Settings } from "./settings";
import { redactTokenValues, tokenIdOfValue } from "./tokenIds";

const { version } = require("pulumi-datadog-revocation/package.json") as { version: string };

/** Sent with every request, so that Datadog's Audit Trail shows what revoked a token. */
export const USER_AGENT = `pulumi-datadog-revocation/${version} (node ${process.versions.node})`;

/** Milliseconds that one attempt may take, its body included. */
const ATTEMPT_TIMEOUT = 15_000;

/** The most that Datadog allows. */
const PAGE_SIZE = 100;
/** Bytes. Datadog's longest answers have some hundred thousand. */
const LARGEST_BODY = 16 * 1024 ** 2;

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
  /** UUID of the organization. */
  readonly organizationId: string;
  readonly organizationName?: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly answerLost: boolean;
}

interface RequestOptions {
  /** Error statuses that the caller understands. */
  readonly expected: readonly number[];
  /** Milliseconds that the request may take with all its retries; the settings' timeout by default. */
  readonly within?: number;
}

/** One limit per process, whatever the number of clients. */
const processRateLimit = new RateLimit();

/**
 * The part of Datadog's API that revoking needs.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
export class DatadogClient {
  /** The API's address, without a slash at its end. */
  readonly apiUrl: string;
  readonly #headers: Record<string, string>;
  readonly #retry: RetrySettings;
  readonly #rateLimit: RateLimit;
  /** The id of the token that authenticates these requests; undefined when a key does. */
  readonly ownTokenId: string | undefined;
  /** For text that others wrote. */
  readonly #conceal: (text: string) => string;

  constructor(settings: Settings & { credentials: Credentials }, rateLimit = processRateLimit) {
    this.apiUrl = settings.apiUrl;
    this.#headers = { "User-Agent": USER_AGENT, ...authentication(settings.credentials) };
    this.#retry = settings.retry;
    this.#rateLimit = rateLimit;
    const { credentials } = settings;
    this.ownTokenId = tokenIdOfValue(credentials.kind === "bearer" ? credentials.token : credentials.appKey);
    this.#conceal = concealer(secretsOf(credentials));
  }

  /**
   * `GET /api/v2/personal_access_tokens/{token_id}`, or the same of a service account's.
   *
   * @returns undefined when Datadog does not know the token there; a revoked one may be known for a while
   * @throws DatadogError
   */
  async getToken(address: TokenAddress, within?: number): Promise<Token | undefined> {
    const path = tokenPath(address);
    const answer = await this.#request("GET", path, { expected: [404], ...(within !== undefined && { within }) });
    if (answer.status === 404) return undefined;
    const { data } = this.#parse(TokenAnswer, answer, path);
    if (data.id.toLowerCase() !== address.tokenId) {
      throw this.#error(`GET ${path}`, "answered with another token. Nothing it says is used", "malformed");
    }
    return data;
  }

  /**
   * `GET /api/v2/personal_access_tokens`, page by page: personal tokens and service accounts', as far as the
   * credentials may see them.
   *
   * @param within milliseconds for all pages
   * @throws DatadogError
   */
  async listTokens(within: number): Promise<Token[]> {
    const deadline = now() + within;
    const tokens: Token[] = [];
    for (let page = 0, read = 0; ; page++) {
      const path = `/api/v2/personal_access_tokens?page%5Bsize%5D=${PAGE_SIZE}&page%5Bnumber%5D=${page}`;
      const answer = await this.#request("GET", path, { expected: [], within: deadline - now() });
      const { data, meta } = this.#parse(TokenListAnswer, answer, path);
      tokens.push(...data);
      read += data.length;
      if (data.length === 0 || read >= meta.page.total_filtered_count) return tokens;
    }
  }

  /**
   * `DELETE /api/v2/personal_access_tokens/{token_id}`, or the same of a service account's.
   *
   * @throws DatadogError; its `answerLost` tells whether the token may be revoked all the same
   * @see https://docs.datadoghq.com/api/latest/key-management/#revoke-a-personal-access-token
   * @see https://docs.datadoghq.com/api/latest/service-accounts/
   */
  async revokeToken(address: TokenAddress): Promise<RevokeAnswer> {
    const path = tokenPath(address);
    const { status, answerLost } = await this.#request("DELETE", path, { expected: [404] });
    if (status === 204 || status === 404) return { status, answerLost };
    throw this.#error(
      `DELETE ${path}`,
      `answered ${status} instead of 204. ${advice(status, `DELETE ${path}`)}`,
      "malformed",
      status,
      true,
    );
  }

  /**
   * `GET /api/v2/current_user`
   *
   * @throws DatadogError
   */
  async getActor(within: number): Promise<Actor> {
    const path = "/api/v2/current_user";
    const { data, included } = this.#parse(
      CurrentUserAnswer,
      await this.#request("GET", path, { expected: [], within }),
      path,
    );
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
    const path = `/api/v2/users/${encodeURIComponent(userId)}`;
    const { attributes } = this.#parse(
      UserAnswer,
      await this.#request("GET", path, { expected: [], within }),
      path,
    ).data;
    return attributes.handle ?? attributes.email;
  }

  /** Sends until there is an answer that the caller understands, a failure that no retry mends, or no time left. */
  async #request(method: "GET" | "DELETE", path: string, options: RequestOptions): Promise<Answer> {
    const deadline = now() + (options.within ?? this.#retry.timeout);
    let answerLost = false;
    let failure: DatadogError | undefined;
    for (let retries = 0; ; ) {
      const closedFor = await this.#rateLimit.pass(deadline);
      if (closedFor > 0) {
        const wait = `another ${Math.ceil(closedFor / 1000)} s`;
        if (failure) {
          const message = `${failure.message}; not asked again, as no request is allowed for ${wait}`;
          throw new DatadogError(message, "rateLimited", failure.status, answerLost);
        }
        const what = `was not asked: its rate limit is used up for ${wait}. ${advice(429, method)}`;
        throw this.#error(`${method} ${path}`, what, "rateLimited", 429);
      }
      const attempt = await this.#attempt(method, path, options.expected, deadline);
      if (!(attempt instanceof DatadogError)) return { ...attempt, answerLost };

      failure = attempt;
      answerLost ||= attempt.answerLost;
      // Told when to come back, the rate limit does the waiting.
      const wait = attempt.kind === "rateLimited" ? 0 : backoff(this.#retry, retries++);
      if (
        !this.#retry.enabled ||
        !isTransient(attempt) ||
        retries > this.#retry.maxRetries ||
        now() + wait >= deadline
      ) {
        throw new DatadogError(attempt.message, attempt.kind, attempt.status, answerLost);
      }
      await sleep(wait);
    }
  }

  /** Sends once. A failure is returned, for {@link #request} to weigh. */
  async #attempt(
    method: string,
    path: string,
    expected: readonly number[],
    deadline: number,
  ): Promise<{ status: number; body: string } | DatadogError> {
    const request = `${method} ${path}`;
    try {
      const http = await loadKy();
      const signal = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(ATTEMPT_TIMEOUT, deadline - now()))));
      const response = await http(this.apiUrl + path, { method, headers: this.#headers, signal });
      const { status, headers } = response;
      const knowsWhen = this.#rateLimit.heed(status, headers);
      const body = await readBody(response, signal);
      // An HTML page is a proxy's or another server's: its 404 says nothing about the token.
      if (response.ok || (expected.includes(status) && !isHtml(body))) return { status, body };
      const kind = knowsWhen && isTransientStatus(status) ? "rateLimited" : "status";
      return this.#error(
        request,
        `answered ${status}: ${errorWords(body, this.#conceal)}. ${advice(status, request)}`,
        kind,
        status,
        status >= 500,
      );
    } catch (error) {
      const { text, sent } = describeNetworkFailure(error);
      return this.#error(request, `gave no answer: ${this.#conceal(text)}`, "network", undefined, sent);
    }
  }

  #parse<Schema extends v.GenericSchema>(schema: Schema, answer: Answer, path: string): v.InferOutput<Schema> {
    // Names are others' text, and go into state: a secret in one must not.
    const conceal = (text: string): string => redactTokenValues(this.#conceal(text));
    const parsed = v.safeParse(schema, parseJson(answer.body, conceal));
    if (parsed.success) return parsed.output;
    const where = v.getDotPath(parsed.issues[0]);
    const what =
      where === null ? errorWords(answer.body, this.#conceal) : `its field ${where} is not what the API promises`;
    throw this.#error(`GET ${path}`, `answered ${answer.status} with ${what}`, "malformed", answer.status);
  }

  #error(request: string, what: string, kind: DatadogError["kind"], status?: number, answerLost = false): DatadogError {
    return new DatadogError(`${request} at ${new URL(this.apiUrl).host} ${what}`, kind, status, answerLost);
  }
}

function tokenPath({ tokenId, serviceAccountId }: TokenAddress): string {
  return serviceAccountId === undefined
    ? `/api/v2/personal_access_tokens/${tokenId}`
    : `/api/v2/service_accounts/${serviceAccountId}/access_tokens/${tokenId}`;
}

function authentication(credentials: Credentials): Record<string, string> {
  if (credentials.kind === "bearer") return { Authorization: `Bearer ${credentials.token}` };
  return {
    "DD-APPLICATION-KEY": credentials.appKey,
    ...(credentials.apiKey !== undefined && { "DD-API-KEY": credentials.apiKey }),
  };
}

function secretsOf(credentials: Credentials): string[] {
  if (credentials.kind === "bearer") return [credentials.token];
  return [credentials.appKey, ...(credentials.apiKey === undefined ? [] : [credentials.apiKey])];
}

let http: Promise<KyInstance> | undefined;

/** Loaded at the first request: programs import this package too, and send none. */
function loadKy(): Promise<KyInstance> {
  http ??= import("ky").then(({ default: ky }) =>
    // The key headers would follow a redirect. Retries and time are kept here, for the limit that all requests share.
    ky.create({ redirect: "manual", retry: 0, timeout: false, throwHttpErrors: false }),
  );
  return http;
}

/**
 * Reads a body until its end or the signal. fetch alone would not do: what passes the signal on to it is held weakly,
 * so that after a garbage collection a body that never ends was never given up.
 */
async function readBody({ body }: Response, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  if (!reader) return "";
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", giveUp);
  try {
    signal.throwIfAborted();
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > LARGEST_BODY) throw new Error(`it sends more than ${LARGEST_BODY / 1024 ** 2} MiB`);
    }
    signal.throwIfAborted();
    return new TextDecoder().decode(Buffer.concat(parts));
  } finally {
    signal.removeEventListener("abort", giveUp);
    giveUp();
  }
}

function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isTransient(failure: DatadogError): boolean {
  return failure.kind === "network" || isTransientStatus(failure.status ?? 0);
}

/** Between half and the whole of the wait, so that requests that failed together do not come back together. */
function backoff(retry: RetrySettings, retries: number): number {
  return retry.backoffBase * retry.backoffMultiplier ** retries * (0.5 + Math.random() / 2);
}

/** Failures after which it is certain that nothing was sent. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|.*TLS.*|UNABLE_TO_VERIFY.*|ERR_SSL_WRONG_VERSION_NUMBER)$/;

/** What is read of an error: by its fields, as fetch's errors are no instances of Error inside a test runner's realm. */
interface Reason {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: Reason;
  readonly errors?: readonly Reason[];
}

function describeNetworkFailure(error: unknown): { text: string; sent: boolean } {
  // fetch hides the reason behind "fetch failed"; several addresses of one host give several reasons.
  let reason = error as Reason;
  while (typeof reason.cause === "object" && reason.cause !== null) reason = reason.cause;
  reason = reason.errors?.[0] ?? reason;
  if (reason.name === "TimeoutError") return { text: "it took too long", sent: true };
  const code = typeof reason.code === "string" ? reason.code : undefined;
  return { text: reason.message || code || String(error), sent: code === undefined || !NOT_SENT.test(code) };
}
