import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import datadogPackage from "@pulumi/datadog/package.json";
import { afterwards } from "./afterwards";
import { type Face, face, keyOfPlugin, withPlugin } from "./face";
import { type CommandOptions, type CommandResult, cleanEnvironment, runCommand } from "./processes";

const root = join(__dirname, "../..");
/** Beneath the repository, so that a program finds `@pulumi/pulumi` and the packed package in its node_modules. */
const projects = join(root, ".cache/projects");
const commandTimeout = 240_000;
const stack = "test";

export interface ProjectOptions {
  /**
   * The text of `index.ts`, or the project's files by path; a `Pulumi.yaml` and a `package.json` among them are kept. A
   * program in YAML is what `yamlProgram` makes.
   */
  readonly program: string | Record<string, string>;
  /** The stack's configuration, key with namespace; `{ secret }` is stored encrypted. */
  readonly config?: Record<string, string | { readonly secret: string }>;
  /** Added to the environment of every command. */
  readonly env?: Record<string, string>;
  /** Whether the project has a plugin for `@pulumi/datadog`: a stand-in, which needs `DD_HOST` and keys in `env`. */
  readonly datadogPlugin?: boolean;
  /** Whether programs are type-checked before they run, as users' are; the check takes seconds. Default false. */
  readonly typeCheck?: boolean;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: string[];
}

/** What became of a token, as state has it. */
export interface Row {
  readonly tokenId: string;
  readonly outcome?: string;
  readonly status?: string;
  readonly verifiedAt?: string;
  readonly snapshot?: { readonly name: string };
  readonly message?: string;
}

/** What `pulumi stack export` prints. */
export interface State {
  readonly version: number;
  readonly deployment: { readonly resources?: StateResource[]; readonly pending_operations?: unknown[] };
}

/** The processes of an `up`: the CLI itself, the provider's, and the one that the language host runs the program in. */
export type Role = "engine" | "host" | "program";

/** Whether they can be told apart: by /proc, which not every system has. */
export const processesAreSeen = existsSync("/proc/self/cwd");

/** How their command lines look; arguments end with NUL. */
const COMMANDS: Record<Role, RegExp> = {
  engine: /^([^\0]*\/)?pulumi\0/,
  host: /dynamic-provider|\.cache\/plugin\//,
  program: /@pulumi\/pulumi\/cmd\/run(\/index\.js)?\0/,
};

/** A run of the CLI that is not over yet. */
export interface FollowedRun {
  readonly result: Promise<CommandResult>;
  /** Waits for a text; rejected when the run ends without. */
  printed(text: string): Promise<void>;
  /** What Ctrl-C does at a terminal: a signal to the CLI's process group. */
  interrupt(): void;
}

/** An entry of `pulumi stack history --json`, newest first. */
export interface HistoryEntry {
  readonly kind: string;
  readonly result: string;
  readonly message: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly environment: Record<string, string>;
  readonly resourceChanges?: Record<string, number>;
}

/**
 * Makes a user's project of its own, with its own backend, home and stack, in which the real CLI runs. It is gone after
 * the tests of the file.
 *
 *     const project = await createProject({ program: `import { TokenRevocation } from "pulumi-datadog-revocation"; …` });
 *     const { code, output } = await project.up();
 */
export async function createProject(options: ProjectOptions): Promise<Project> {
  mkdirSync(projects, { recursive: true });
  const folder = mkdtempSync(join(projects, "project-"));
  const project = new Project(folder, options);
  afterwards(() => project.dispose());
  await project.initialize(options.config ?? {});
  return project;
}

export class Project {
  /** Where the program's files are. */
  readonly folder: string;
  /** The environment of the next commands; a test may change it in between. */
  readonly env: Record<string, string>;
  private face: Face = face;
  /** The program's files as they are with the package, by path. */
  private readonly files: Record<string, string> = {};
  private readonly base: string;
  private readonly backend: string;
  private readonly home: string;

