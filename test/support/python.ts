import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, has } from "./processes";

/**
 * Python with packages, installed once.
 *
 * @param requirements path of the file that names them
 * @returns the path of the interpreter
 */
export async function pythonWith(requirements: string): Promise<string> {
  const tried = tryPython(requirements);
  if (tried.lacks !== undefined) throw new Error(tried.lacks);
  return tried.python;
}

/** Python with packages, or what this machine lacks for it: Python itself, or a package in the registry. */
export function tryPython(requirements: string): { lacks?: never; python: string } | { lacks: string } {
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const venv = join(__dirname, "../../.cache/wire/python", wanted);
  if (!existsSync(venv)) {
    if (!has("python3", "-c", "import ensurepip, venv")) return { lacks: "python3 with venv" };
    // Two files of tests may want it at once: the one that is done first moves its own to where both look.
    const made = `${venv}.${process.pid}`;
    const steps = [
      ["python3", "-m", "venv", "--clear", made],
      [join(made, "bin/pip"), "install", "--quiet", "--requirement", requirements],
    ] as const;
    for (const [command, ...args] of steps) {
      const { status, error, stderr } = spawnSync(command, args, { env: cleanEnvironment(), encoding: "utf8" });
      if (status === 0) continue;
      rmSync(made, { recursive: true, force: true });
      return { lacks: `Python packages of ${requirements}:\n${error?.message ?? stderr.trim()}` };
    }
    try {
      renameSync(made, venv);
    } catch (error) {
      if (!existsSync(venv)) throw error;
      rmSync(made, { recursive: true });
    }
  }
  return { python: join(venv, "bin/python") };
}
