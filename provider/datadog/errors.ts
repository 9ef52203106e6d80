import * as v from "valibot";
import { plainLine } from "./plainLine";
import { ErrorAnswer } from "./schemas";

export { plainLine, sentence } from "./plainLine";

/** Configuration or environment that cannot be used: says where it stands and what to write instead, never its value. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** What kind of failure a {@link DatadogError} is. */
export type FailureKind =
  /** No answer: refused, reset, timed out, no such host. */
  | "network"
  /** Datadog said wait for longer than this call can. */
  | "rateLimited"
  /** An answer with an error status. */
  | "status"
  /** An answer that is not what the API promises. */
  | "malformed";

/** A request that did not bring what was asked for. Holds no credentials and no token value. */
export class DatadogError extends Error {
  override readonly name = "DatadogError";

  constructor(
    message: string,
    readonly kind: FailureKind,
    /** The HTTP status; absent without an answer. */
    readonly status?: number,
    /** Whether the request may have been carried out all the same. */
    readonly answerLost = false,
  ) {
    super(plainLine(message));
  }

  /** Whether Datadog refused to let these credentials see or do it. */
  get forbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const LONGEST_WORDS = 300;
/** Characters of an answer that are looked at: many more than are shown, whatever is taken out of them. */
const LONGEST_READ = 10 * LONGEST_WORDS;

/**
 * Datadog's own words in the body of an error answer, whichever of its shapes it has; or what stood there instead.
 *
 * @param conceal takes out what must not be repeated, before a cut could leave half of it
 */
export function errorWords(body: string, conceal: (text: string) => string): string {
  const words = structuredWords(body) ?? body.trim();
  if (words === "") return "no body";
  if (isHtml(words)) {
    const title = /<title[^<>]*>([^<]*)/i.exec(words)?.[1];
    return title === undefined
      ? "an HTML page, not the API"
      : `an HTML page, not the API, titled ${quote(title.trim(), conceal)}`;
  }
  return quote(words, conceal);
}

function quote(text: string, conceal: (text: string) => string): string {
  const words = conceal(text.slice(0, LONGEST_READ));
  return `"${words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words}"`;
}

/** Replaces a run's own credentials in a text. Token values go by their shape: {@link redactTokenValues}. */
export function concealer(secrets: readonly string[]): (text: string) => string {
  // The longest first: one may be a part of another.
  const ordered = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), text);
}

/** So many characters of a secret tell too much. */
const TELLING = 8;

/**
 * Replaces every telling part of a run's own credentials: what is said of a failure may repeat them cut short, wrapped or
 * written in escapes. Takes too long for texts of megabytes.
 */
export function partConcealer(secrets: readonly string[]): (text: string) => string {
  const length = Math.min(TELLING, ...secrets.map((secret) => secret.length));
  const parts = new Set(
    secrets.flatMap((secret) => [...secret.slice(length - 1)].map((_, start) => secret.slice(start, start + length))),
  );
  return (text) => {
    let shown = "";
    let rest = 0;
    for (let at = 0; at + length <= text.length; at++) {
      if (!parts.has(text.slice(at, at + length))) continue;
      if (at >= rest) shown += `${text.slice(rest, at)}[redacted]`;
      rest = at + length;
    }
    return shown + text.slice(rest);
  };
}

/** Whether a body is a page for people instead of an answer of the API. */
function isHtml(body: string): boolean {
  return /^\s*</.test(body);
}

function structuredWords(body: string): string | undefined {
  const answer = v.safeParse(ErrorAnswer, parseJson(body));
  if (!answer.success) return undefined;
  return answer.output.errors
    .map((error) => (typeof error === "string" ? error : [error.title, error.detail].filter(Boolean).join(": ")))
    .filter(Boolean)
    .join("; ");
}

/**
 * @param conceal takes out of each text in it what must not be repeated
 * @returns undefined for a text that is no JSON
 */
export function parseJson(text: string, conceal = (part: string): string => part): unknown {
  try {
    return JSON.parse(text, (_, value) => (typeof value === "string" ? conceal(value) : value));
  } catch {
    return undefined;
  }
}

/**
 * What a person can do about a status.
 *
 * @param request method and path
 */
export function advice(status: number, request: string): string {
  if (status === 401) {
    return "The credentials were not accepted: they may be revoked, expired, or belong to another site (DD_SITE, datadog:apiUrl)";
  }
  if (status === 403) {
    return `The credentials need the permission ${permission(request)}; or they belong to another site (DD_SITE, datadog:apiUrl)`;
  }
  if (status === 429) return "Try again when the rate limit allows it";
  if (status >= 500) return "The fault is at Datadog's side: see https://status.datadoghq.com and try again";
  if (status >= 300 && status < 400) {
    return "Redirects are refused, as the keys would follow: set DD_SITE or datadog:apiUrl to the API itself, like https://api.datadoghq.eu";
  }
  return "Check that DD_SITE or datadog:apiUrl names Datadog's API, like https://api.datadoghq.eu";
}

function permission(request: string): string {
  if (request.includes("/service_accounts/")) return "service_account_write";
  if (request.includes("/audit/")) return "audit_logs_read";
  const anyones = request.startsWith("DELETE") ? "org_app_keys_write" : "org_app_keys_read";
  return `user_app_keys for one's own tokens, ${anyones} for anyone's`;
}
