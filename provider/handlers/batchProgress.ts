import type { Batch } from "../core/arguments";
import type { Messages } from "../core/messages";
import { now } from "../datadog/gate";
import { grouped } from "../text/counts";

/** Milliseconds between two lines of progress. */
const PAUSE = 3_000;

/** How far a batch has come in one run. */
export class BatchProgress {
  /** Tokens that were settled before this run, by shard. */
  readonly #before = new Map<string, number>();
  #acts = 0;
  #startedAt = Number.NaN;
  #saidAt = Number.NaN;

  constructor(
    private readonly messages: Messages,
    private readonly batch: Batch,
  ) {}

  /** So many of a shard's tokens were settled before. `check` estimates it, the act knows it. */
  settledBefore(shard: string, count: number): void {
    this.#before.set(shard, count);
  }

  start(): void {
    if (Number.isNaN(this.#startedAt)) this.#startedAt = this.#saidAt = now();
  }

  /** One more token is settled. */
  add(): void {
    this.#acts++;
    if (now() - this.#saidAt < PAUSE) return;
    this.#saidAt = now();
    const { name, size } = this.batch;
    const rate = (this.#acts / (now() - this.#startedAt)) * 1000;
    const settled = [...this.#before.values()].reduce((sum, count) => sum + count, this.#acts);
    const left = Math.ceil((size - settled) / rate);
    void this.messages.progress(
      `${name}: ${grouped(settled)} of ${grouped(size)} tokens done, ${grouped(Math.round(rate))} a second, ` +
        `about ${left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`} left`,
    );
  }
}
