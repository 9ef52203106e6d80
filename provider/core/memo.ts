/**
 * Answers that hold for one run. The engine asks `check` twice a run and `create` once, in one process, and owners
 * repeat: one question each.
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
