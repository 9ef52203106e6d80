import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project, type ProjectOptions } from "./engine";
import type { CommandResult } from "./processes";

/**
 * A project that is a copy of a folder under `examples`, as its user makes one, with the simulator's keys in the
 * environment.
 *
 * @param config the project's own, keys without its name
 */
export function createExample(
  name: string,
  { url, apiKey, appKey }: Simulator,
  { config = {}, ...options }: Omit<ProjectOptions, "program" | "env"> = {},
): Promise<Project> {
  const folder = join(__dirname, "../../examples", name);
  const files = readdirSync(folder).map((file): [string, string] => [file, readFileSync(join(folder, file), "utf8")]);
  const program = Object.fromEntries(files);
  const [, project] = /^name: (\S+)$/m.exec(program["Pulumi.yaml"] ?? "") ?? [];
  return createProject({
    program,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value])),
    env: { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey },
    ...options,
  });
}

/** Sets the project's own configuration, by path. */
export function configure(project: Project, values: Record<string, string>): Promise<CommandResult> {
  const settings = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
  return project.run("config", "set-all", "--path", ...settings);
}
