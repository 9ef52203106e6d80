/** A time as Datadog writes it, with nine fractional digits; so written, times sort as texts do. */
export function timestamp(milliseconds: number, nanoseconds = 0): string {
  return new Date(milliseconds).toISOString().replace("Z", `${String(nanoseconds).padStart(6, "0")}Z`);
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
