import { spawn } from "node:child_process";
import { progress } from "./progress.mjs";

/** A failure whose message says all there is to say; printed without a stack. */
export class SetupError extends Error {}

/**
 * Runs a command to its end without showing what it prints, unless it fails.
 *
 * @param {string} what what it is for, in words: shown while it runs long, and when it fails
 * @param {(line: string) => void} onLine gets each line as it is printed
 */
export function quietly(what, command, args, { cwd, env, detail, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const waiting = progress(what, detail);
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (text) => {
      output += text;
      if (onLine) for (const line of text.split("\n")) if (line) onLine(line);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const fail = (how) => {
      waiting.done();
      const tail = output.trimEnd().split("\n").slice(-40).join("\n");
      reject(new SetupError(`${what}: \`${[command, ...args].join(" ")}\` ${how}\n${tail}`));
    };
    child.on("error", (error) => fail(`did not start: ${error.message}`));
    child.on("close", (code, signal) => {
      if (code !== 0) return fail(signal ? `was ended by ${signal}` : `failed with exit status ${code}`);
      waiting.done();
      resolve();
    });
  });
}

/** Runs a command that talks to the user itself, and gives its exit status. */
export function openly(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "inherit" });
    // Ctrl-C reaches the whole process group: the child decides how to end, this process only waits for it.
    const wait = () => {};
    process.on("SIGINT", wait);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      resolve(signal ? 1 : code);
    });
  });
}

/** Runs the whole of an entry script: its result is the exit status; a SetupError is printed as its message alone. */
export async function entry(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
