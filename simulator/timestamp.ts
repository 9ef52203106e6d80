/** A time as Datadog keeps it, with six fractional digits; so written, times sort as texts do. */
export function timestamp(milliseconds: number, microseconds = 0): string {
  return new Date(milliseconds).toISOString().replace("Z", `${String(microseconds).padStart(3, "0")}Z`);
}

/** The same time without the zeros at the end of its fraction, as Datadog writes `expires_at`. */
export function trimmed(time: string): string {
  return time.replace(/(\.\d*?)0*Z$/, "$1Z").replace(".Z", "Z");
}

/** A time that a setting gives. @throws RangeError when it is none. */
export function timeOf(setting: string, time: string | number): string {
  const milliseconds = typeof time === "number" ? time : Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new RangeError(`${setting} must be a time`);
  return timestamp(milliseconds);
}

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since 1970; undefined for what is no RFC 3339, or no time of the calendar's: `Date.parse` takes 30 February. */
export function readRfc3339(text: string): number | undefined {
  const [time, seconds = ""] = RFC_3339.exec(text.toUpperCase()) ?? [];
  if (time === undefined) return undefined;
  const there = new Date(`${seconds}Z`);
  const exists = !Number.isNaN(there.getTime()) && there.toISOString().startsWith(seconds);
  return exists ? Date.parse(time) : undefined;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
