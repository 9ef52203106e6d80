interface Timer {
  readonly at: number;
  readonly run: () => void;
}

const real = { setTimeout, clearTimeout, now: performance.now };

/** When all that waits for no timer has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Milliseconds pass only when a test turns it: minutes in a blink (jest's takes ten times as long), always the same. */
export class Clock {
  #time = 0;
  /** The next one first. */
  #timers: Timer[] = [];

  /** Takes the place of the process's clock, until {@link remove}. */
  constructor() {
    const start = (run: () => void, wait = 0): Timer => {
      const timer = { at: this.#time + wait, run };
      this.#timers.splice(this.#timers.findLastIndex(({ at }) => at <= timer.at) + 1, 0, timer);
      return timer;
    };
    globalThis.setTimeout = start as never;
    globalThis.clearTimeout = (timer: unknown) => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
    performance.now = () => this.#time;
  }

  remove(): void {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    performance.now = real.now;
  }

  /** Turns it so far, or until the work is done. */
  async turn(milliseconds: number, isDone = () => false): Promise<void> {
    const end = this.#time + milliseconds;
    for (await settled(); !isDone() && (this.#timers[0]?.at ?? Number.POSITIVE_INFINITY) <= end; await settled()) {
      const { at, run } = this.#timers.shift() as Timer;
      this.#time = Math.max(this.#time, at);
      run();
    }
    if (!isDone()) this.#time = end;
  }
}
