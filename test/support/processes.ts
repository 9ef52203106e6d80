import { spawn, spawnSync } from "node:child_process";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order in which they were printed, as a terminal would show them. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** The command and its process group are killed after this many milliseconds, and the promise is rejected. */
  readonly timeout: number;
  /** Kills like the timeout does, when a test wants the command dead. */
  readonly signal?: AbortSignal | undefined;
  /** Called with all that was printed so far, each time that there is more. */
  readonly watch?: ((output: string) => void) | undefined;
}

/** Runs a command to its end, without standard input. A failing exit status is a result, not an error. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, so that its children can be killed with it.
      detached: true,
    });
    const printed = { stdout: "", stderr: "", output: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        printed[stream] += text;
        printed.output += text;
        options.watch?.(printed.output);
      });
    }
    const kill = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => {
      kill();
      reject(new Error(`${command} ${args.join(" ")}: not done after ${options.timeout} ms\n${printed.output}`));
    }, options.timeout);
    options.signal?.addEventListener("abort", kill);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", kill);
      resolve({ code: code ?? 1, ...printed });
    });
  });
}

/** Milliseconds for installing and compiling on a busy machine. */
const PATIENCE = 2_400_000;

/** Runs a command that must succeed, in the tests' clean environment; what it printed. */
export async function demandCommand(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const options = { cwd, env: { ...cleanEnvironment(), ...env }, timeout: PATIENCE };
  const { code, stdout, output } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")}: exit status ${code}\n${output}`);
  return stdout;
}

/**
 * This process's environment without what a developer may have set for Pulumi and Datadog: no test may see an
 * account.
 */
export function cleanEnvironment(): Record<string, string> {
  const foreign = /^(PULUMI|DD|DATADOG|NODE|npm)_|^NODE_OPTIONS$/i;
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => !foreign.test(entry[0]));
  return Object.fromEntries(kept);
}

/** Whether the command is there and does what it is asked. */
export function has(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
