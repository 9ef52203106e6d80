import { redactTokenValues } from "../tokens/redact";

/** Characters that steer a terminal: line breaks, escapes, what turns text round or marks its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
export const STEERING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/**
 * One line of text that is safe to print, and to record: no line breaks, no terminal escapes, nothing that turns it
 * round, no token value, no half of a character, which the engine would refuse together with all that stands beside it.
 */
export function plainLine(text: string): string {
  // Redacted first: without an escape that stands in a value, the rest would not be recognised.
  return redactTokenValues(text).toWellFormed().replace(STEERING, " ").trim();
}

/** An error's message as one plain line. */
export function sentence(error: unknown): string {
  return plainLine(error instanceof Error ? error.message : String(error));
}
