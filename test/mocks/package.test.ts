import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { TokenRevocation, TokenRevocationBatch, TokenRevocationShard, TokenSweep } from "pulumi-datadog-revocation";
import manifest from "pulumi-datadog-revocation/package.json";
import { type CommandResult, cleanEnvironment, runCommand } from "../support/processes";

const root = join(__dirname, "../..");
const tarball = join(root, ".cache/package/pulumi-datadog-revocation.tgz");
/** What the tarball holds, as it is installed. */
const installed = join(root, "node_modules/pulumi-datadog-revocation");
const commands = join(root, "node_modules/.bin");

/** Runs a command where programs find the installed package. */
function run(command: string, ...args: string[]): Promise<CommandResult> {
  return runCommand(command, args, { cwd: __dirname, env: cleanEnvironment(), timeout: 50_000 });
}

/** The paths of all that is packed, without npm's `package/` before them. */
async function packedFiles(): Promise<string[]> {
  const { stdout } = await run("tar", "-tzf", tarball);
  const paths = stdout.trim().split("\n");
  return paths.map((path) => path.replace(/^package\//, ""));
}

/** Every file that a field of the manifest names. */
function filesIn(field: unknown): string[] {
  return typeof field === "string" ? [field.replace(/^\.\//, "")] : Object.values(field ?? {}).flatMap(filesIn);
}

test("the tarball is smaller than 350 KB", () => {
  expect(statSync(tarball).size).toBeLessThan(350_000);
});

test("the tarball holds what each source compiles to, the files of the report's page and what people read, and no other file", async () => {
  const sources = ["provider", "cli", "simulator"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `dist/${folder}/${file.replace(/\.ts$/, "")}`),
  );
  // The command is no library.
  const libraries = sources.filter((source) => !source.startsWith("dist/cli/"));
  const compiled = [...sources.map((source) => `${source}.js`), ...libraries.map((source) => `${source}.d.ts`)];
  const assets = ["report.browser.js", "report.css"].map((file) => `dist/cli/audit/html/${file}`);
  const schemas = ["audit.schema.json", "plugin/schema.json", "revocations.schema.json"];
  const others = ["CHANGELOG.md", "LICENSE", "README.md", "package.json", ...schemas];
  const rules = readdirSync(join(root, "rules")).map((file) => `rules/${file}`);
  expect((await packedFiles()).sort()).toEqual([...compiled, ...assets, ...rules, ...others].sort());
});

test("no file that is packed names one that is not: a source map, or a folder of whoever packed it", () => {
  const compiled = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
  const files = compiled.filter((file) => /\.(js|d\.ts)$/.test(file)).map((file) => join(installed, "dist", file));
  const texts = [join(installed, "package.json"), ...files].map((file) => readFileSync(file, "utf8"));
  expect(texts.filter((text) => text.includes("sourceMappingURL=") || text.includes(root))).toEqual([]);
});

test("every file that the manifest names is there", async () => {
  const { main, types, bin, exports, typesVersions } = manifest;
  const files = await packedFiles();
  expect(filesIn({ main, types, bin, exports, typesVersions }).filter((file) => !files.includes(file))).toEqual([]);
});

test("publint finds nothing", async () => {
  const { code, output } = await run(join(commands, "publint"), "run", tarball, "--strict");
  expect(output).toContain("All good!");
  expect(code).toBe(0);
});

test("Are the types wrong? finds nothing, under every resolution and of every entry", async () => {
  const { code, output } = await run(join(commands, "attw"), tarball, "--profile", "strict", "--no-color");
  expect(output).toContain("No problems found");
  expect(code).toBe(0);
});

describe("users' state and programs rely on", () => {
  test("these entries, which are final", () => {
    const entries = [
      ".",
      "./audit.schema.json",
      "./host/tokenRevocation",
      "./host/tokenRevocationShard",
      "./host/tokenSweep",
      "./package.json",
      "./simulator",
    ];
    expect(Object.keys(manifest.exports).sort()).toEqual(entries);
  });

  test("one entry for each provider, by which state names it", () => {
    const host = join(installed, "dist/provider/host");
    const modules = readdirSync(host).filter((file) => file.endsWith(".js") && "delete" in require(join(host, file)));
    const targets = filesIn(manifest.exports).filter((file) => file.startsWith("dist/provider/host/"));
    expect(targets.sort()).toEqual(modules.map((file) => `dist/provider/host/${file}`).sort());
  });

  test.each([
    [TokenRevocation, "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation"],
    [TokenRevocationShard, "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocationShard"],
    [TokenRevocationBatch, "datadog-revocation:index:TokenRevocationBatch"],
    [TokenSweep, "pulumi-nodejs:dynamic/datadog-revocation:TokenSweep"],
  ])("the type token of %p", (resource, type) => {
    expect(Reflect.get(resource, "__pulumiType")).toBe(type);
  });
});

test.each(["pulumi-datadog-revocation", "pulumi-datadog-revocation/simulator"])(
  "an ES module imports from %s by name all that CommonJS requires",
  async (entry) => {
    const program = `
      import { createRequire } from "node:module";
      import * as imported from "${entry}";
      const required = createRequire(import.meta.url)("${entry}");
      const names = Object.keys(required);
      console.log(JSON.stringify([names, names.filter((name) => imported[name] !== required[name])]));`;
    const { stdout } = await run(process.execPath, "--input-type=module", "--eval", program);
    const [names, different] = JSON.parse(stdout);
    expect(names).not.toEqual([]);
    expect(different).toEqual([]);
  },
);

test("the command starts", async () => {
  const { code, stdout } = await run(join(commands, "pulumi-datadog-revocation"), "--help");
  expect(stdout).toContain("pulumi-datadog-revocation");
  expect(code).toBe(0);
});
