/** Each period counts as this much longer than Datadog says: requests do not arrive as evenly as they are sent. */
const MARGIN = 1.01;
const MORE_MARGIN = 0.01;
const LARGEST_MARGIN = 1.05;

/** After a pause, this part of a period may be caught up on, and this much faster than usual. */
const CATCH_UP = 0.75;
const AMONG_OTHERS = 0.1;
const HURRY = 2;

/** Timers count whole milliseconds: requests that are due more often than this go in small bursts. */
const FINEST = 4;

/** Where others share the limit, a refusal cuts the pace to this part, and never below the least. */
const CUT = 0.8;
const LEAST = 0.01;

/** A guessed limit recovers by this much each second: there may be no limit, since some servers refuse now and then. */
const REGAINED = 0.01;
const REGROWN = 0.3;

/** A process that used this part of the limit by itself was refused for uneven arrival, not because of others. */
const NEARLY_ALL = 0.95;

/** Others share the limit when they use this part of it. */
const OTHERS = 0.1;

/** Where others share it, all aim at this part of the limit together, and correct by this power of the error, or less. */
const AIM = 0.94;
const STEP = 0.5;
const FASTEST = 2;
/** The first share among an unknown number of others. All move a little towards it, and so towards each other. */
const USUAL = 0.1;
const DRAWN = 0.03;
/** Each correction looks at so many answers, and at a whole period. */
const ENOUGH = 10;

/** When more than this part of the limit is left, a refusal has another cause. */
const PLENTY = 0.3;

/** The lowest guess of an unknown limit, in requests a second. */
const LOWEST_GUESS = 10;

/**
 * When requests are due under a limit of so many in each short period. They are spread evenly, so that no window of that
 * length holds too many, wherever it begins: it is not known whether Datadog counts by the clock, in a sliding window or
 * with a bucket. Where others share the limit, each process reads from the answers how much all of them use, and corrects
 * its own pace: together they stay just below the limit, and none gets nothing.
 *
 * All times are milliseconds of one clock.
 */
export class Pace {
  /** When requests were sent, the latest last; as many as one period can hold. */
  #sent: number[];
  /** Undefined: no limit is known, and no request was refused. */
  #limit: { readonly count: number; readonly period: number; readonly guessed: boolean } | undefined;
  /** The part of the limit that is used, and when it was set. */
  #share = { part: 1, at: 0 };
  /** What is left of the limit, by the last answer. */
  #remaining = 0;
  /** What others seemed to use at the first answer: some servers never report the whole limit as left. */
  #seemed: number | undefined;
  /** The highest use of the limit, in all and by whom, in so many answers since then. */
  #seen = { used: 0, own: 0, others: 0, answers: 0, since: 0 };
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
    const interval = (period * this.#margin) / count / share;
    const catchUp = share < 1 ? Math.min(AMONG_OTHERS, this.#catchUp) : this.#catchUp;
    this.#dueAt = Math.max(this.#dueAt, now - period * catchUp) + interval;
    this.#hurriedAt = interval < FINEST ? now : now + interval / HURRY;
  }

  /** Learns the limit from the answer to a request. */
  heed(now: number, sentAt: number, count: number, period: number, remaining: number | undefined): void {
    // Under a limit that was unknown until now, no request is late.
    if (!this.#limit) this.#dueAt = now;
    this.#limit = { count, period, guessed: false };
    this.#remaining = remaining ?? 0;
    if (remaining === undefined) return;
    // At least as many as the server had counted by then.
    const own = this.#sentSince(sentAt - period);
    const others = count - remaining - own;
    this.#seemed ??= Math.max(0, others);
    if (this.#share.part === 1 && others - this.#seemed > OTHERS * count) {
      this.#share = { ...this.#share, part: USUAL };
    }
    const seen = this.#seen;
    seen.used = Math.max(seen.used, own + others);
    seen.own = Math.max(seen.own, own);
    seen.others = Math.max(seen.others, others);
    if (++seen.answers >= ENOUGH && now - seen.since >= period) this.#adjust(now, count);
  }

  /** Corrects the share. */
  #adjust(now: number, count: number): void {
    const { used, own, others } = this.#seen;
    this.#seen = { used: 0, own: 0, others: 0, answers: 0, since: now };
    const { part, at } = this.#share;
    if (others <= OTHERS * count) {
      this.#share = { part: Math.min(1, part * FASTEST), at };
      return;
    }
    const change = Math.min(FASTEST, ((AIM * count) / used) ** STEP);
    // A process that sends less than it may is cut from what it sends.
    const from = change < 1 ? Math.min(part, own / count) : part;
    const to = from ** (1 - DRAWN) * USUAL ** DRAWN * change;
    this.#share = { part: Math.min(1, Math.max(LEAST, to)), at };
  }

  /** Slows down after a refusal: once for all requests that were on their way by then. */
  slowDown(now: number, sentAt: number): void {
    if (sentAt < this.#share.at || this.#isPlentyLeft()) return;
    this.#limit ??= { count: Math.max(this.#sentSince(now - 1_000), LOWEST_GUESS), period: 1_000, guessed: true };
    const { count, period, guessed } = this.#limit;
    const used = guessed ? 1 : this.#sentSince(now - period) / count;
    if (!guessed && used > NEARLY_ALL) {
      this.#margin = Math.min(this.#margin + MORE_MARGIN, LARGEST_MARGIN);
      this.#catchUp /= 2;
      this.#share = { part: this.#shareAt(now), at: now };
    } else {
      this.#share = { part: Math.max(LEAST, Math.min(this.#shareAt(now), used) * CUT), at: now };
    }
  }

  /** Whether so much is left that a refusal has another cause. */
  #isPlentyLeft(): boolean {
    return this.#limit !== undefined && !this.#limit.guessed && this.#remaining > PLENTY * this.#limit.count;
  }

  #shareAt(now: number): number {
    const { part, at } = this.#share;
    if (!this.#limit?.guessed) return part;
    return part + ((REGAINED + REGROWN * part) * (now - at)) / this.#limit.period;
  }

  #sentSince(time: number): number {
    return this.#sent.length - 1 - this.#sent.findLastIndex((sent) => sent <= time);
  }
}
