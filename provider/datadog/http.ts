import { setTimeout as sleep } from "node:timers/promises";
import type { KyInstance } from "ky";
import * as v from "valibot";
import { redactTokenValues } from "../tokens/redact";
import { advice, foreignAnswer } from "./advice";
import { errorWords, isInWordsOfApi } from "./errorBody";
import { DatadogError, type FailureDetails } from "./errors";
import { now } from "./gate";
import { parseJson } from "./json";
import { describeNetworkFailure, mayHaveArrived } from "./networkFailure";
import { fetchThrough } from "./proxiedFetch";
import type { HttpProxy } from "./proxy";
import type { RateLimit, Sent } from "./rateLimit";
import { type Redact, redactParts, redactWhole } from "./redactSecrets";
import { readBody } from "./responseBody";
import { type Sending, watchSending } from "./sending";
import { authentication, type Connection, type RetrySettings, secretsOf } from "./settings";

const { version } = require("pulumi-datadog-revocation/package.json") as { version: string };

/** Sent with every request, so that Datadog's Audit Trail shows what revoked a token. */
export const USER_AGENT = `pulumi-datadog-revocation/${version} (node ${process.versions.node})`;

/** Milliseconds that one attempt may take, its body included. */
const ATTEMPT_TIMEOUT = 15_000;

type Method = "GET" | "DELETE" | "POST";

/** What came back of a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Whether an earlier attempt may have been carried out, its answer lost. */
  readonly answerLost: boolean;
}

export interface RequestOptions {
  /** Encoded, without the question mark. Errors leave it out. */
  readonly query?: string | undefined;
  /** Error statuses that the caller understands. Default none. */
  readonly expected?: readonly number[];
  /** Milliseconds that the request may take with all its retries; the settings' timeout by default. */
  readonly within?: number | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What became of one attempt. */
type Attempt =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  | { readonly kind: "failed"; readonly error: DatadogError }
  /** Not sent: the rate limit allows it only after the deadline. */
  | { readonly kind: "tooLate"; readonly wait: number };

/**
 * Sends requests with credentials, retries and the rate limit, and turns what comes back into answers or errors.
 *
 * ky does the sending. Its retries stay off: they know neither the limit that all requests share, nor whether an attempt
 * before the last may have been carried out.
 */
export class Http {
  /** The API's address, without a slash at its end. */
  readonly apiUrl: string;
  readonly #apiUrlKey: string;
  readonly #headers: Record<string, string>;
  readonly #retry: RetrySettings;
  readonly #proxy: HttpProxy | undefined;
  readonly #rateLimit: RateLimit;
  /** For names, which others wrote. */
  readonly #redact: Redact;
  /** For what is said of a failure. */
  readonly #redactParts: Redact;
  #ky: Promise<KyInstance> | undefined;

  constructor({ apiUrl, apiUrlKey, credentials, proxy, retry }: Connection, rateLimit: RateLimit) {
    this.apiUrl = apiUrl;
    this.#apiUrlKey = apiUrlKey;
    this.#headers = { "User-Agent": USER_AGENT, ...authentication(credentials) };
    this.#retry = retry;
    this.#proxy = proxy;
    this.#rateLimit = rateLimit;
    this.#redact = redactWhole(secretsOf(credentials));
    this.#redactParts = redactParts(secretsOf(credentials));
  }

