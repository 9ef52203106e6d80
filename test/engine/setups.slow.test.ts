import { existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, stop } from "esbuild";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { afterwards } from "../support/afterwards";
import type { Project } from "../support/engine";
import { runCommand } from "../support/processes";
import { simulate } from "../support/simulator";
import {
  createUserProject,
  newFolder,
  npmInstall,
  pnpmInstall,
  runIn,
  tarball,
  versions,
} from "../support/userProject";

/** What stands in every user's state, for ever and on every machine: no folder, and nothing of a package manager's. */
const provider = 'exports.handler = () => require("pulumi-datadog-revocation/host/tokenRevocation");';

const { typescript, "@types/node": nodeTypes, ...dependencies } = versions;

let simulator: Simulator;
/** Installed by npm; most programs run here. */
let project: Project;

afterwards(stop);

beforeAll(async () => {
  simulator = await simulate({ seed: 7, tokens: 30 });
  const manifest = {
    private: true,
    dependencies: { "@pulumi/pulumi": dependencies["@pulumi/pulumi"] },
    devDependencies: { typescript, "@types/node": nodeTypes },
  };
  project = await createProject("", { "package.json": JSON.stringify(manifest) }, (folder) =>
    npmInstall(folder, tarball),
  );
});

/** @param parent where in the user's folder the program's folder lies */
async function createProject(
  parent: string,
  program: Record<string, string>,
  install: (folder: string) => Promise<unknown>,
): Promise<Project> {
  const base = newFolder();
  afterwards(() => rmSync(base, { recursive: true, force: true }));
  const env = { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
  return createUserProject(join(base, parent), { program, env }, install);
}

let used = 0;
/** Another personal token. */
function tokenId(): string {
  const personal = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined);
  const token = personal[used++];
  if (!token) throw new Error("no more tokens");
  return token.id;
}

/** Makes `file` the program and runs it: it revokes its token, and state names the provider as any machine finds it. */
async function expectRevocation(of: Project, file: string): Promise<void> {
  of.write({ "Pulumi.yaml": `name: project\nruntime: nodejs\nmain: ${file}\n` });
  const since = simulator.requests().length;
  const { code, output } = await of.up("--skip-preview");
  expect(output).toMatch(/outcome *: "revoked"/);
  expect(code).toBe(0);
  expect(simulator.requests(since).filter(({ method }) => method === "DELETE")).toHaveLength(1);
  const providers = (await of.resources(":TokenRevocation")).map(({ inputs }) => inputs?.__provider);
  expect(providers).toEqual([provider]);
}

const commonJs = (id: string) => `
  const { TokenRevocation } = require("pulumi-datadog-revocation");
  exports.outcome = new TokenRevocation("leaked", { tokenId: "${id}" }).outcome;
`;

test("npm, and a program in CommonJS", async () => {
  project.write({ "index.js": commonJs(tokenId()) });
  await expectRevocation(project, "index.js");
});

test("an npm workspace, whose packages lie in its root, and a program in one of its folders", async () => {
  const program = { "package.json": JSON.stringify({ name: "app", dependencies }), "index.js": commonJs(tokenId()) };
  const hoisted = await createProject("packages", program, async (folder) => {
    const root = join(folder, "../..");
    writeFileSync(join(root, "package.json"), JSON.stringify({ private: true, workspaces: ["packages/program"] }));
    await npmInstall(root);
    expect(existsSync(join(root, "node_modules/pulumi-datadog-revocation/package.json"))).toBe(true);
    expect(existsSync(join(folder, "node_modules/pulumi-datadog-revocation"))).toBe(false);
  });
  await expectRevocation(hoisted, "index.js");
});

test("pnpm, and an ES module that imports by name", async () => {
  const program = {
    "package.json": JSON.stringify({ private: true, type: "module", dependencies }),
    // pnpm fails where nobody has said whether a package's install script may run; this one belongs to Pulumi's SDK.
    "pnpm-workspace.yaml": "allowBuilds:\n  protobufjs: false\n",
    "index.js": `
      import { TokenRevocation } from "pulumi-datadog-revocation";
      export const { outcome } = new TokenRevocation("leaked", { tokenId: "${tokenId()}" });`,
  };
  await expectRevocation(await createProject("", program, pnpmInstall), "index.js");
});

