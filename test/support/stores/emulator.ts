import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterwards } from "../afterwards";
import { cleanEnvironment } from "../processes";

const startTimeout = 60_000;

/** Starts a server in a process of its own, until the tests of the file are over. @param ready what it prints then */
export async function startEmulator(command: string, args: readonly string[], ready: string): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: cleanEnvironment() });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  afterwards(async () => {
    process.off("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    kill();
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => reject(new Error(`${command} ${args.join(" ")} ${why}: ${said}`));
    const timer = setTimeout(() => fail("did not start in time"), startTimeout);
    child.on("error", ({ message }) => fail(message));
    child.on("close", () => {
      clearTimeout(timer);
      fail("ended");
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (!said.includes(ready)) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
}
