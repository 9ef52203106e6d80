import type { DatadogClient } from "../datadog/client";

/**
 * Answers of this run. The engine asks `check` twice a run and `create` once, in one process, and owners repeat: one
 * question each.
 */
const answers = new Map<string, Promise<unknown>>();

/**
 * Asks once a run and client.
 *
 * @param failed tells of an answer that it is none: it is asked again when it is wanted again, as after a throw
 */
export function once<T>(
  client: DatadogClient,
  question: string,
  ask: () => Promise<T>,
  failed: (answer: T) => boolean,
): Promise<T> {
  const key = keyOf(client, question);
  const known = answers.get(key) as Promise<T> | undefined;
  if (known) return known;
  const answer = ask();
  answers.set(key, answer);
  const forgetFailure = (): void => void (answers.get(key) === answer && answers.delete(key));
  answer.then((value) => failed(value) && forgetFailure(), forgetFailure);
  return answer;
}

/** Whether it was asked in this run. */
export function isAnswered(client: DatadogClient, question: string): boolean {
  return answers.has(keyOf(client, question));
}

/** Keeps an answer that came another way. */
export function keepAnswer(client: DatadogClient, question: string, answer: unknown): void {
  answers.set(keyOf(client, question), Promise.resolve(answer));
}

/** To be called when the answer may hold no more. */
export function forgetAnswer(client: DatadogClient, question: string): void {
  answers.delete(keyOf(client, question));
}

function keyOf(client: DatadogClient, question: string): string {
  return `${client.apiUrl} ${question}`;
}
