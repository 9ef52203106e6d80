import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterwards } from "../afterwards";
import { freePort } from "../freePort";

const main = join(__dirname, "../../../node_modules/azurite/dist/src/blob/main.js");
const startTimeout = 60_000;

/** The account that Azurite knows, and its key, which Microsoft has published. */
export const ACCOUNT = "devstoreaccount1";
export const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Starts Microsoft's emulator of Azure Blob Storage, in memory, until the tests of the file are over. @returns its port */
export async function startAzurite(): Promise<number> {
  const port = await freePort();
  const options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
  const address = ["--blobHost", "127.0.0.1", "--blobPort", String(port)];
  const child = spawn(process.execPath, [main, ...options, ...address], { stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  afterwards(async () => {
    process.off("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => reject(new Error(`azurite ${why}: ${said}`));
    const timer = setTimeout(() => fail("did not start in time"), startTimeout);
    child.on("close", () => fail("ended"));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (!said.includes("successfully listens")) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
  return port;
}
