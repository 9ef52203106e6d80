const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** Milliseconds: a thousand years. What is longer is a slip, or beyond exact numbers. */
const LONGEST = 365_000 * 86_400_000;

/** Says why a text is no duration, in words that follow its name. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

/**
 * Reads a duration like `"90d"`.
 *
 * @returns milliseconds
 * @throws DurationError
 */
export function parseDuration(text: string): number {
  const [, amount, unit = ""] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (amount === undefined) {
    throw new DurationError('is not a duration: write a whole number and s, m, h, d or w, like "90d"');
  }
  const duration = Number(amount) * (UNITS[unit] as number);
  if (duration > LONGEST) throw new DurationError("is longer than a thousand years");
  return duration;
}

/** Milliseconds in their largest whole unit up to days: `"36h"` is `"1d"`. */
export function inWords(milliseconds: number): string {
  const unit = ["d", "h", "m"].find((unit) => milliseconds >= (UNITS[unit] as number)) ?? "s";
  return `${Math.floor(Math.max(0, milliseconds) / (UNITS[unit] as number))}${unit}`;
}

/** How long ago a time was, in the same words. */
export function ageOf(time: string): string {
  return inWords(Date.now() - Date.parse(time));
}
