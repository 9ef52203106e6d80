/** How a server may count requests against its limit: Datadog does not say how it does. Times are in milliseconds. */
export interface Counting {
  /** Counts a request, if it is not one too many. */
  take(time: number): boolean;
  remaining(): number;
  /** Until a refused request may come back. */
  reset(time: number): number;
}

/** By periods that begin so long after the clock's. */
export function periods(limit: number, period: number, offset = 0): Counting {
  let current = Number.NaN;
  let taken = 0;
  return {
    take(time) {
      const number = Math.floor((time - offset) / period);
      if (number !== current) taken = 0;
      current = number;
      return taken < limit && ++taken > 0;
    },
    remaining: () => limit - taken,
    reset: (time) => (current + 1) * period + offset - time,
  };
}

/** By what came in the last period, seen from each moment. */
export function slidingWindow(limit: number, period: number): Counting {
  let taken: number[] = [];
  return {
    take(time) {
      taken = taken.filter((at) => at > time - period);
      return taken.length < limit && taken.push(time) > 0;
    },
    remaining: () => limit - taken.length,
    reset: (time) => (taken[0] ?? time) + period - time,
  };
}

/** By a bucket of tokens that fills evenly, and holds no more than so many. */
export function bucket(limit: number, period: number, capacity = limit): Counting {
  let tokens = capacity;
  let at = 0;
  return {
    take(time) {
      tokens = Math.min(capacity, tokens + ((time - at) * limit) / period);
      at = time;
      return tokens >= 1 && tokens-- > 0;
    },
    remaining: () => Math.floor(tokens),
    reset: () => (tokens >= 1 ? 0 : ((1 - tokens) * period) / limit),
  };
}
