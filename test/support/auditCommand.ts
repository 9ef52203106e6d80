import { join } from "node:path";
import type { Project } from "./engine";
import { type CommandResult, runCommand } from "./processes";

const command = join(__dirname, "../../node_modules/pulumi-datadog-revocation/dist/cli/main.js");

/** Runs `pulumi-datadog-revocation audit` in a project's folder, as whoever has no passphrase. */
export function audit({ folder, env }: Pick<Project, "folder" | "env">, ...args: string[]): Promise<CommandResult> {
  const { PULUMI_CONFIG_PASSPHRASE: _, ...rest } = env;
  return runCommand(process.execPath, [command, "audit", ...args], { cwd: folder, env: rest, timeout: 180_000 });
}
