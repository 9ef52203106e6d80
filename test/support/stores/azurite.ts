import { join } from "node:path";
import { freePort } from "../freePort";
import { startEmulator } from "./emulator";

const main = join(__dirname, "../../../node_modules/azurite/dist/src/blob/main.js");

/** The account that Azurite knows, and its key, which Microsoft has published. */
export const ACCOUNT = "devstoreaccount1";
export const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Starts Microsoft's emulator of Azure Blob Storage, in memory, until the tests of the file are over. @returns its port */
export async function startAzurite(): Promise<number> {
  const port = await freePort();
  const options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
  const address = ["--blobHost", "127.0.0.1", "--blobPort", String(port)];
  await startEmulator(process.execPath, [main, ...options, ...address], "successfully listens");
  return port;
}
