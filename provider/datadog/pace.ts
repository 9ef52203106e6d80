/** A period is taken for so much longer than Datadog says: requests do not arrive as evenly as they are sent. */
const MARGIN = 1.01;
const MORE_MARGIN = 0.01;
const LARGEST_MARGIN = 1.05;

/** The part of a period that may be caught up on after a pause or a stall, and how much faster that goes. */
const CATCH_UP = 0.75;
const AMONG_OTHERS = 0.1;
const HURRY = 2;

/** Timers know whole milliseconds: what is due more often than this goes in small bursts. */
const FINEST = 4;

/** What a refusal leaves of the pace where others share the limit. */
const CUT = 0.8;
const LEAST = 0.02;

/** What each period gives back: a part of the limit, and a part of the pace itself. */
const REGAINED = 0.01;
const REGROWN = 0.05;
/** A limit that is only guessed may be none: some servers refuse now and then for other reasons. */
const REGROWN_OF_A_GUESS = 0.3;

/** Others are there when this part of the limit is used by them; with less than the other part left, one brakes. */
const OTHERS = 0.05;
const SCARCE = 0.3;
const BRAKED = 0.3;

/** Requests a second that a limit is taken for, at the least, while nobody tells it. */
const LOWEST_GUESS = 10;

/**
 * When requests are due under a limit of so many in each short period. They are spread evenly, so that no window of that
 * length holds too many wherever it begins: whether Datadog counts by the clock, in a sliding window, or with a bucket
 * that fills is not known. Where others share the limit, a refusal slows down at once and speed comes back slowly, so
 * that all come together near the limit, and none is left without.
 *
 * All times are milliseconds of one clock.
 */
export class Pace {
  /** When requests were sent, the latest last; as many as one period can hold. */
  #sent: number[];
  /** Undefined: no limit is known, and none was felt. */
  #limit: { readonly count: number; readonly period: number; readonly guessed: boolean } | undefined;
  /** The part of the limit that is used, and when it was set. */
  #share = { part: 1, at: 0 };
  /** What the limit takes still, as the last answer told it. */
  #remaining = 0;
  /** Below 1 while others use the limit up. */
  #brake = 1;
  #margin = MARGIN;
  /** When the next request is due at an even pace, and the earliest that it may go when it is late. */
  #dueAt = 0;
  #hurriedAt = 0;
  /** What may be caught up on, as a part of the period. */
  #catchUp = CATCH_UP;

  /** @param sent what was sent before, and may count against this limit */
  constructor(sent: readonly number[] = []) {
    this.#sent = [...sent];
  }

  /** The same history, for another limit. */
  branch(): Pace {
    return new Pace(this.#sent);
  }

  /** When the next request may be sent. */
  nextAt(): number {
    if (!this.#limit) return 0;
    const { count, period } = this.#limit;
    const oldest = this.#sent.at(-count);
    const inPeriod = oldest === undefined ? 0 : oldest + period * this.#margin;
    return Math.max(this.#dueAt, this.#hurriedAt, inPeriod);
  }

  /** Counts a request that is sent now. */
  count(now: number): void {
    const { count, period } = this.#limit ?? { count: 1_000, period: 0 };
    this.#sent.push(now);
    if (this.#sent.length > 2 * count) this.#sent = this.#sent.slice(-count);
    const share = this.#shareAt(now);
    const interval = (period * this.#margin) / count / (share * this.#brake);
    const catchUp = share < 1 ? Math.min(AMONG_OTHERS, this.#catchUp) : this.#catchUp;
    this.#dueAt = Math.max(this.#dueAt, now - period * catchUp) + interval;
    this.#hurriedAt = interval < FINEST ? now : now + interval / HURRY;
  }

  /** Takes the limit that Datadog tells. */
  heed(now: number, count: number, period: number, remaining: number | undefined): void {
    // Nothing is late yet under a limit that was not known.
    if (!this.#limit) this.#dueAt = now;
    this.#limit = { count, period, guessed: false };
    this.#remaining = remaining ?? 0;
    if (remaining === undefined) return;
    const others = count - remaining - this.#sentSince(now - period);
    const scarce = this.#shareAt(now) < 1 && others > OTHERS * count && remaining < SCARCE * count;
    this.#brake = scarce ? Math.max(BRAKED, remaining / (SCARCE * count)) : 1;
  }

  /** Slows down after a refusal: once for all requests that were on their way by then. */
  slowDown(now: number, sentAt: number): void {
    if (sentAt < this.#share.at || this.#isPlentyLeft()) return;
    this.#limit ??= { count: Math.max(this.#sentSince(now - 1_000), LOWEST_GUESS), period: 1_000, guessed: true };
    const { count, period, guessed } = this.#limit;
    const used = guessed ? 1 : this.#sentSince(now - period) / count;
    if (!guessed && used > 1 - OTHERS) {
      this.#margin = Math.min(this.#margin + MORE_MARGIN, LARGEST_MARGIN);
      this.#catchUp /= 2;
      this.#share = { part: this.#shareAt(now), at: now };
    } else {
      this.#share = { part: Math.max(LEAST, Math.min(this.#shareAt(now), used) * CUT), at: now };
    }
  }

  /** Whether a refusal has nothing to do with the limit that is known. */
  #isPlentyLeft(): boolean {
    return this.#limit !== undefined && !this.#limit.guessed && this.#remaining > SCARCE * this.#limit.count;
  }

  #shareAt(now: number): number {
    const { part, at } = this.#share;
    if (!this.#limit) return part;
    const regrown = this.#limit.guessed ? REGROWN_OF_A_GUESS : REGROWN;
    const grown = part + ((REGAINED + regrown * part) * (now - at)) / this.#limit.period;
    return this.#limit.guessed ? grown : Math.min(1, grown);
  }

  #sentSince(time: number): number {
    return this.#sent.length - 1 - this.#sent.findLastIndex((sent) => sent <= time);
  }
}
