import type { Leak } from "./organization";
import type { Random } from "./random";
import type { LeakSettings } from "./simulator";
import { timeOf } from "./timestamp";

/** A leak as Datadog comes to know of it. @throws RangeError for a time that is none. */
export function found({ detectedAt, source }: LeakSettings, random: Random, now: number): Leak {
  return {
    id: random.uuid(),
    detectedAt: timeOf("detectedAt", detectedAt ?? now),
    ...(source === undefined ? {} : { source }),
  };
}
