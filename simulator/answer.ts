import { STATUS_CODES } from "node:http";
import type { Refusal } from "./refusal";
import type { ErrorDocument } from "./wireTypes";

/** What goes back over the wire. No body: none is sent, nor a content type. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `text`: `{"errors": ["…"]}`. `object`: `{"errors": [{ status, title, detail }]}`. */
export type ErrorShape = "text" | "object";

/** Tokens are sent as JSON:API. */
export const jsonApi = (status: 200 | 201, content: object): Answer => ({
  status,
  headers: { "content-type": "application/vnd.api+json" },
  body: JSON.stringify(content),
});

/** Users and the Audit Trail are sent as plain JSON, as recorded of Datadog, although users are JSON:API too. */
export const json = (content: object): Answer => ({
  status: 200,
  headers: { "content-type": "application/json" },
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
  const errors: ErrorDocument = {
    errors: [asObject ? { status: String(status), title, detail } : `${title}: ${detail}`],
  };
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(errors) };
}
