import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../support/processes";
import { clientFor } from "../unit/provider/datadog/datadogClient";
import { type Client, KEYS, TOKEN_ID } from "./client";
import { cache, has, root } from "./machine";
import type { Recorder, WireRequest } from "./recorder";

/** A program for each of Datadog's clients, in a folder named for its language. */
const programs = join(root, "test/wire/programs");

/** Milliseconds for installing and compiling a client on a busy machine; its program needs far less. */
const TIMEOUT = 2_400_000;

const ours: Client = {
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
  requests: (recorder) => run(recorder, "curl", "sh", ["revoke.sh"]),
};

const typescript: Client = {
  name: "TypeScript",
  version: require("@datadog/datadog-api-client/package.json").version,
  how: "ran",
  // Node strips the types itself.
  requests: (recorder) => run(recorder, "typescript", process.execPath, ["revoke.mts"]),
};

const python: Client = {
  name: "Python",
  version: pinned("python/requirements.txt", /^datadog-api-client==(.*)$/m),
  how: "ran",
  lacks: has("python3", "-c", "import ensurepip, venv") ? undefined : "python3 with venv",
  async requests(recorder) {
    const venv = cache("python");
    const installed = join(venv, "installed.txt");
    const wanted = read("python/requirements.txt");
    if (!existsSync(installed) || readFileSync(installed, "utf8") !== wanted) {
      await command("python", "python3", ["-m", "venv", "--clear", venv]);
      await command("python", join(venv, "bin/pip"), ["install", "--quiet", "--requirement", "requirements.txt"]);
      writeFileSync(installed, wanted);
    }
    return run(recorder, "python", join(venv, "bin/python"), ["revoke.py"]);
  },
};

const go: Client = {
  name: "Go",
  version: pinned("go/go.mod", /datadog-api-client-go\/v2 v(\S+)/),
  how: "ran",
  lacks: has("go", "version") ? undefined : "go",
  async requests(recorder) {
    const binary = cache("go/revoke");
    announce("Go", binary);
    // Trimmed of the clone's path, what was compiled serves the machine's next clone too.
    await command("go", "go", ["build", "-trimpath", "-buildvcs=false", "-o", binary, "."], {
      GOMODCACHE: cache("go/modules"),
      // Writable, so that whoever clears .cache needs no rights that Go takes away.
      GOFLAGS: "-modcacherw",
      CGO_ENABLED: "0",
    });
    return run(recorder, "go", binary, []);
  },
};

const rust: Client = {
  name: "Rust",
  version: pinned("rust/Cargo.toml", /^datadog-api-client = \{ version = "=([^"]+)"/m),
  how: "ran",
  lacks: has("cargo", "--version") && has("cc", "--version") ? undefined : "cargo with a C compiler",
  async requests(recorder) {
    const binary = cache("rust/debug/revoke");
    announce("Rust", binary);
    const env = { CARGO_HOME: cache("cargo") };
    await command("rust", "cargo", ["build", "--quiet", "--target-dir", cache("rust")], env);
    return run(recorder, "rust", binary, []);
  },
};

const java: Client = {
  name: "Java",
  version: pinned("java/pom.xml", /<artifactId>datadog-api-client<\/artifactId>\s*<version>([^<]+)</),
  how: "ran: this release has no function for it yet, its `ApiClient` was asked for the same",
  lacks: has("mvn", "--version") && has("javac", "--version") ? undefined : "Maven with a JDK",
  requests(recorder) {
    const target = cache("java");
    announce("Java", target);
    const settings = [`-Dmaven.repo.local=${cache("maven")}`, `-Dtarget=${target}`];
    return run(recorder, "java", "mvn", ["--quiet", "--batch-mode", ...settings, "compile", "exec:java"]);
  },
};

const ruby: Client = {
  name: "Ruby",
  how: "read, and compared where Ruby runs: DataDog/datadog-api-client-ruby, `lib/datadog_api_client/v2/api/key_management_api.rb` at 25c2dc8eba9c; sent by its HTTP library, HTTParty 0.21",
  lacks: has("ruby", "--version") && has("bundle", "--version") ? undefined : "Ruby with Bundler",
  async requests(recorder) {
    const gems = cache("ruby");
    announce("Ruby", gems);
    mkdirSync(gems, { recursive: true });
    // Bundler writes its lock beside the Gemfile.
    const BUNDLE_GEMFILE = join(gems, "Gemfile");
    copyFileSync(join(programs, "ruby/Gemfile"), BUNDLE_GEMFILE);
    const env = { BUNDLE_GEMFILE, BUNDLE_PATH: gems };
    await command("ruby", "bundle", ["install", "--quiet"], env);
    return run(recorder, "ruby", "bundle", ["exec", "ruby", "revoke.rb"], env);
  },
};

/** Those that are asked in every run of the tests. */
export const quick: readonly Client[] = [ours, curl, typescript, python];

/** Those that take minutes to install and compile, the first time. */
export const slow: readonly Client[] = [go, rust, java, ruby];

function read(path: string): string {
  return readFileSync(join(programs, path), "utf8");
}

function pinned(path: string, version: RegExp): string {
  const found = version.exec(read(path))?.[1];
  if (found === undefined) throw new Error(`${path} pins no version of Datadog's client`);
  return found;
}

function announce(name: string, made: string): void {
  if (!existsSync(made)) process.stderr.write(`Installing and compiling Datadog's client for ${name}: minutes, once\n`);
}

/** Runs a program, in its folder, and gives what it sent. */
function run(
  recorder: Recorder,
  folder: string,
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<WireRequest[]> {
  return recorder.record(() =>
    command(folder, file, args, {
      ...env,
      DD_API_KEY: KEYS.apiKey,
      DD_APP_KEY: KEYS.appKey,
      TOKEN_ID,
      RECORDER: recorder.host,
      NO_PROXY: "127.0.0.1",
    }),
  );
}

async function command(
  folder: string,
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const options = { cwd: join(programs, folder), env: { ...cleanEnvironment(), ...env }, timeout: TIMEOUT };
  const { code, output } = await runCommand(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(" ")}: exit status ${code}\n${output}`);
}
