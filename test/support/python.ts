import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { demandCommand } from "./processes";

/**
 * Python with packages, installed once.
 *
 * @param requirements path of the file that names them
 * @returns the path of the interpreter
 */
export async function pythonWith(requirements: string): Promise<string> {
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const venv = join(__dirname, "../../.cache/wire/python", wanted);
  if (!existsSync(venv)) {
    // Two files of tests may want it at once: the one that is done first moves its own to where both look.
    const made = `${venv}.${process.pid}`;
    await demandCommand("python3", ["-m", "venv", "--clear", made]);
    await demandCommand(join(made, "bin/pip"), ["install", "--quiet", "--requirement", requirements]);
    try {
      renameSync(made, venv);
    } catch (error) {
      if (!existsSync(venv)) throw error;
      rmSync(made, { recursive: true });
    }
  }
  return join(venv, "bin/python");
}