  constructor(base: string, options: ProjectOptions) {
    this.base = base;
    this.folder = join(base, "program");
    this.backend = join(base, "backend");
    this.home = join(base, "home");
    mkdirSync(this.folder);
    mkdirSync(this.backend);
    provideLanguageHosts(this.home);
    if (options.datadogPlugin) {
      installPlugin(
        this.home,
        `resource-datadog-v${datadogPackage.version}/pulumi-resource-datadog`,
        process.execPath,
        join(__dirname, "datadogPlugin.mts"),
      );
    }
    this.write({
      "Pulumi.yaml": "name: project\nruntime: nodejs\n",
      // Ends the scope of the repository's own package.json, whose name the program would get otherwise.
      "package.json": JSON.stringify({ private: true }),
      ...(typeof options.program === "string" ? { "index.ts": options.program } : options.program),
    });
    this.env = {
      ...cleanEnvironment(),
      PATH: searchPath(),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
      PULUMI_HOME: this.home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Most of what a run takes is Node compiling the SDK, for the program and once more for the provider.
      NODE_COMPILE_CACHE: join(root, ".cache/compiled"),
      ...(options.typeCheck ? {} : { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
      ...options.env,
    };
  }

  /** Makes the stack. */
  async initialize(config: NonNullable<ProjectOptions["config"]>): Promise<void> {
    await this.succeed("stack", "init", stack);
    const settings = Object.entries(config).flatMap(([key, value]) =>
      typeof value === "string" ? ["--plaintext", `${key}=${value}`] : ["--secret", `${key}=${value.secret}`],
    );
    if (settings.length > 0) await this.succeed("config", "set-all", ...settings);
  }

  /** Writes files of the project, by path. */
  write(files: Record<string, string>): void {
    Object.assign(this.files, files);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), this.face === "plugin" ? withPlugin(path, text) : text);
    }
  }

  /** Makes of the program's resources the other ones. The plugin stays at hand: state may hold resources of it. */
  turnTo(face: Face): void {
    this.face = face;
    const { "Pulumi.yaml": project = "", ...program } = this.files;
    this.write(face === "plugin" ? { ...program, "Pulumi.yaml": project } : program);
  }

  setProgram(text: string): void {
    this.write({ "index.ts": text });
  }

  preview(...args: string[]): Promise<CommandResult> {
    return this.run("preview", ...args);
  }

  /** `pulumi up`, which previews first, like a user's; `--skip-preview` saves that time. */
  up(...args: string[]): Promise<CommandResult> {
    return this.run("up", "--yes", ...args);
  }

  refresh(...args: string[]): Promise<CommandResult> {
    return this.run("refresh", ...(args.includes("--preview-only") ? [] : ["--yes"]), ...args);
  }

  destroy(...args: string[]): Promise<CommandResult> {
    return this.run("destroy", "--yes", ...args);
  }

  /** Any command of the CLI, on this project's stack. */
  run(...args: string[]): Promise<CommandResult> {
    return this.runUntil(undefined, ...args);
  }

  /** The same, killed as soon as `signal` aborts; as after any kill of the engine, the provider's process lives on. */
  runUntil(signal: AbortSignal | undefined, ...args: string[]): Promise<CommandResult> {
    return this.command(args, { signal });
  }

  /** The same, for a test that follows what it prints. */
  follow(...args: string[]): FollowedRun {
    let output = "";
    let look = (): void => {};
    const watch = (printed: string): void => {
      output = printed;
      look();
    };
    const result = this.command(args, { watch });
    return {
      result,
      printed: (text) =>
        new Promise((resolve, reject) => {
          look = () => output.includes(text) && resolve();
          look();
          result.then(() => reject(new Error(`ended without ${JSON.stringify(text)}:\n${output}`)), reject);
        }),
      interrupt: () => {
        for (const pid of this.processes("engine")) process.kill(-pid, "SIGINT");
      },
    };
  }

  async state(): Promise<State> {
    return JSON.parse((await this.succeed("stack", "export")).stdout);
  }

  /** The resources of the stack's state whose type ends so, `":TokenRevocation"` for example. */
  async resources(typeEnding: string): Promise<StateResource[]> {
    const { deployment } = await this.state();
    return (deployment.resources ?? []).filter((resource) => resource.type.endsWith(typeEnding));
  }

  /** What became of each token, in all resources together, sorted by token id. */
  async recorded(): Promise<{ records: Row[]; failures: Row[] }> {
    const outputs = (await this.resources("")).flatMap(({ type, outputs = {} }) =>
      /\bdatadog-revocation:(index:)?Token(Revocation|RevocationShard|Sweep)$/.test(type) ? [outputs] : [],
    );
    const singles = outputs.filter(({ outcome }) => outcome !== undefined) as unknown as Row[];
    const listed = (name: string) => outputs.flatMap((each) => (each[name] ?? []) as Row[]);
    const sorted = (rows: Row[]) => rows.sort((one, other) => (one.tokenId < other.tokenId ? -1 : 1));
    return { records: sorted([...singles, ...listed("records")]), failures: sorted(listed("failures")) };
  }

  async history(): Promise<HistoryEntry[]> {
    return JSON.parse((await this.succeed("stack", "history", "--json")).stdout);
  }

  /** Every byte that Pulumi has stored for this project (state, history, configuration, plans), to search for secrets. */
  stateText(): string {
    const stored = [...filesIn(this.backend), ...filesIn(this.home)];
    const besideProgram = filesIn(this.folder).filter((file) => !file.endsWith(".ts"));
    return [...stored, ...besideProgram].map((file) => readFileSync(file, "utf8")).join("\n");
  }

  /** Where the backend keeps the state of the stack. */
  get stateFolder(): string {
    return join(this.backend, ".pulumi/stacks/project");
  }

  /** The processes of a run of the CLI that live by now; none where the system has no /proc. */
  processes(role: Role): number[] {
    return processesIn(this.base).filter((pid) => COMMANDS[role].test(commandOf(pid)));
  }

  /** Whether the process lives in which the engine, or one that was killed, runs the provider. */
  providerLives(): boolean {
    return this.processes("host").length > 0;
  }

  /** Removes the project, and ends what a killed engine has left running there. */
  async dispose(): Promise<void> {
    for (const pid of processesIn(this.base)) process.kill(pid, "SIGKILL");
    rmSync(this.base, { recursive: true, force: true });
  }

  private command(args: readonly string[], more: Partial<CommandOptions>): Promise<CommandResult> {
    const options = { cwd: this.folder, env: this.env, timeout: commandTimeout, ...more };
    const given = this.face === "plugin" ? args.map(keyOfPlugin) : args;
    return runCommand("pulumi", [...given, "--non-interactive", "--color", "never"], options);
  }

  private async succeed(...args: string[]): Promise<CommandResult> {
    const result = await this.run(...args);
    if (result.code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${result.output}`);
    return result;
  }
}

/** The processes whose working directory lies in `folder`; none where the system has no /proc. */
function processesIn(folder: string): number[] {
  if (!processesAreSeen) return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${folder}/`);
    } catch {
      // It has ended, or is another user's.
      return false;
    }
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Where the engine finds what it starts: `node` is the one that runs the tests. */
function searchPath(): string {
  return [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
}

/** Gives the engine the language hosts that it came without, as one does that was built from its Go module. */
function provideLanguageHosts(home: string): void {
  const folders = searchPath().split(delimiter);
  const engine = folders.map((folder) => join(folder, "pulumi")).find(existsSync);
  if (!engine) throw new Error("no pulumi on PATH: run the tests with `npm test`");
  const name = "pulumi-language-nodejs";
  const places = [dirname(realpathSync(engine)), ...folders];
  if (!places.some((folder) => existsSync(join(folder, name)))) {
    installPlugin(home, `language-nodejs-v0.0.1/${name}`, process.execPath, join(__dirname, "languageHost.mts"));
  }
  const yamlHost = process.env.TEST_YAML_HOST;
  if (yamlHost) installPlugin(home, "language-yaml-v0.0.1/pulumi-language-yaml", yamlHost);
}

/** Puts a command where the engine looks for plugins that were installed; of one on PATH it warns at every run. */
function installPlugin(home: string, path: string, ...command: string[]): void {
  const file = join(home, "plugins", path);
  mkdirSync(dirname(file), { recursive: true });
  const quoted = command.map((word) => `'${word}'`).join(" ");
  writeFileSync(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
}
