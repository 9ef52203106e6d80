import { STATUS_CODES } from "node:http";
import type { ErrorAnswer } from "../provider/datadog/answers";
import type { Refusal } from "./refusal";

/** What goes back over the wire. No body: none is sent, nor a content type. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `text`: `{"errors": ["…"]}`. `object`: `{"errors": [{ status, title, detail }]}`. */
export type ErrorShape = "text" | "object";

export const data = (status: 200 | 201, content: unknown): Answer => ({
  status,
  headers: { "content-type": "application/vnd.api+json" },
  body: JSON.stringify(content),
});

export const noContent: Answer = { status: 204 };

/**
 * Datadog has two error shapes. For these endpoints it documents text, which is all that its Go client can parse;
 * validation (400) answers with objects, so that a client of the simulator meets both. `shape` makes all alike.
 */
export function refused(refusal: Refusal, shape?: ErrorShape): Answer {
  const { status, detail } = refusal;
  const asObject = shape === undefined ? status === 400 : shape === "object";
  const title = STATUS_CODES[status] ?? "Error";
  const errors: ErrorAnswer = {
    errors: [asObject ? { status: String(status), title, detail } : `${title}: ${detail}`],
  };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(errors) };
}
