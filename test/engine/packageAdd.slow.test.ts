import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version } from "../../package.json";
import { afterwards } from "../support/afterwards";
import { BEHIND_PROXY, PRIVATE_CA, startProxy } from "../support/connectProxy";
import { createProject } from "../support/engine";
import { startGitServer } from "../support/gitServer";
import { cleanEnvironment } from "../support/processes";
import { simulate } from "../support/simulator";
import { registryAccess } from "../support/userProject";
import { yamlProgram } from "../support/yaml";

const root = join(__dirname, "../..");
const base = mkdtempSync(join(tmpdir(), "package-add-"));
afterwards(() => rmSync(base, { recursive: true, force: true }));

/** A clone, and the repository that it is of, with what the plugin is made of: it needs nothing else. */
const clone = join(base, "clone");
const remotes = join(base, "remotes");
const isSource = (file: string) => !/[\\/](node_modules|bin)$/.test(file);

beforeAll(() => {
  for (const path of ["package.json", "plugin", "provider", "scripts/lib"]) {
    cpSync(join(root, path), join(clone, path), { recursive: true, filter: isSource });
  }
  const git = (...args: string[]) => execFileSync("git", args, { cwd: clone, env: cleanEnvironment(), stdio: "pipe" });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Release");
  git("tag", `v${version}`);
  git("clone", "--quiet", "--bare", clone, join(remotes, "owner/repository.git"));
});

/**
 * Adds the package to a project for Node, and has a program use it: the command needs a language host that makes and
 * links an SDK, which the newest of YAML's that can be built here does not.
 */
async function addAndUse(
  source: string,
  program: (tokenId: string, projectFile: string) => Record<string, string>,
  env: Record<string, string> = {},
): Promise<void> {
  const simulator = await simulate();
  const [token] = simulator.tokens;
  const project = await createProject({ program: "", env: { ...registryAccess(), ...env } });
  const added = await project.run("package", "add", source);
  expect(added.output).toContain("Datadog Revocation");
  expect(added.code).toBe(0);

  const credentials = { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
  Object.assign(project.env, credentials, { HTTPS_PROXY: "" });
  const projectFile = readFileSync(join(project.folder, "Pulumi.yaml"), "utf8");
  expect(projectFile).toContain(`packages:\n  datadog-revocation: ${source}\n`);
  project.write(program(token?.id ?? "", projectFile));
  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.output).not.toMatch(/warning|error/i);
    expect(run.code).toBe(0);
  }
  expect(await project.recorded()).toMatchObject({ records: [{ tokenId: token?.id, outcome: "revoked" }] });
  expect((await project.up("--skip-preview", "--expect-no-changes")).code).toBe(0);
  expect((await project.refresh("--expect-no-changes")).code).toBe(0);
  expect((await project.destroy()).code).toBe(0);
}

test("a folder of a clone is added, and a program uses it", async () => {
  await addAndUse(join(clone, "plugin"), (tokenId, projectFile) => ({
    "Pulumi.yaml": `${projectFile.replace("runtime: nodejs", "runtime: yaml")}
resources:
  leaked: { type: "datadog-revocation:TokenRevocation", properties: { tokenId: ${tokenId}, reason: leaked } }
`,
  }));
});

test("a folder of a git repository is added at a tag, and a program uses it", async () => {
  // The engine reaches repositories by https alone.
  const proxy = await startProxy({ to: await startGitServer(remotes) });
  const source = `${new URL(BEHIND_PROXY).host}/owner/repository.git/plugin@v${version}`;
  const behindProxy = { HTTPS_PROXY: `http://${proxy.host}`, SSL_CERT_FILE: PRIVATE_CA };
  // As an SDK says it in each resource.
  const options = { version, pluginDownloadURL: `git://${source.split("@")[0]}` };
  const program = (tokenId: string) => ({
    "index.ts": `
      import { CustomResource } from "@pulumi/pulumi";
      const args = { tokenId: "${tokenId}", reason: "leaked" };
      new CustomResource("datadog-revocation:index:TokenRevocation", "leaked", args, ${JSON.stringify(options)});
    `,
  });
  await addAndUse(source, program, behindProxy);
  expect(proxy.asked).toContain(`${new URL(BEHIND_PROXY).host}:443`);
});

test("a plugin that was never built says how to build it", async () => {
  // Beneath the project, where Pulumi's SDK is found.
  const unbuilt = mkdtempSync(join(root, ".cache/unbuilt-"));
  afterwards(() => rmSync(unbuilt, { recursive: true, force: true }));
  cpSync(join(root, "plugin"), unbuilt, { recursive: true, filter: isSource });
  const project = await createProject({
    program: yamlProgram(
      'resources: { leaked: { type: "datadog-revocation:TokenRevocation", properties: { tokenId: x } } }',
      { "datadog-revocation": unbuilt },
    ),
  });
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain(
    `The provider plugin datadog-revocation is not built. To build it: cd ${unbuilt} && npm install`,
  );
  expect(output).not.toMatch(/^ +at /m);
});
