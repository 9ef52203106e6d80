import { hostname } from "node:os";
import * as v from "valibot";
import type { Lock } from "./stackSource";

/** @see https://github.com/pulumi/pulumi/blob/master/pkg/backend/diy/lock.go */
const LockFile = v.object({ pid: v.number(), username: v.string(), hostname: v.string(), timestamp: v.string() });

/** What a lock's file says; undefined for one that a run on this machine left which is not running any more. */
export function toLock(value: unknown): Lock | undefined {
  const parsed = v.safeParse(LockFile, value);
  if (!parsed.success) return { by: null, since: null };
  const { pid, username, hostname: host, timestamp } = parsed.output;
  if (host === hostname() && !isRunning(pid)) return undefined;
  return { by: `${username}@${host}, process ${pid}`, since: timestamp };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