  /**
   * Sends until there is an answer that the caller understands, a failure that no retry mends, or no time left.
   *
   * @throws DatadogError
   */
  async request(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
    const deadline = now() + (options.within ?? this.#retry.timeout);
    let answerLost = false;
    let last: DatadogError | undefined;
    for (let retries = 0; ; ) {
      const attempt = await this.#attempt(method, path, options, deadline);
      if (attempt.kind === "answered") return { status: attempt.status, body: attempt.body, answerLost };
      if (attempt.kind === "tooLate") throw this.#tooLate(`${method} ${path}`, attempt.wait, last, answerLost);

      last = attempt.error;
      answerLost ||= last.answerLost;
      // Told when to come back, the rate limit does the waiting.
      const wait = last.kind === "rateLimited" ? 0 : backoff(this.#retry, retries++);
      const isLast = !this.#retry.enabled || retries > this.#retry.maxRetries || now() + wait >= deadline;
      if (isLast || !isTransient(last)) {
        throw new DatadogError(last.message, { kind: last.kind, status: last.status, answerLost });
      }
      await sleep(wait);
    }
  }

  /** Sends once, when the rate limit allows it. */
  async #attempt(method: Method, path: string, options: RequestOptions, deadline: number): Promise<Attempt> {
    const request = `${method} ${path}`;
    const url = this.apiUrl + path + (options.query === undefined ? "" : `?${options.query}`);
    // As Datadog's own clients ask.
    const headers = { ...this.#headers, Accept: method === "DELETE" ? "*/*" : "application/json" };
    const json = options.body === undefined ? {} : { json: options.body };
    let sent: Sent;
    let body = "";
    let sending: Sending | undefined;
    try {
      const ky = await this.#loadKy();
      let endsAt = deadline;
      sent = await this.#rateLimit.send(endpointOf(request), deadline, () => {
        endsAt = Math.min(now() + ATTEMPT_TIMEOUT, deadline);
        sending = watchSending(method, url);
        return ky(url, { method, headers, timeout: left(endsAt), ...json });
      });
      if (sent.kind === "answered") body = await readBody(sent.response, left(endsAt));
    } catch (error) {
      const what = `gave no answer${this.#redactParts(describeNetworkFailure(error, this.#proxy))}`;
      const answerLost = sending !== undefined && mayHaveArrived(error, sending.progress);
      return { kind: "failed", error: this.error(request, what, { kind: "network", answerLost }) };
    } finally {
      sending?.stop();
    }
    if (sent.kind === "tooLate") return sent;
    const { ok, status } = sent.response;
    const isExpected = options.expected?.includes(status) ?? false;
    if (ok || (isExpected && isInWordsOfApi(body))) return { kind: "answered", status, body };
    const words = errorWords(body, this.#redactParts);
    const what = isExpected
      ? `answered ${status}, but not in the words of Datadog's API: ${words}. ${foreignAnswer(this.#apiUrlKey)}`
      : `answered ${status}: ${words}. ${this.advice(status, request)}`;
    const kind = sent.limit.comeBackIn !== undefined && isTransientStatus(status) ? "rateLimited" : "status";
    return { kind: "failed", error: this.error(request, what, { kind, status, answerLost: status >= 500 }) };
  }

  #tooLate(request: string, wait: number, last: DatadogError | undefined, answerLost: boolean): DatadogError {
    const forHowLong = `another ${Math.ceil(wait / 1000)} s`;
    if (last) {
      const message = `${last.message}; not sent again: the rate limit is exhausted for ${forHowLong}`;
      return new DatadogError(message, { kind: "rateLimited", status: last.status, answerLost });
    }
    const what = `was not sent: Datadog's rate limit is exhausted for ${forHowLong}. ${this.advice(429, request)}`;
    return this.error(request, what, { kind: "rateLimited", status: 429 });
  }

  /** @throws DatadogError for an answer that is not what the API promises */
  parse<Schema extends v.GenericSchema>(
    schema: Schema,
    { status, body }: Answer,
    request: string,
  ): v.InferOutput<Schema> {
    // Names are others' text, and go into state: a secret in one must not, and half a character could not, which would
    // lose the record of what was done.
    const redact = (text: string): string => redactTokenValues(this.#redact(text)).toWellFormed();
    const parsed = v.safeParse(schema, parseJson(body, redact));
    if (parsed.success) return parsed.output;
    const where = v.getDotPath(parsed.issues[0]);
    const what =
      where === null ? errorWords(body, this.#redactParts) : `its field ${where} is not what the API promises`;
    throw this.error(request, `answered ${status} with ${what}`, { kind: "malformed", status });
  }

  /**
   * A failure of a request, in words that are safe to show.
   *
   * @param request method and path
   * @param what what happened, a phrase that follows them
   */
  error(request: string, what: string, details: FailureDetails): DatadogError {
    return new DatadogError(`${request} at ${new URL(this.apiUrl).host} ${what}`, details);
  }

  /** What a person can do about a status. */
  advice(status: number, request: string): string {
    return advice(status, request, this.#apiUrlKey);
  }

  /** At the first request: programs import this package too, and most send none. */
  #loadKy(): Promise<KyInstance> {
    this.#ky ??= createKy(this.#proxy);
    return this.#ky;
  }
}

async function createKy(proxy: HttpProxy | undefined): Promise<KyInstance> {
  const { default: ky } = await import("ky");
  const through = proxy && { fetch: await fetchThrough(proxy) };
  // The key headers would follow a redirect.
  return ky.create({ redirect: "manual", retry: 0, throwHttpErrors: false, ...through });
}

/** Whole milliseconds until then, at least one: timers take no others. */
function left(endsAt: number): number {
  return Math.max(1, Math.ceil(endsAt - now()));
}

/** Method and path, without ids and query. */
function endpointOf(request: string): string {
  return request.replace(/\?.*|[0-9a-f]{8}-[0-9a-f-]{27}/gi, "");
}

function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function isTransient({ kind, status = 0 }: DatadogError): boolean {
  return kind === "network" || isTransientStatus(status);
}

/** Between half and the whole of the wait, so that requests that failed together do not come back together. */
function backoff(retry: RetrySettings, retries: number): number {
  return retry.backoffBase * retry.backoffMultiplier ** retries * (0.5 + Math.random() / 2);
}
