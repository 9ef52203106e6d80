/** Milliseconds. A longer wait is not believed: a broken server must not stop a run. */
const LONGEST_WAIT = 10 * 60_000;

/** Milliseconds. "Come back in 0 seconds" does not allow hammering. */
const SHORTEST_WAIT = 250;

/** What an answer says of the limit. Undefined: nothing, or nonsense. Times are in milliseconds. */
export interface RateLimitHeaders {
  /** Whose limit it is: endpoints may have limits of their own. */
  readonly name: string | undefined;
  /** How many requests a period takes, and how long it is. */
  readonly limit: number | undefined;
  readonly period: number | undefined;
  /** How many more this period takes, and when it ends. */
  readonly remaining: number | undefined;
  readonly reset: number | undefined;
  /** Whether the request was one too many. */
  readonly refused: boolean;
  /** How long nothing may be sent. */
  readonly comeBackIn: number | undefined;
}

/** @see https://docs.datadoghq.com/api/latest/rate-limits/ */
export function readRateLimit({ status, headers }: Response): RateLimitHeaders {
  const refused = status === 429;
  const reset = milliseconds(headers.get("X-RateLimit-Reset"));
  const retryAfter = refused || status === 503 ? milliseconds(headers.get("Retry-After")) : undefined;
  const waits = [retryAfter, refused ? reset : undefined].filter((wait) => wait !== undefined);
  return {
    name: headers.get("X-RateLimit-Name") ?? undefined,
    limit: positive(count(headers.get("X-RateLimit-Limit"))),
    period: positive(milliseconds(headers.get("X-RateLimit-Period"))),
    remaining: count(headers.get("X-RateLimit-Remaining")),
    reset: reset === undefined ? undefined : Math.max(reset, SHORTEST_WAIT),
    refused,
    comeBackIn: waits.length === 0 ? undefined : Math.max(...waits, SHORTEST_WAIT),
  };
}

function count(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}

/** A header's whole seconds, or an HTTP date's distance. */
function milliseconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const distance = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return distance >= 0 && distance <= LONGEST_WAIT ? distance : undefined;
}

function positive(number: number | undefined): number | undefined {
  return number === 0 ? undefined : number;
}
