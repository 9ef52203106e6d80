import { redactTokenValues } from "./tokenIds";

/** Characters that steer a terminal: line breaks, escapes, what turns text round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
export const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** One line of text that is safe to print: no line breaks, no terminal escapes, nothing that turns it round, no token value. */
export function plainLine(text: string): string {
  return redactTokenValues(text.replace(STEERING, " ").trim());
}

/** An error's message as one plain line. */
export function sentence(error: unknown): string {
  return plainLine(error instanceof Error ? error.message : String(error));
}
