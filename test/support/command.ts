import { join } from "node:path";
import { type CommandResult, cleanEnvironment, runCommand } from "./processes";

const cli = join(__dirname, "cli.cjs");

/**
 * Runs `pulumi-datadog-revocation` from its sources, with no credentials in its environment but those that are given.
 *
 * @param shell what the shell does with its output, e.g. `"| head"`
 */
export function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
  shell?: string,
): Promise<CommandResult> {
  const options = { cwd: __dirname, env: { ...cleanEnvironment(), ...env }, timeout: 60_000 };
  if (shell === undefined) return runCommand(process.execPath, [cli, ...args], options);
  return runCommand("sh", ["-c", `"$0" "$@" ${shell}`, process.execPath, cli, ...args], options);
}
