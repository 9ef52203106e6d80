/** So many requests in each period; periods are aligned with the clock, as Datadog's are. */
export interface RateLimit {
  readonly limit: number;
  readonly periodSeconds: number;
}

/** Counts requests against a limit and words the headers that tell clients where they stand. */
export class RateLimiter {
  #period = Number.NaN;
  #taken = 0;

  constructor(private readonly rate: RateLimit) {}

  /** Counts one request. False: it is one too many. */
  take(now: number): boolean {
    const period = Math.floor(now / (this.rate.periodSeconds * 1000));
    if (period !== this.#period) {
      this.#period = period;
      this.#taken = 0;
    }
    if (this.#taken >= this.rate.limit) return false;
    this.#taken++;
    return true;
  }

  headers(now: number): Record<string, string> {
    const { limit, periodSeconds } = this.rate;
    const intoPeriod = (now / 1000) % periodSeconds;
    return {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Period": String(periodSeconds),
      "X-RateLimit-Remaining": String(limit - this.#taken),
      // Seconds until the period ends, not a time.
      "X-RateLimit-Reset": String(Math.ceil(periodSeconds - intoPeriod)),
      "X-RateLimit-Name": "access_tokens",
    };
  }
}
