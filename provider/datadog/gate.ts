import { Pace } from "./pace";
import type { RateLimitHeaders } from "./rateLimitHeaders";

/** Milliseconds on the clock that all deadlines here are measured with: a monotonic one. */
export const now = (): number => performance.now();

/** Periods up to this many milliseconds are paced; a longer one is used up and then waited for. */
const LONGEST_PACED = 10_000;

/** Milliseconds to wait after a refusal that does not say how long. */
const UNTOLD_WAIT = 250;

/** Milliseconds for which the first request after a wait goes alone: its answer tells whether others may follow. */
const ALONE_FOR = 1_000;

/** Whether a request may be sent. */
export type Passage =
  | { readonly kind: "passed" }
  /** It would be past the deadline: so many milliseconds are left to wait. */
  | { readonly kind: "tooLate"; readonly wait: number };

interface Waiting {
  readonly deadline: number;
  resolve(passage: Passage): void;
}

/** Lets requests go one after the other, in the order in which they came, as one limit allows it. */
export class Gate {
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #inFlight = 0;
  #answeredAt = 0;
  #opensAt = 0;
  /** The request that goes alone, and when it was sent; undefined: none has to. */
  #first: { sentAt?: number } | undefined = {};
  /** Of a long period: how many more it takes, and when it ends. */
  #left = { count: Number.POSITIVE_INFINITY, endsAt: 0 };

  constructor(readonly pace = new Pace()) {}

  /** Resolves when a request may be sent, and counts it: {@link leave} has to follow. Or at once, when it is too late. */
  pass(deadline: number): Promise<Passage> {
    return new Promise((resolve) => {
      this.#waiting.push({ deadline, resolve });
      this.#serve();
    });
  }

  /** To be called when a request that passed has its answer, or has none. */
  leave(sentAt: number): void {
    this.#inFlight--;
    if (this.#first?.sentAt !== undefined && this.#first.sentAt <= sentAt) this.#first = undefined;
    this.#serve();
  }

  /** Learns from the headers of an answer, before {@link leave}. */
  heed({ limit, period, remaining, reset, refused }: RateLimitHeaders, sentAt: number): void {
    if (limit !== undefined && period !== undefined && period <= LONGEST_PACED) {
      this.pace.heed(now(), sentAt, limit, period, remaining);
    } else if (remaining !== undefined && reset !== undefined) {
      const others = Math.max(0, this.#inFlight - 1);
      // Answers overtake each other: of those that were on their way together, the least counts.
      const alone = others === 0 && sentAt >= this.#answeredAt;
      const atMost = alone || this.#left.endsAt <= now() ? remaining : this.#left.count;
      this.#left = { count: Math.min(remaining - others, atMost), endsAt: now() + reset };
    }
    this.#answeredAt = now();
    if (!refused) return;
    // A long period that is used up says nothing about the pace in the next.
    if (this.#left.endsAt <= now()) this.pace.slowDown(now(), sentAt);
    this.close(UNTOLD_WAIT);
  }

  /** Lets nothing pass for so many milliseconds. */
  close(wait: number): void {
    this.#opensAt = Math.max(this.#opensAt, now() + wait);
    this.#first = {};
    this.#serve();
  }

  #serve(): void {
    clearTimeout(this.#timer);
    while (this.#waiting.length > 0) {
      const time = now();
      const opensAt = this.#nextAt(time);
      if (opensAt > time) {
        const inTime = this.#waiting.filter(({ deadline }) => opensAt <= deadline);
        for (const { deadline, resolve } of this.#waiting) {
          if (opensAt > deadline) resolve({ kind: "tooLate", wait: opensAt - time });
        }
        this.#waiting = inTime;
        if (inTime.length > 0) this.#timer = setTimeout(() => this.#serve(), opensAt - time);
        return;
      }
      this.#count(time);
      this.#waiting.shift()?.resolve({ kind: "passed" });
    }
  }

  #nextAt(time: number): number {
    if (this.#left.count <= 0 && this.#left.endsAt <= time) {
      this.#left.count = Number.POSITIVE_INFINITY;
      this.#first = {};
    }
    const afterFirst = this.#first?.sentAt === undefined ? 0 : this.#first.sentAt + ALONE_FOR;
    const periodEnds = this.#left.count <= 0 ? this.#left.endsAt : 0;
    return Math.max(this.#opensAt, afterFirst, periodEnds, this.pace.nextAt());
  }

  #count(time: number): void {
    this.#inFlight++;
    this.#left.count--;
    this.pace.count(time);
    // A second one goes only when the first stayed without an answer for too long: from then on nobody waits for it.
    if (this.#first) this.#first = this.#first.sentAt === undefined ? { sentAt: time } : undefined;
  }
}
