import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Simulator, SimulatorOptions } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project } from "./engine";
import type { CommandResult } from "./processes";
import { simulate } from "./simulator";

export interface ExampleOptions extends SimulatorOptions {
  /** The project's own configuration, keys without its name. */
  readonly config?: (simulator: Simulator) => Record<string, string>;
  readonly datadogPlugin?: boolean;
}

export interface Example {
  readonly project: Project;
  readonly simulator: Simulator;
}

/**
 * A project that is a copy of a folder under `examples`, as its user makes one, and a local Datadog, whose keys are in the
 * environment. Both are gone after the tests of the file.
 */
export async function createExample(
  name: string,
  { config = () => ({}), datadogPlugin = false, ...options }: ExampleOptions = {},
): Promise<Example> {
  const simulator = await simulate(options);
  const folder = join(__dirname, "../../examples", name);
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name: file }): [string, string] => [file, readFileSync(join(folder, file), "utf8")]);
  const program = Object.fromEntries(files);
  const [, namespace] = /^name: (\S+)$/m.exec(program["Pulumi.yaml"] ?? "") ?? [];
  const project = await createProject({
    program,
    config: Object.fromEntries(Object.entries(config(simulator)).map(([key, value]) => [`${namespace}:${key}`, value])),
    env: { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey },
    datadogPlugin,
  });
  return { project, simulator };
}

/** Sets the project's own configuration, by path. */
export function configure(project: Project, values: Record<string, string>): Promise<CommandResult> {
  const settings = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
  return project.run("config", "set-all", "--path", ...settings);
}
