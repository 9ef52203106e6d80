import * as fs from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A folder in the user's cache: what takes minutes to make is made once for all clones. */
export const inUserCache = (name) =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-datadog-revocation", name);

/**
 * Makes a folder beside its place and then renames it: one that was interrupted is never taken for a whole one, and of
 * two that are made at once one stays.
 *
 * @param {(making: string) => Promise<void>} make fills the folder that it is given
 * @param {() => boolean | Promise<boolean>} isThere whether another run has put a whole one there by now
 */
export async function makeFolder(folder, make, isThere) {
  const making = `${folder}.${process.pid}`;
  try {
    await make(making);
    if (await isThere()) return;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(making, folder);
  } finally {
    fs.rmSync(making, { recursive: true, force: true });
  }
}
