import { setTimeout as sleep } from "node:timers/promises";

/** What the clock that all deadlines here are measured with says: one that nobody can set back. */
export const now = (): number => performance.now();

/** A server's nonsense must not stop a run for longer than this many milliseconds. */
const LONGEST_WAIT = 10 * 60_000;

/** "Come back in 0 seconds" is no leave to hammer. */
const SHORTEST_WAIT = 250;

/**
 * The gate that every request of a process passes: when Datadog says wait, everybody waits.
 *
 * @see https://docs.datadoghq.com/api/latest/rate-limits/
 */
export class RateLimit {
  #opensAt = 0;

  /**
   * Resolves when a request may be sent.
   *
   * @returns 0; or, at once, the milliseconds that are left to wait when that would be past the deadline
   */
  async pass(deadline: number): Promise<number> {
    for (let wait = this.#opensAt - now(); wait > 0; wait = this.#opensAt - now()) {
      if (now() + wait > deadline) return wait;
      await sleep(wait);
    }
    return 0;
  }

  /**
   * Heeds what an answer says of the limit.
   *
   * @returns whether a refused request knows now when to come back
   */
  heed(status: number, headers: Headers): boolean {
    const used = status === 429 || headers.get("X-RateLimit-Remaining") === "0";
    const wait = used ? seconds(headers.get("X-RateLimit-Reset")) : undefined;
    const retryAfter = status === 429 || status === 503 ? seconds(headers.get("Retry-After")) : undefined;
    if (wait === undefined && retryAfter === undefined) return false;
    this.#opensAt = Math.max(this.#opensAt, now() + Math.max(wait ?? 0, retryAfter ?? 0, SHORTEST_WAIT));
    return true;
  }
}

/** A header's whole seconds, or an HTTP date's distance, in milliseconds; undefined for none and for nonsense. */
function seconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds >= 0 && milliseconds <= LONGEST_WAIT ? milliseconds : undefined;
}
