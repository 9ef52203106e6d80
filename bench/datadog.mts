import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RateLimit } from "../simulator/rateLimit.ts";

/** How a program reaches a simulator. */
export interface Access {
  readonly url: string;
  readonly apiKey: string;
  readonly appKey: string;
  /** Personal tokens. */
  readonly tokenIds: readonly string[];
}

/** What a simulator was asked, in milliseconds of its own clock. */
export interface Asked {
  readonly requests: number;
  readonly refused: number;
  readonly from: number;
  readonly to: number;
}

/** A simulator in a process of its own, so that its work is not measured. */
export interface Datadog extends Access {
  readonly env: NodeJS.ProcessEnv;
  /** Brings all tokens back, and forgets what was asked. */
  reset(): Promise<void>;
  asked(): Promise<Asked>;
  stop(): void;
}

export async function startDatadog(options: {
  tokens: number;
  latencyMs?: number;
  rateLimit?: RateLimit;
}): Promise<Datadog> {
  const child = fork(join(import.meta.dirname, "programs/simulator.mts"), [JSON.stringify(options)]);
  const ask = async <T,>(question?: string): Promise<T> => {
    if (question !== undefined) child.send(question);
    const [answer] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => Promise.reject(new Error("the simulator ended"))),
    ]);
    return answer as T;
  };
  const access = await ask<Access>();
  return {
    ...access,
    env: { DD_HOST: access.url, DD_API_KEY: access.apiKey, DD_APP_KEY: access.appKey },
    reset: () => ask("reset"),
    asked: () => ask("asked"),
    stop: () => child.kill(),
  };
}
