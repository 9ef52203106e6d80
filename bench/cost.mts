/** What a process took. */
export interface Cost {
  /** Seconds since it began. */
  readonly seconds: number;
  /** Seconds of the processor, its own and the system's for it. */
  readonly cpu: number;
  /** MB at the most. */
  readonly memory: number;
}

export function cost(): Cost {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { seconds: performance.now() / 1000, cpu: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 };
}
