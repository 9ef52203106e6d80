import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { demandCommand, has } from "../support/processes";
import { pythonWith } from "../support/python";
import { clientFor } from "../unit/provider/datadog/datadogClient";
import { record, type WireRequest } from "./recorder";

export const root = join(__dirname, "../..");

/** What all revoke, and with which credentials. */
export const TOKEN_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
export const KEYS = {
  kind: "keys",
  apiKey: "d41d8cd98f00b204e9800998ecf8427e",
  appKey: "9a0364b9e99bb480dd25e1f0284c8555da39a3ee",
} as const;

/** Something that revokes a token: this project's client, or one of Datadog's. */
export interface Client {
  readonly name: string;
  /** Absent where it is not pinned: whatever the machine has, or this repository itself. */
  readonly version?: string;
  /** How its request was learned, for docs/wire.md. */
  readonly how: string;
  /** What the machine lacks to run it. */
  readonly lacks?: string | false;
  /** What it sends to revoke the token of the tests, once. */
  requests(): Promise<WireRequest[]>;
}

/** A program for each of Datadog's clients, in a folder named for its language. */
const programs = join(root, "test/wire/programs");

const ours: Client = {
  name: "this package",
  how: "ran",
  requests: () => record((url) => clientFor(url, { credentials: KEYS }).revokeToken({ tokenId: TOKEN_ID })),
};

const curl: Client = {
  name: "curl",
  how: "ran",
  lacks: !has("curl", "--version") && "curl",
  requests: () => run("curl", "sh", ["revoke.sh"]),
};

export const typescript: Client = {
  name: "TypeScript",
  version: require("@datadog/datadog-api-client/package.json").version,
  how: "ran",
  // Node strips the types itself.
  requests: () => run("typescript", process.execPath, ["revoke.mts"]),
};

export const python: Client = {
  name: "Python",
  version: pinned("python/requirements.txt", /^datadog-api-client==(.*)$/m),
  how: "ran",
  lacks: !has("python3", "-c", "import ensurepip, venv") && "python3 with venv",
  async requests() {
    return run("python", await installPython(), ["revoke.py"]);
  },
};

/** Datadog's client for Python; the interpreter that has it. */
export function installPython(): Promise<string> {
  return pythonWith(join(programs, "python/requirements.txt"));
}

export const go: Client = {
  name: "Go",
  version: pinned("go/go.mod", /datadog-api-client-go\/v2 v(\S+)/),
  how: "ran",
  lacks: !has("go", "version") && "go",
  async requests() {
    return run("go", await compileGo("revoke", "."), []);
  },
};

/** A program of `programs/go`, compiled. */
export async function compileGo(name: string, folder: string): Promise<string> {
  const binary = cache(`go/${name}`);
  announce("Go", binary);
  // Trimmed of the clone's path, what was compiled serves the machine's next clone too.
  await command("go", "go", ["build", "-trimpath", "-buildvcs=false", "-o", binary, folder], {
    GOMODCACHE: cache("go/modules"),
    // Writable, so that whoever clears .cache needs no rights that Go takes away.
    GOFLAGS: "-modcacherw",
    CGO_ENABLED: "0",
  });
  return binary;
}

export const rust: Client = {
  name: "Rust",
  version: pinned("rust/Cargo.toml", /^datadog-api-client = \{ version = "=([^"]+)"/m),
  how: "ran",
  lacks: !(has("cargo", "--version") && has("cc", "--version")) && "cargo with a C compiler",
  async requests() {
    return run("rust", await compileRust("revoke"), []);
  },
};

/** A program of `programs/rust`, compiled. */
export async function compileRust(name: string): Promise<string> {
  const target = cache("rust");
  const binary = join(target, "debug", name);
  announce("Rust", binary);
  const env = { CARGO_HOME: cache("cargo") };
  await command("rust", "cargo", ["build", "--quiet", "--bin", name, "--target-dir", target], env);
  return binary;
}

const java: Client = {
  name: "Java",
  version: pinned("java/pom.xml", /<artifactId>datadog-api-client<\/artifactId>\s*<version>([^<]+)</),
  how: "ran: this release has no function for it yet, its `ApiClient` was asked for the same",
  lacks: !(has("mvn", "--version") && has("javac", "--version")) && "Maven with a JDK",
  requests() {
    const target = cache("java");
    announce("Java", target);
    const settings = [`-Dmaven.repo.local=${cache("maven")}`, `-Dtarget=${target}`];
    return run("java", "mvn", ["--quiet", "--batch-mode", ...settings, "compile", "exec:java"]);
  },
};

const ruby: Client = {
  name: "Ruby",
  how: "read, and compared where Ruby runs: DataDog/datadog-api-client-ruby, `lib/datadog_api_client/v2/api/key_management_api.rb` at 25c2dc8eba9c; sent by its HTTP library, HTTParty 0.21",
  lacks: !(has("ruby", "--version") && has("bundle", "--version")) && "Ruby with Bundler",
  async requests() {
    const gems = cache("ruby");
    announce("Ruby", gems);
    mkdirSync(gems, { recursive: true });
    // Bundler writes its lock beside the Gemfile.
    const BUNDLE_GEMFILE = join(gems, "Gemfile");
    copyFileSync(join(programs, "ruby/Gemfile"), BUNDLE_GEMFILE);
    const env = { BUNDLE_GEMFILE, BUNDLE_PATH: gems };
    await command("ruby", "bundle", ["install", "--quiet"], env);
    return run("ruby", "bundle", ["exec", "ruby", "revoke.rb"], env);
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
function run(folder: string, file: string, args: readonly string[], more: Record<string, string> = {}) {
  const { apiKey: DD_API_KEY, appKey: DD_APP_KEY } = KEYS;
  const env = { ...more, DD_API_KEY, DD_APP_KEY, TOKEN_ID, NO_PROXY: "127.0.0.1" };
  return record((url) => command(folder, file, args, { ...env, RECORDER: new URL(url).host }));
}

/** Runs a command in a language's folder; what it printed. */
export function command(
  folder: string,
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  return demandCommand(file, args, { cwd: join(programs, folder), env });
}

/** What the clients need, installed once. */
function cache(path: string): string {
  return join(root, ".cache/wire", path);
}
