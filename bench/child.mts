import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * Runs a program of `bench/programs` in a process of its own.
 *
 * @param input handed to it as JSON on its standard input: an argument could not be long enough
 * @returns the JSON on the last line that it prints
 */
export async function runProgram<T>(name: string, input: object): Promise<T> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "programs", name)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(input));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  if (code !== 0) throw new Error(`${name} ended with exit status ${code}`);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}
