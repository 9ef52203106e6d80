import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { devDependencies } from "../../package.json";
import { afterwards } from "./afterwards";
import { Project, type ProjectOptions } from "./engine";
import { type CommandResult, cleanEnvironment, runCommand } from "./processes";

const root = join(__dirname, "../..");
/** The tarball of the last build. */
export const tarball = join(root, ".cache/package/pulumi-datadog-revocation.tgz");

/** What users install, in the versions that the repository has itself, so that one download serves both. */
export const versions = {
  "@pulumi/pulumi": devDependencies["@pulumi/pulumi"],
  "pulumi-datadog-revocation": `file:${tarball}`,
  "@types/node": devDependencies["@types/node"],
  typescript: devDependencies.typescript,
};

/** A new folder outside of the repository: nothing in it finds the repository's node_modules. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), "pulumi-datadog-revocation-"));

/** A user's project in `<base>/program`, with everything that `install` puts there. */
export async function createUserProject(
  base: string,
  options: ProjectOptions,
  install: (folder: string) => Promise<unknown>,
): Promise<Project> {
  mkdirSync(base, { recursive: true });
  const project = new Project(base, options);
  afterwards(() => project.dispose());
  await install(project.folder);
  await project.initialize(options.config ?? {});
  return project;
}

/** `npm install`, which asks the registry only for what npm's cache does not have. */
export const npmInstall = (folder: string, ...args: string[]) =>
  succeed(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", ...args);

export const pnpmInstall = (folder: string) =>
  succeed(folder, join(root, "node_modules/.bin/pnpm"), "install", "--prefer-offline");

/** Runs a command in a user's folder, on the Node that runs the tests. A failing exit status is a result. */
export function runIn(folder: string, command: string, ...args: string[]): Promise<CommandResult> {
  const folders = [join(folder, "node_modules/.bin"), dirname(process.execPath), process.env.PATH ?? ""];
  const env = { ...cleanEnvironment(), ...registryAccess(), PATH: folders.join(delimiter) };
  return runCommand(command, args, { cwd: folder, env, timeout: 400_000 });
}

async function succeed(folder: string, command: string, ...args: string[]): Promise<CommandResult> {
  const result = await runIn(folder, command, ...args);
  if (result.code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${result.output}`);
  return result;
}

/** How this machine reaches the registry, where that takes more than the internet. */
export function registryAccess(): Record<string, string> {
  const needed = /^NODE_EXTRA_CA_CERTS$|^npm_config_(registry|cafile|cache|(https?_)?proxy|noproxy)$/i;
  const isNeeded = (entry: [string, string | undefined]): entry is [string, string] => needed.test(entry[0]);
  return Object.fromEntries(Object.entries(process.env).filter(isNeeded));
}
