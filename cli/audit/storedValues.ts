import { redactTokenValues } from "../../provider/tokens/redact";

/** An object in state. Its values are unchecked: they may have any shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** How Pulumi marks a secret in what it stores. */
const SECRET = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

export function isSecret(value: unknown): boolean {
  return isObject(value) && value[SECRET[0]] === SECRET[1];
}

/** Text that others wrote, without token values; null for anything else. A secret is never opened. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return redactTokenValues(value);
  return isSecret(value) ? "(secret)" : null;
}

/** An RFC 3339 time; null for anything else, also for what only JavaScript takes for a time. */
export function timeOf(value: unknown): string | null {
  const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value);
  return isTime && !Number.isNaN(Date.parse(value)) ? value : null;
}

/** Milliseconds since 1970; NaN for what is no time. */
export function timeAt(value: unknown): number {
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Those elements of a list that are objects; none of what is no list. */
export function objects(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