describe("TypeScript", () => {
  const program = (id: string) => `
    import * as pulumi from "@pulumi/pulumi";
    import {
      type ArgumentProblem, checkArguments, type Outcome, parseToken, type Snapshot, TokenRevocation, type TokenRevocationArgs,
    } from "pulumi-datadog-revocation";
    import { type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";

    const args: TokenRevocationArgs = { tokenId: "${id}", reason: "found in a log", ticket: undefined };
    const problems: ArgumentProblem[] = checkArguments(args);
    if (problems.length > 0) throw new pulumi.RunError(problems.map(({ path, problem }) => path + " " + problem).join());
    const revocation = new TokenRevocation("leaked", args, { protect: false });
    export const outcome: pulumi.Output<Outcome> = revocation.outcome;
    export const owner = revocation.snapshot.apply((snapshot: Snapshot | undefined) => snapshot?.owner.handle);
    const kind: "personal" | "service" | undefined = parseToken("7n42DGM5Tflk9n8mt7Fhc7").kind;
    const inATest = (): Promise<Simulator> => startSimulator({ seed: 1 });
    // @ts-expect-error: it is misspelt.
    const misspelt = () => new TokenRevocation("misspelt", { tokenID: "${id}" });
  `;
  // As Pulumi's template has it, the declarations of all packages are checked too. It takes 9 s, so it is done once.
  const template = { strict: true, target: "es2020", module: "commonjs", moduleResolution: "node10" };
  test.each([
    ["node10", { ...template, ignoreDeprecations: "6.0" }],
    ["nodenext", { strict: true, module: "nodenext", skipLibCheck: true }],
    ["bundler", { strict: true, module: "commonjs", moduleResolution: "bundler", skipLibCheck: true }],
  ])("a program passes the type check under %s resolution, and runs", async (_, compilerOptions) => {
    const tsconfig = { compilerOptions: { ...compilerOptions, types: ["node"] }, files: ["index.ts"] };
    project.write({ "index.ts": program(tokenId()), "tsconfig.json": JSON.stringify(tsconfig) });
    const check = await runIn(project.folder, "tsc", "--noEmit", "--pretty", "false");
    expect(check.output).toBe("");
    await expectRevocation(project, "index.ts");
  });
});

test("an inline program of the Automation API", async () => {
  project.write({
    "automation.mjs": `
      import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
      import { TokenRevocation } from "pulumi-datadog-revocation";

      const program = async () => ({ outcome: new TokenRevocation("leaked", { tokenId: "${tokenId()}" }).outcome });
      const stack = await LocalWorkspace.createOrSelectStack({ stackName: "one", projectName: "inline", program });
      const { outputs, summary } = await stack.up();
      const again = await stack.up();
      const { resources } = (await stack.exportStack()).deployment;
      const { inputs } = resources.find(({ type }) => type.endsWith(":TokenRevocation"));
      await stack.destroy();
      const results = [summary.result, outputs.outcome.value, again.summary.resourceChanges, inputs.__provider];
      console.log(JSON.stringify(results));`,
  });
  const options = { cwd: project.folder, env: project.env, timeout: 240_000 };
  const { stdout, output } = await runCommand(process.execPath, ["automation.mjs"], options);
  expect(output).toBe(stdout);
  expect(JSON.parse(stdout)).toEqual(["succeeded", "revoked", { same: 2 }, provider]);
});

describe("is refused by one sentence that helps, before any request:", () => {
  async function expectRefusal(file: string): Promise<void> {
    project.write({ "Pulumi.yaml": `name: project\nruntime: nodejs\nmain: ${file}\n` });
    const since = simulator.requests().length;
    const { code, output } = await project.preview();
    expect(code).not.toBe(0);
    expect(output).toContain('TokenRevocation "leaked": the package pulumi-datadog-revocation must be installed in');
    expect(output).not.toMatch(/^\s+at .*\.[jt]s/m);
    expect(simulator.requests(since)).toEqual([]);
  }

  test("a package bundled into the program; left out of the bundle, it runs", async () => {
    const bundle = (...external: string[]) =>
      build({
        stdin: { contents: commonJs(tokenId()), resolveDir: project.folder },
        outfile: join(project.folder, "bundle.js"),
        bundle: true,
        platform: "node",
        external: ["@pulumi/pulumi", ...external],
      });
    await bundle();
    await expectRefusal("bundle.js");
    await bundle("pulumi-datadog-revocation");
    await expectRevocation(project, "bundle.js");
  });

  test("a package linked to its source tree", async () => {
    const installed = join(project.folder, "node_modules/pulumi-datadog-revocation");
    rmSync(installed, { recursive: true });
    symlinkSync(join(__dirname, "../.."), installed);
    project.write({ "index.js": commonJs(tokenId()) });
    await expectRefusal("index.js");
  });
});
