import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { version } from "../../package.json";
import { afterwards } from "../support/afterwards";
import { createProject } from "../support/engine";
import { cleanEnvironment, runCommand } from "../support/processes";
import { startServer } from "../support/server";
import { simulate } from "../support/simulator";
import { yamlProgram } from "../support/yaml";

const root = join(__dirname, "../..");
const NAME = "pulumi-resource-datadog-revocation";
/** As Go, in which the engine is written, calls this machine. */
const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;

const folder = mkdtempSync(join(root, ".cache/release-"));
afterwards(() => rmSync(folder, { recursive: true, force: true }));

test("the executable, released and installed, serves programs where there is no Node", async () => {
  const executable = await build();
  expect(statSync(executable).size).toBeLessThan(120_000_000);
  expect(readFileSync(executable).includes(root)).toBe(false);
  const licences = readFileSync(join(folder, "dist/plugin/THIRD_PARTY_LICENSES"), "utf8");
  const licensed = [...licences.matchAll(/^(\S+) v?\d+\.\d+\.\d+\S*: /gm)].map(([, name]) => name);
  expect(licensed).toEqual(expect.arrayContaining(["Node.js", "@grpc/grpc-js", "@pulumi/pulumi", "ky", "valibot"]));

  const archive = await pack();
  expect(archive).toBe(`${NAME}-v${version}-${platform}.tar.gz`);
  const releases = await startServer((request, response) => {
    const found = request.url === `/${archive}` ? readFileSync(join(folder, archive)) : undefined;
    response.writeHead(found ? 200 : 404, { "content-length": found?.length ?? 0 }).end(found);
  });

  const simulator = await simulate();
  const [token] = simulator.tokens;
  const project = await createProject({
    program: yamlProgram(`
resources:
  leaked: { type: "datadog-revocation:TokenRevocation", properties: { tokenId: "${token?.id}", reason: leaked } }
`),
    env: { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey },
  });
  const engine = project.env.PATH?.split(delimiter).find((path) => existsSync(join(path, "pulumi")));
  project.env.PATH = engine ?? "";
  expect(existsSync(join(project.env.PATH, "node"))).toBe(false);
  const install = ["plugin", "install", "resource", "datadog-revocation", `v${version}`, "--server", releases.url];
  expect((await project.run(...install)).output).not.toContain("error");

  for (const run of [await project.preview(), await project.up("--skip-preview")]) {
    expect(run.output).not.toMatch(/warning|error/i);
    expect(run.code).toBe(0);
  }
  expect(await project.recorded()).toMatchObject({ records: [{ tokenId: token?.id, outcome: "revoked" }] });
  expect(await project.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await project.destroy()).toMatchObject({ code: 0 });
});

/** What `npm run build:plugin` does, in a folder of the test's own. */
async function build(): Promise<string> {
  const script = `
    import { buildExecutable } from ${JSON.stringify(join(root, "scripts/lib/executable.mjs"))};
    console.log(await buildExecutable(${JSON.stringify(join(folder, "dist/plugin"))}));
  `;
  const options = { cwd: folder, env: cleanEnvironment(), timeout: 240_000 };
  const { code, stdout, stderr } = await runCommand(process.execPath, ["--input-type=module", "-e", script], options);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

/** Packs it as the release does, and gives the archive's name. */
async function pack(): Promise<string> {
  const workflow = parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8"));
  const steps: { name?: string; run?: string }[] = workflow.jobs.plugin.steps;
  const command = steps.find(({ name }) => name === "Pack it as the engine looks for it")?.run ?? "";
  const env = { ...cleanEnvironment(), GITHUB_REF_NAME: `v${version}`, PLATFORM: platform };
  const options = { cwd: folder, env, timeout: 60_000 };
  await runCommand("cp", [join(root, "LICENSE"), folder], options);
  const { code, output } = await runCommand("bash", ["-e", "-c", command], options);
  expect({ code, output }).toEqual({ code: 0, output: "" });
  const { stdout } = await runCommand("bash", ["-c", "echo *.tar.gz"], options);
  return stdout.trim();
}
