import type { DatadogClient } from "../datadog/client";
import type { Messages } from "./messages";
import type { Recorded } from "./records";

/**
 * Answers that hold for one run, which asks the same several times: `check`, `create`, and each of many tokens its owner.
 */
export class Memo {
  readonly #answers = new Map<string, Promise<unknown>>();

  /**
   * @param ask called unless there is an answer already
   * @param isFailure true for an answer that must not be kept; one that throws never is
   */
  ask<T>(question: string, ask: () => Promise<T>, isFailure: (answer: T) => boolean = () => false): Promise<T> {
    const known = this.#answers.get(question) as Promise<T> | undefined;
    if (known) return known;
    const answer = ask();
    this.#answers.set(question, answer);
    const drop = (): void => {
      if (this.#answers.get(question) === answer) this.#answers.delete(question);
    };
    answer.then((value) => isFailure(value) && drop(), drop);
    return answer;
  }

  has(question: string): boolean {
    return this.#answers.has(question);
  }

  /** Keeps an answer that came another way. */
  keep(question: string, answer: unknown): void {
    this.#answers.set(question, Promise.resolve(answer));
  }

  /** For an answer that may hold no more. */
  drop(question: string): void {
    this.#answers.delete(question);
  }
}

/** Datadog as the credentials of one run reach it, and all that the run has seen and done there. */
export class Session {
  /** What Datadog said. */
  readonly memo = new Memo();
  /** What was revoked, by token id. */
  readonly done = new Map<string, Promise<Recorded>>();
  /** Owners of whom it was asked what they are called. */
  readonly ownersAsked = new Set<string>();
  /** How many of many tokens were looked up one by one. */
  lookedUpSingly = 0;
  /** Tokens in a row that Datadog gave no answer for. */
  unanswered = 0;

  /**
   * @param client of the one site and the one pair of credentials that a run has
   * @param requireEngine called before each of many acts: throws or ends the process when nobody could record them
   */
  constructor(
    readonly client: DatadogClient,
    readonly messages: Messages,
    readonly requireEngine: () => Promise<void> = async () => {},
  ) {}
}
