import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { version } from "../../package.json";
import { afterwards } from "../support/afterwards";
import { atTheTerminal, commandsOfExample, root, type Substitution, typeAll } from "../support/documentedCommands";
import { Project } from "../support/engine";
import { simulate } from "../support/simulator";
import { newFolder, registryAccess, tarball } from "../support/userProject";

// The plugin of @pulumi/datadog is a stand-in: test/support/datadogPlugin.mts.

interface Played {
  /** What stands for the values that are the reader's own. */
  readonly values?: (simulator: Simulator, folder: string) => readonly Substitution[];
  /** What its last command prints; by then the tokens that it is about are revoked. */
  readonly prints: RegExp;
}

/** Milliseconds for installing packages and type-checking programs on a busy machine. */
const PATIENCE = 580_000;

/** The tokens that the examples are about. */
const LEAKED = "0535fac7-4642-4abe-b6fc-cf15336df559";
const OLD = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
const LONG_AGO = Date.parse("2025-01-01");

const organization = ({ organization: { id } }: Simulator): Substitution => ["<UUID of the Datadog organization>", id];
/** A person who is asked is not at hand. */
const YES: Substitution = ["pulumi up", "pulumi up --yes"];

/** Why the others are not typed here. */
const elsewhere: Record<string, string> = {
  ci: "test/engine/githubPipeline.test.ts and gitlabPipeline.slow.test.ts run their workflows",
  demo: "test/engine/readme.test.ts runs it, by npm start",
  go: "there is no language host for Go here: test/engine/examplesGo.slow.test.ts runs the program",
  ledger: "test/engine/ledger.test.ts runs it",
  python: "there is no language host for Python here: test/engine/examplesPython.slow.test.ts runs the program",
  yaml: "pulumi install links an SDK, which the host for YAML here cannot: test/engine/examplesYaml.test.ts runs the program",
  "yaml-ledger": "it needs yq: test/engine/ledgerYaml.slow.test.ts runs it",
};

const examples: Record<string, Played> = {
  basic: { values: () => [YES], prints: new RegExp(`${LEAKED}: revoked now, verified gone`) },
  // In the project that the one before has made, which keeps the rules.
  policy: { prints: /✅ datadog-revocation@v/ },
  hygiene: { values: (simulator) => [organization(simulator)], prints: /revoked now.*"forgotten"/ },
  leaked: { values: (simulator) => [organization(simulator)], prints: /revoked now.*"found-leaked"/ },
  incident: {
    values: (simulator, folder) => {
      const report = join(folder, "leaked.log");
      writeFileSync(report, `token=${simulator.addToken({ name: "in-a-log" }).value}\n`);
      return [
        organization(simulator),
        YES,
        ["<path of the file, absolute>", report],
        ["<when the leak was reported, like 2026-11-24T09:30:00Z>", new Date(Date.now() - 60_000).toISOString()],
        ["<who asked for it>", "security@example.com"],
      ];
    },
    prints: /revoked now.*"in-a-log"/,
  },
  offboarding: {
    values: (simulator) => [
      organization(simulator),
      YES,
      ["<the leaver's address in Datadog>", "ada.lovell@example.com"],
    ],
    prints: /revoked now.*"of-the-leaver"/,
  },
  rotation: {
    values: (simulator, folder) => {
      const ownerId = simulator.serviceAccounts[0]?.id ?? "";
      simulator.addToken({ id: OLD, name: "exporter", ownerId });
      return [
        YES,
        ["<UUID of the service account>", ownerId],
        ["<where the consumer reads its token, absolute>", join(folder, "token")],
        ['<the id of the token in use, which is named "exporter">', OLD],
      ];
    },
    prints: /revoked now.*"exporter"/,
  },
};

test("every example is typed, or run by another test", () => {
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const known = [...Object.keys(examples), ...Object.keys(elsewhere)];
  expect(known.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
});

let simulator: Simulator;
let folder: string;
let env: Record<string, string>;

/** A clone after `npm pack`, as far as the commands use it. */
beforeAll(async () => {
  simulator = await simulate({ tokens: 0 });
  const leaver = simulator.addUser({ name: "Ada Lovell" });
  simulator.addToken({ name: "of-the-leaver", ownerId: leaver.id });
  simulator.addToken({ id: LEAKED, name: "ci-deploy" });
  simulator.addToken({ name: "forgotten", createdAt: LONG_AGO });
  simulator.addToken({ name: "found-leaked", leak: { detectedAt: "2026-11-20T08:00:00Z" } });
  folder = newFolder();
  const clone = join(folder, "pulumi-datadog-revocation");
  mkdirSync(clone);
  cpSync(join(root, "examples"), join(clone, "examples"), { recursive: true });
  copyFileSync(tarball, join(clone, `pulumi-datadog-revocation-${version}.tgz`));
  const project = new Project(folder, { program: "", datadogPlugin: true, typeCheck: true });
  afterwards(() => project.dispose());
  const npm = { npm_config_prefer_offline: "true", npm_config_audit: "false", npm_config_fund: "false" };
  env = { ...project.env, ...registryAccess(), ...npm, DD_HOST: simulator.url };
});

test.each(Object.entries(examples))(
  "examples/%s runs as its first lines say, in a copy outside of the repository",
  async (name, { values = () => [], prints }) => {
    const commands = commandsOfExample(`examples/${name}/index.ts`);
    const token = simulator.addToken({
      name: "pulumi",
      ownerId: simulator.keyOwner.id,
      // As the token that it makes for examples/rotation: no token may make one that lives longer than itself.
      expiresAt: null,
      scopes: ["org_app_keys_read", "org_app_keys_write", "user_access_read", "service_account_write", "metrics_read"],
    }).value;
    const asks = commands.some((command) => command.startsWith("read "));
    const { code, output } = await typeAll(
      commands,
      {
        cwd: join(folder, "pulumi-datadog-revocation"),
        env: asks ? env : { ...env, DD_BEARER_TOKEN: token },
        timeout: PATIENCE,
      },
      [...(asks ? [atTheTerminal(token)] : []), ...values(simulator, folder)],
    );
    expect(`${code}\n${output}`).toMatch(/^0\n/);
    expect(output.split("\n$ ").at(-1)).toMatch(prints);
    expect(output).not.toContain(token.slice(29));
  },
  PATIENCE + 20_000,
);
