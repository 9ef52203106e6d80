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
const LEAST = 0.01;

/** What each second gives back where the limit is only guessed: it may be none, as some servers refuse now and then. */
const REGAINED = 0.01;
const REGROWN = 0.3;

/** Whoever used this part of the limit alone was refused for an uneven way, and not for others. */
const NEARLY_ALL = 0.95;

/** Others are there when they use this part of the limit. */
const OTHERS = 0.1;

/** Where there are, all together come to this part of the limit: each time by this power of what is missing, or less. */
const AIM = 0.94;
const STEP = 0.5;
const FASTEST = 2;
/** The share of one among others, while nobody knows how many they are; all are drawn to it a little, and so to each other. */
const USUAL = 0.1;
const DRAWN = 0.03;
/** So many answers are looked at each time, and a whole period. */
const ENOUGH = 10;

/** More than this part is left: a refusal then has nothing to do with the limit. */
const PLENTY = 0.3;

/** Requests a second that a limit is taken for, at the least, while nobody tells it. */
const LOWEST_GUESS = 10;

/**
 * When requests are due under a limit of so many in each short period. They are spread evenly, so that no window of that
 * length holds too many wherever it begins: whether Datadog counts by the clock, in a sliding window, or with a bucket
 * that fills is not known. Where others share the limit, each reads in the answers how much all together use, and changes
 * its pace by as much as that is off the mark: so they come together near the limit, and none is left without.
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
  /** What others seemed to use at the first answer: some servers never say that the whole limit is left. */
  #seemed: number | undefined;
  /** What is used of the limit, and by whom: the most that so many answers told of since then. */
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

  /** Takes the limit that the answer to a request tells. */
  heed(now: number, sentAt: number, count: number, period: number, remaining: number | undefined): void {
    // Nothing is late yet under a limit that was not known.
    if (!this.#limit) this.#dueAt = now;
    this.#limit = { count, period, guessed: false };
    this.#remaining = remaining ?? 0;
    if (remaining === undefined) return;
    // Not less than what the server had counted by then.
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

  /** Comes nearer to the mark. */
  #adjust(now: number, count: number): void {
    const { used, own, others } = this.#seen;
    this.#seen = { used: 0, own: 0, others: 0, answers: 0, since: now };
    const { part, at } = this.#share;
    if (others <= OTHERS * count) {
      this.#share = { part: Math.min(1, part * FASTEST), at };
      return;
    }
    const change = Math.min(FASTEST, ((AIM * count) / used) ** STEP);
    // Who sends less than it may gives way from what it sends.
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

  /** Whether a refusal has nothing to do with the limit that is known. */
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
