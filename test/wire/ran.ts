import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../support/processes";
import { clientFor } from "../unit/provider/datadog/datadogClient";
import { type Client, KEYS, TOKEN_ID } from "./client";
import { cache, has, root } from "./machine";
import type { Recorder, WireRequest } from "./recorder";

const programs = join(root, "test/wire/programs");
const program = (name: string) => readFileSync(join(programs, name), "utf8");
const pinned = (file: string, version: RegExp) => version.exec(program(file))?.[1] ?? "";

/** Milliseconds for an installation on a busy machine; a program needs far less. */
const TIMEOUT = 450_000;

export const ours: Client = {
  name: "this package",
  how: "ran",
  requests(recorder) {
    const client = clientFor(`http://${recorder.host}`, { credentials: KEYS });
    return recorder.record(() => client.revokeToken({ tokenId: TOKEN_ID }));
  },
};

const curl: Client = {
  name: "curl",
  how: "ran",
  lacks: has("curl", "--version") ? undefined : "curl",
  requests: (recorder) => run(recorder, "sh", ["revoke.sh"]),
};

const typescript: Client = {
  name: "TypeScript",
  version: require("@datadog/datadog-api-client/package.json").version,
  how: "ran",
  // Node strips the types itself.
  requests: (recorder) => run(recorder, process.execPath, ["revoke.mts"]),
};

const python: Client = {
  name: "Python",
  version: pinned("requirements.txt", /^datadog-api-client==(.*)$/m),
  how: "ran",
  lacks: has("python3", "-c", "import ensurepip, venv") ? undefined : "python3 with venv",
  async requests(recorder) {
    const venv = cache("python");
    const installed = join(venv, "installed.txt");
    const wanted = program("requirements.txt");
    if (!existsSync(installed) || readFileSync(installed, "utf8") !== wanted) {
      await command("python3", ["-m", "venv", "--clear", venv]);
      await command(join(venv, "bin/pip"), ["install", "--quiet", "--requirement", "requirements.txt"]);
      writeFileSync(installed, wanted);
    }
    return run(recorder, join(venv, "bin/python"), ["revoke.py"]);
  },
};

const go: Client = {
  name: "Go",
  version: pinned("go.mod", /datadog-api-client-go\/v2 v(\S+)/),
  how: "ran",
  lacks: has("go", "version") ? undefined : "go",
  async requests(recorder) {
    const binary = cache("go/revoke");
    if (!existsSync(binary)) process.stderr.write("Compiling Datadog's client for Go: some minutes, once\n");
    // Trimmed of the clone's path, what was compiled serves the machine's next clone too.
    await command("go", ["build", "-trimpath", "-buildvcs=false", "-o", binary, "."], {
      GOMODCACHE: cache("go/modules"),
      // Writable, so that whoever clears .cache needs no rights that Go takes away.
      GOFLAGS: "-modcacherw",
      CGO_ENABLED: "0",
    });
    return run(recorder, binary, []);
  },
};

/** Those of the page that run here, as the page has them. */
export const ran: readonly Client[] = [curl, typescript, python, go];

/**
 * The page's programs, as they are run here but for what only points them at the recorder.
 *
 * The page's Python and TypeScript name the argument as the clients of spring 2026 did; it goes into the path only.
 */
export function pageProgram(name: string): string {
  const ownLines = /^.*\/\/ not on the page\n|^.*# not on the page\n/gm;
  return program(name)
    .replace(ownLines, "")
    .replace(/^curl.*http:\/\/\$\{RECORDER\}/, '"https://api.us5.datadoghq.com')
    .replace("{ serverIndex: 1 }", "")
    .replace("token_id=PERSONAL", "pat_id=PERSONAL")
    .replace("tokenId: PERSONAL", "patId: PERSONAL");
}

function run(recorder: Recorder, file: string, args: readonly string[]): Promise<WireRequest[]> {
  return recorder.record(() =>
    command(file, args, {
      DD_API_KEY: KEYS.apiKey,
      DD_APP_KEY: KEYS.appKey,
      PERSONAL_ACCESS_TOKEN_DATA_ID: TOKEN_ID,
      token_id: TOKEN_ID,
      RECORDER: recorder.host,
      NO_PROXY: "127.0.0.1",
    }),
  );
}

async function command(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const options = { cwd: programs, env: { ...cleanEnvironment(), ...env }, timeout: TIMEOUT };
  const { code, output } = await runCommand(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(" ")}: exit status ${code}\n${output}`);
}
