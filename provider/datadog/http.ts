import { setTimeout as sleep } from "node:timers/promises";
import type { KyInstance } from "ky";
import * as v from "valibot";
import { readBody } from "./body";
import { advice, concealer, DatadogError, errorWords, parseJson, partConcealer } from "./errors";
import { now, RateLimit } from "./rateLimit";
import type { Credentials, RetrySettings, Settings } from "./settings";
import { redactTokenValues } from "./tokenIds";

const { version } = require("pulumi-datadog-revocation/package.json") as { version: string };

/** Sent with every request, so that Datadog's Audit Trail shows what revoked a token. */
export const USER_AGENT = `pulumi-datadog-revocation/${version} (node ${process.versions.node})`;

/** Milliseconds that one attempt may take, its body included. */
const ATTEMPT_TIMEOUT = 15_000;

/** What came back of a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly answerLost: boolean;
}

export interface RequestOptions {
  /** Error statuses that the caller understands. */
  readonly expected: readonly number[];
  /** Milliseconds that the request may take with all its retries; the settings' timeout by default. */
  readonly within?: number;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** One limit per process, whatever the number of clients. */
const processRateLimit = new RateLimit();

/** Sends requests with credentials, retries and the rate limit, and turns what comes back into answers or errors. */
export class Http {
  /** The API's address, without a slash at its end. */
  readonly apiUrl: string;
  readonly #headers: Record<string, string>;
  readonly #retry: RetrySettings;
  readonly #rateLimit: RateLimit;
  /** For names, which others wrote. */
  readonly #conceal: (text: string) => string;
  /** For what is said of a failure. */
  readonly #concealParts: (text: string) => string;

  constructor({ apiUrl, credentials, retry }: Settings & { credentials: Credentials }, rateLimit = processRateLimit) {
    this.apiUrl = apiUrl;
    this.#headers = { "User-Agent": USER_AGENT, ...authentication(credentials) };
    this.#retry = retry;
    this.#rateLimit = rateLimit;
    this.#conceal = concealer(secretsOf(credentials));
    this.#concealParts = partConcealer(secretsOf(credentials));
  }

  /** Sends until there is an answer that the caller understands, a failure that no retry mends, or no time left. */
  async request(method: "GET" | "DELETE" | "POST", path: string, options: RequestOptions): Promise<Answer> {
    const deadline = now() + (options.within ?? this.#retry.timeout);
    let answerLost = false;
    let failure: DatadogError | undefined;
    for (let retries = 0; ; ) {
      const attempt = await this.#attempt(method, path, options, deadline);
      if (typeof attempt === "number") {
        const wait = `another ${Math.ceil(attempt / 1000)} s`;
        if (failure) {
          const message = `${failure.message}; not asked again, as no request is allowed for ${wait}`;
          throw new DatadogError(message, "rateLimited", failure.status, answerLost);
        }
        const what = `was not asked: its rate limit is used up for ${wait}. ${advice(429, method)}`;
        throw this.error(`${method} ${path}`, what, "rateLimited", 429);
      }
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

  /**
   * Sends once, when the rate limit allows it. A failure is returned, for {@link #request} to weigh; or the milliseconds
   * that are left to wait when that would be past the deadline.
   */
  async #attempt(
    method: string,
    path: string,
    { expected, body: content }: RequestOptions,
    deadline: number,
  ): Promise<{ status: number; body: string } | DatadogError | number> {
    const request = `${method} ${path}`;
    // As Datadog's own clients ask.
    const headers = { ...this.#headers, Accept: method === "DELETE" ? "*/*" : "application/json" };
    const json = content === undefined ? {} : { json: content };
    try {
      const http = await loadKy();
      let endsAt = deadline;
      const answer = await this.#rateLimit.send(endpointOf(request), deadline, () => {
        endsAt = Math.min(now() + ATTEMPT_TIMEOUT, deadline);
        return http(this.apiUrl + path, { method, headers, timeout: left(endsAt), ...json });
      });
      if (typeof answer === "number") return answer;
      const { response, limit } = answer;
      const { status } = response;
      const body = await readBody(response, left(endsAt));
      if (response.ok || (expected.includes(status) && isDatadogs(body))) return { status, body };
      const kind = limit.comeBackIn !== undefined && isTransientStatus(status) ? "rateLimited" : "status";
      return this.error(
        request,
        `answered ${status}: ${errorWords(body, this.#concealParts)}. ${advice(status, request)}`,
        kind,
        status,
        status >= 500,
      );
    } catch (error) {
      const { text, sent } = describeNetworkFailure(error);
      return this.error(request, `gave no answer: ${this.#concealParts(text)}`, "network", undefined, sent);
    }
  }

  /** @throws DatadogError for an answer that is not what the API promises */
  parse<Schema extends v.GenericSchema>(
    schema: Schema,
    answer: Answer,
    path: string,
    method = "GET",
  ): v.InferOutput<Schema> {
    // Names are others' text, and go into state: a secret in one must not, and half a character could not, which would
    // lose the record of what was done.
    const conceal = (text: string): string => redactTokenValues(this.#conceal(text)).toWellFormed();
    const parsed = v.safeParse(schema, parseJson(answer.body, conceal));
    if (parsed.success) return parsed.output;
    const where = v.getDotPath(parsed.issues[0]);
    const what =
      where === null ? errorWords(answer.body, this.#concealParts) : `its field ${where} is not what the API promises`;
    throw this.error(`${method} ${path}`, `answered ${answer.status} with ${what}`, "malformed", answer.status);
  }

  /** A failure of a request, in words that are safe to show. */
  error(request: string, what: string, kind: DatadogError["kind"], status?: number, answerLost = false): DatadogError {
    return new DatadogError(`${request} at ${new URL(this.apiUrl).host} ${what}`, kind, status, answerLost);
  }
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
    // The key headers would follow a redirect. Retries are kept here, for the limit that all requests share.
    ky.create({ redirect: "manual", retry: 0, throwHttpErrors: false }),
  );
  return http;
}

/** Whole milliseconds until then, at least one: timers take no others. */
function left(endsAt: number): number {
  return Math.max(1, Math.ceil(endsAt - now()));
}

/** Method and path, without ids and query. */
function endpointOf(request: string): string {
  return request.replace(/\?.*|[0-9a-f]{8}-[0-9a-f-]{27}/gi, "");
}

/** Datadog's errors are JSON, or nothing. The 404 of a proxy or of another server says nothing about the token. */
function isDatadogs(body: string): boolean {
  return body.trim() === "" || parseJson(body) !== undefined;
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
  /** Of OpenSSL: its message is for those who debug it. */
  readonly reason?: unknown;
}

function describeNetworkFailure(error: unknown): { text: string; sent: boolean } {
  // fetch hides the reason behind "fetch failed"; several addresses of one host give several reasons.
  let reason = error as Reason;
  while (typeof reason.cause === "object" && reason.cause !== null) reason = reason.cause;
  reason = reason.errors?.[0] ?? reason;
  if (reason.name === "TimeoutError") return { text: "it took too long", sent: true };
  const code = typeof reason.code === "string" ? reason.code : undefined;
  const sent = code === undefined || !NOT_SENT.test(code);
  if (code?.startsWith("ERR_SSL_") && typeof reason.reason === "string") return { text: `TLS: ${reason.reason}`, sent };
  return { text: reason.message || code || String(error), sent };
}
