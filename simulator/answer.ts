import { STATUS_CODES } from "node:http";
import type { ErrorAnswer } from "../provider/datadog/schemas";
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
 * Datadog has two error shapes, each at some endpoints. Unless one is asked for, what a gateway would refuse (401, 403,
 * 405, 429) comes as text and the rest as objects, so that a client meets both.
 */
export function refused(refusal: Refusal, shape?: ErrorShape): Answer {
  const { status, detail } = refusal;
  const asObject = shape === undefined ? status === 400 || status === 404 : shape === "object";
  const title = STATUS_CODES[status] ?? "Error";
  const errors: ErrorAnswer = {
    errors: [asObject ? { status: String(status), title, detail } : `${title}: ${detail}`],
  };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(errors) };
}
