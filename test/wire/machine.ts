import { spawnSync } from "node:child_process";
import { join } from "node:path";

export const root = join(__dirname, "../..");

/** What the clients need, installed once. */
export const cache = (path: string): string => join(root, ".cache/wire", path);

/** Whether the command is there and does what it is asked. */
export function has(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
