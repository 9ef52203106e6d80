import type { Fault, FaultHandle, FaultMatcher, LatencyFault, PartialFault } from "./fault";

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What is in store for one request. */
export interface Fate {
  readonly latencyMs: number;
  readonly fault?: ReplacingFault | PartialFault;
}

/** Faults after which the client sees nothing of an answer. */
export type ReplacingFault = Exclude<Fault, LatencyFault | PartialFault>;

interface Entry {
  readonly matcher: FaultMatcher;
  readonly fault: Fault;
  left: number;
  hits: number;
}

/** The faults that were asked for and are not used up, in the order in which they were asked for. */
export class FaultQueue {
  readonly #entries = new Set<Entry>();

  add(matcher: FaultMatcher, fault: Fault): FaultHandle {
    const entry: Entry = { matcher, fault, left: matcher.times ?? 1, hits: 0 };
    this.#entries.add(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.#entries.delete(entry);
      },
    };
  }

  /** All latencies that match add up; of the other faults the first that matches is used. */
  take(target: FaultTarget): Fate {
    let latencyMs = 0;
    let fault: Fate["fault"];
    for (const entry of this.#entries) {
      const isLatency = entry.fault.kind === "latency";
      if ((!isLatency && fault !== undefined) || !matches(entry.matcher, target)) continue;
      if (entry.fault.kind === "latency") latencyMs += entry.fault.ms;
      else fault = entry.fault;
      entry.hits++;
      entry.left--;
      if (entry.left <= 0) this.#entries.delete(entry);
    }
    return fault === undefined ? { latencyMs } : { latencyMs, fault };
  }
}

function matches({ method, path, query = {} }: FaultMatcher, target: FaultTarget): boolean {
  if (method !== undefined && method.toUpperCase() !== target.method) return false;
  if (typeof path === "string" && path !== target.path) return false;
  // `search` ignores the pattern's own position, which a `g` flag would move from call to call.
  if (path instanceof RegExp && target.path.search(path) === -1) return false;
  return Object.entries(query).every(([name, value]) => target.query.get(name) === value);
}
