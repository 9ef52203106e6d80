import type { Batch } from "../core/arguments";
import type { Messages } from "../core/messages";
import { now } from "../datadog/gate";
import { grouped } from "../text/counts";

/** Milliseconds between two lines of progress. */
const PAUSE = 3_000;

/** How far a batch has come in one run. */
export class BatchProgress {
  /** Tokens that are settled, in this run or before. */
  #settled = 0;
  #acts = 0;
  #startedAt = Number.NaN;
  #saidAt = Number.NaN;

  constructor(
    private readonly messages: Messages,
    private readonly batch: Batch,
  ) {}

  /** So many tokens were settled before. */
  skip(count: number): void {
    this.#settled += count;
  }

  start(): void {
    if (Number.isNaN(this.#startedAt)) this.#startedAt = this.#saidAt = now();
  }

  /** One more token is settled. */
  add(): void {
    this.#settled++;
    this.#acts++;
    if (now() - this.#saidAt < PAUSE) return;
    this.#saidAt = now();
    const { name, size } = this.batch;
    const rate = (this.#acts / (now() - this.#startedAt)) * 1000;
    const settled = Math.min(this.#settled, size);
    const left = Math.ceil((size - settled) / rate);
    void this.messages.progress(
      `${name}: ${grouped(settled)} of ${grouped(size)} tokens done, ${grouped(Math.round(rate))} a second, ` +
        `about ${left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`} left`,
    );
  }
}
