import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../freePort";
import { cleanEnvironment, runCommand } from "../processes";
import { startEmulator } from "./emulator";

const root = join(__dirname, "../../..");
const installTimeout = 1_800_000;

/** A backend of which a test knows its address alone. */
export interface Emulated {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

/** S3 as moto has it, which others wrote. */
export async function motoBackend(): Promise<Emulated> {
  const venv = join(root, ".cache/emulators/moto-5.2.5");
  await make(venv, async (made) => {
    await run("python3", "-m", "venv", made);
    const requirements = join(__dirname, "moto/requirements.txt");
    await run(join(made, "bin/python"), "-m", "pip", "install", "--quiet", "--requirement", requirements);
  });
  const port = await freePort();
  const args = ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)];
  await startEmulator(join(venv, "bin/python"), args, "Running on");
  await made(await fetch(`http://127.0.0.1:${port}/state`, { method: "PUT" }));
  return {
    url: `s3://state/team?region=us-east-1&endpoint=127.0.0.1:${port}&disableSSL=true&s3ForcePathStyle=true`,
    env: { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_EC2_METADATA_DISABLED: "true" },
  };
}

/** Google Cloud Storage as fake-gcs-server has it. */
export async function fakeGcsBackend(): Promise<Emulated> {
  const binary = join(root, ".cache/emulators/fake-gcs-server-1.56.1");
  await make(binary, async (file) => {
    const options = ["-trimpath", "-buildvcs=false", "-o", file];
    await run("go", "build", ...options, "github.com/fsouza/fake-gcs-server");
  });
  const port = await freePort();
  const at = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-public-host", `127.0.0.1:${port}`];
  await startEmulator(binary, [...at, "-backend", "memory"], "server started");
  const body = JSON.stringify({ name: "state" });
  const headers = { "Content-Type": "application/json" };
  await made(await fetch(`http://127.0.0.1:${port}/storage/v1/b`, { method: "POST", headers, body }));
  return {
    url: "gs://state/team",
    env: { STORAGE_EMULATOR_HOST: `127.0.0.1:${port}`, GOOGLE_OAUTH_ACCESS_TOKEN: "token" },
  };
}

/** Two files of tests may want it at once: the one that is done first moves its own to where both look. */
async function make(wanted: string, how: (place: string) => Promise<void>): Promise<void> {
  if (existsSync(wanted)) return;
  process.stderr.write(`Making ${wanted}: minutes, once\n`);
  mkdirSync(join(wanted, ".."), { recursive: true });
  const place = `${wanted}.${process.pid}`;
  await how(place);
  try {
    renameSync(place, wanted);
  } catch (error) {
    if (!existsSync(wanted)) throw error;
    rmSync(place, { recursive: true });
  }
}

async function run(command: string, ...args: string[]): Promise<void> {
  const env = { ...cleanEnvironment(), CGO_ENABLED: "0", GOFLAGS: "-modcacherw" };
  const options = { cwd: join(__dirname, "googleEmulator"), env, timeout: installTimeout };
  const { code, output } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit status ${code}\n${output}`);
}

async function made(answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`no bucket: ${answer.status} ${await answer.text()}`);
}
