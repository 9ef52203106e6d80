import { Gate, now } from "./gate";
import { type RateLimitHeaders, readRateLimit } from "./rateLimitHeaders";

/** The answer to a request, and what it says of the limit; or that it was not sent. */
export type Sent =
  | { readonly kind: "answered"; readonly response: Response; readonly limit: RateLimitHeaders }
  | { readonly kind: "tooLate"; readonly wait: number };

/**
 * What every request of a process goes through: when Datadog says wait, everybody waits. Endpoints whose answers name
 * different limits do not wait for each other.
 *
 * @see https://docs.datadoghq.com/api/latest/rate-limits/
 */
export class RateLimit {
  /** Of the limit that was named first, and of all that is not named. */
  readonly #common = new Gate();
  readonly #byName = new Map<string, Gate>();
  readonly #byEndpoint = new Map<string, Gate>();

  /**
   * Sends a request when the limit allows it, and heeds what the answer says.
   *
   * @param endpoint method and path without ids: its requests have one limit
   * @throws what `request` throws
   */
  async send(endpoint: string, deadline: number, request: () => Promise<Response>): Promise<Sent> {
    const gate = this.#byEndpoint.get(endpoint) ?? this.#common;
    const passage = await gate.pass(deadline);
    if (passage.kind === "tooLate") return passage;
    const sentAt = now();
    try {
      const response = await request();
      const limit = readRateLimit(response);
      this.#heed(this.#gateOf(endpoint, limit.name), limit, sentAt);
      return { kind: "answered", response, limit };
    } finally {
      gate.leave(sentAt);
    }
  }

  #gateOf(endpoint: string, name: string | undefined): Gate {
    if (name === undefined) return this.#byEndpoint.get(endpoint) ?? this.#common;
    const first = this.#byName.size === 0 ? this.#common : undefined;
    const gate = this.#byName.get(name) ?? first ?? new Gate(this.#common.pace.branch());
    this.#byName.set(name, gate);
    this.#byEndpoint.set(endpoint, gate);
    return gate;
  }

  #heed(gate: Gate, limit: RateLimitHeaders, sentAt: number): void {
    gate.heed(limit, sentAt);
    if (limit.comeBackIn === undefined) return;
    // Whose limit it is that a proxy speaks of is not known.
    const closed = limit.name === undefined ? [this.#common, ...this.#byName.values()] : [gate];
    for (const each of closed) each.close(limit.comeBackIn);
  }
}
