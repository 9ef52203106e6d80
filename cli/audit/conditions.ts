import { DurationError, parseDuration } from "../../provider/text/durations";
import { oneOf } from "../options";
import { UsageError } from "../usageError";

const CONDITIONS = [
  "alreadyRevoked",
  "unverified",
  "slow",
  "pending",
  "failed",
  "alive",
  "usedAfterLeak",
  "usedAfterReport",
] as const;

/** What makes the command end with status 1. */
export type Condition =
  | { readonly kind: Exclude<(typeof CONDITIONS)[number], "slow"> }
  /** Took longer from report, or from when Datadog found it leaked, to revocation. */
  | { readonly kind: "slow"; readonly seconds: number; readonly text: string };

/**
 * Reads one condition of `--fail-on`.
 *
 * @throws UsageError
 */
export function readCondition(typed: string): Condition {
  const [name = "", limit] = typed.split(":", 2);
  const kind = oneOf("condition of --fail-on", name, CONDITIONS);
  if (kind !== "slow") {
    if (limit !== undefined) throw new UsageError(`--fail-on ${kind} takes no limit: write it alone.`);
    return { kind };
  }
  try {
    return { kind, seconds: parseDuration(limit ?? "") / 1000, text: limit ?? "" };
  } catch (error) {
    if (error instanceof DurationError) throw new UsageError("--fail-on slow takes a duration, like slow:24h.");
    throw error;
  }
}
