import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project } from "../engine";
import { type CommandResult, runCommand } from "../processes";
import { simulate } from "../simulator";

const root = join(__dirname, "../../..");
const commandTimeout = 150_000;

/** A repository that somebody made of a folder in `examples`, with its stacks and a local Datadog. */
export interface Repository {
  readonly simulator: Simulator;
  readonly project: Project;
  /** The run's own token by environment: that of `datadog` may revoke, that of `datadog-read` may look. */
  readonly bearerTokens: Readonly<Record<string, SimulatedToken>>;
  /** Commits a ledger that lists these tokens. */
  list(tokenIds: readonly string[]): void;
  /** A fresh copy of what is committed, as every job gets it. */
  checkOut(): string;
  /** Runs a script as the CI system's runner does, with nothing in its environment but this and the machine's own. */
  run(script: string, folder: string, env: Record<string, string>): Promise<CommandResult>;
  /** The DELETEs that Datadog got since the last call, as their status. */
  deletes(): (number | null)[];
}

/**
 * @param example the folder
 * @param commands scripts that stand in for commands which need the CI system or a registry, by name
 */
export async function createRepository(
  example: "ci/github" | "ci/gitlab" | "leaked",
  commands: Record<string, string> = {},
): Promise<Repository> {
  const source = join(root, "examples", example);
  const simulator = await simulate({ seed: 7 });
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1));
  const project = await createProject({
    program: Object.fromEntries(files.map((file) => [file, readFileSync(join(source, file), "utf8")])),
    // What the folder's first comment says to set.
    config: example === "leaked" ? { "sweep-leaked-tokens:organizationId": simulator.organization.id } : {},
    env: { DD_HOST: simulator.url },
  });
  const base = dirname(project.folder);
  const bin = join(base, "bin");
  mkdirSync(bin);
  const standIns = {
    // What it would install is found further up already, but for the commands.
    npm: `[ "$*" = "ci --ignore-scripts" ] && mkdir node_modules && ln -s '${root}/node_modules/.bin' node_modules/.bin`,
    ...commands,
  };
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  project.env.PATH = [bin, project.env.PATH].join(delimiter);
  const run = (script: string, folder: string, env: Record<string, string>) =>
    runCommand("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...project.env, ...env },
      timeout: commandTimeout,
    });
  if (existsSync(join(project.folder, "sweep"))) {
    const { code, output } = await run("pulumi stack init test", join(project.folder, "sweep"), {});
    if (code !== 0) throw new Error(output);
  }

  const ownerId = simulator.serviceAccounts[0]?.id as string;
  const bearerToken = (...scopes: string[]) => simulator.addToken({ name: "pipeline", ownerId, scopes });
  let jobs = 0;
  let read = 0;
  return {
    simulator,
    project,
    bearerTokens: {
      datadog: bearerToken("org_app_keys_read", "user_access_read", "org_app_keys_write"),
      "datadog-read": bearerToken("org_app_keys_read", "user_access_read"),
    },
    list: (tokenIds) => {
      const entries = tokenIds.map((tokenId) => `  - tokenId: ${tokenId}\n    reason: leaked\n    ticket: SEC-1\n`);
      const empty = readFileSync(join(source, "revocations.yaml"), "utf8");
      project.write({ "revocations.yaml": empty + entries.join("") });
    },
    checkOut: () => {
      const folder = join(base, `job-${++jobs}`);
      cpSync(project.folder, folder, { recursive: true });
      return folder;
    },
    run,
    deletes: () => {
      const requests = simulator.requests(read);
      read += requests.length;
      return requests.filter(({ method }) => method === "DELETE").map(({ status }) => status);
    },
  };
}
