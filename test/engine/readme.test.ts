import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterwards } from "../support/afterwards";
import { AnimatedPicture } from "../support/animatedPicture";
import {
  atTheTerminal,
  codeBlocks,
  commandsIn,
  root,
  type Substitution,
  textOf,
  trackedFiles,
  typeAll,
} from "../support/documentedCommands";
import { Project } from "../support/engine";
import { cleanEnvironment } from "../support/processes";
import { simulate } from "../support/simulator";
import { newFolder, registryAccess } from "../support/userProject";

/** Installing and compiling in a clone, and the demo: minutes on a busy machine. */
const PATIENCE = 900_000;

/** A repository of the files as they are now, so that a change is tested before it is committed. */
function repositoryIn(folder: string): string {
  for (const file of trackedFiles()) cpSync(join(root, file), join(folder, file));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env: cleanEnvironment(), stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all", "--force");
  git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Everything");
  return folder;
}

/** Every command of the README, in order; a program in TypeScript is written into the index.ts of the folder it stands in. */
function commandsOfReadme(): string[] {
  return codeBlocks(textOf("README.md")).flatMap(({ language, text }) => {
    if (language === "sh") return commandsIn(text);
    return language === "ts" ? [`cat > index.ts <<'END'\n${text}END`] : [];
  });
}

test(
  "the README's commands, typed in order in an empty folder, run the demo, make a project, and revoke its token",
  async () => {
    const simulator = await simulate();
    const token = simulator.addToken({ name: "ci-deploy" });
    const actor = simulator.addToken({
      name: "pulumi",
      ownerId: simulator.keyOwner.id,
      scopes: ["org_app_keys_read", "org_app_keys_write", "user_access_read"],
    });
    const folder = newFolder();
    const project = new Project(folder, { program: "", typeCheck: true });
    afterwards(() => project.dispose());
    const empty = join(folder, "empty");
    mkdirSync(empty);
    // A home that holds nothing but what npm has downloaded before.
    const env = {
      ...project.env,
      ...registryAccess(),
      HOME: join(folder, "user"),
      npm_config_cache: npmCache(),
      npm_config_prefer_offline: "true",
    };
    const substitutions: Substitution[] = [
      ["<this repository>", repositoryIn(join(folder, "repository"))],
      ["0535fac7-4642-4abe-b6fc-cf15336df559", token.id],
      ["export DD_SITE=datadoghq.com", `export DD_HOST=${simulator.url}`],
      atTheTerminal(actor.value),
    ];
    const { code, output } = await typeAll(
      commandsOfReadme(),
      { cwd: empty, env, timeout: PATIENCE - 20_000 },
      substitutions,
    );
    expect(`${code}\n${output}`).toMatch(/^0\n/);
    expect(output).toContain(`${token.id}: revoked now, verified gone: "ci-deploy"`);
    expect(simulator.find(token.id)?.revokedAt).toBeDefined();
    expect(output).not.toContain(actor.value.slice(29));

    // The demo, which `npm start` ran.
    expect(output).not.toMatch(/\bat .*\.(js|ts|mts|mjs):\d/);
    expect(recordedRows().filter((row) => !neutral(output).includes(row))).toEqual([]);
    const page = join(empty, "pulumi-datadog-revocation/.cache/demo/audit.html");
    expect(existsSync(page) && readFileSync(page, "utf8")).toContain("<title>");
  },
  PATIENCE,
);

/** Where npm keeps its downloads on this machine. */
function npmCache(): string {
  return execFileSync("npm", ["config", "get", "cache"], { cwd: root, encoding: "utf8" }).trim();
}

/** What the README's recording shows up to the audit, whose table depends on the width: else `npm run recording`. */
function recordedRows(): string[] {
  const rows = new AnimatedPicture(textOf("docs/demo.svg")).rows();
  const audit = rows.findIndex((row) => row.includes("Audit:"));
  expect(audit).toBeGreaterThan(0);
  return rows.slice(0, audit).map(neutral);
}

/** On one line, as a terminal breaks lines by its width, and without what differs from run to run. */
function neutral(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/127\.0\.0\.1:\d+/g, "(address)")
    .replace(/\d+ GET/g, "(count) GET");
}
