import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build, stop } from "esbuild";
import { afterwards } from "../support/afterwards";
import { cleanEnvironment, runCommand } from "../support/processes";

const root = join(__dirname, "../..");
const sentence =
  'TokenRevocation "leaked": the package pulumi-datadog-revocation must be installed in node_modules, but runs from ' +
  "elsewhere. If the program is bundled, leave the package out of the bundle (esbuild: " +
  "--external:pulumi-datadog-revocation); if it is linked, install the tarball that npm pack makes: " +
  "npm install ./pulumi-datadog-revocation-<version>.tgz";

let folder: string;

afterwards(stop);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-datadog-revocation-")));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules/@pulumi"), join(folder, "node_modules/@pulumi"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const program = `
  import { TokenRevocation } from "pulumi-datadog-revocation";
  new TokenRevocation("leaked", { tokenId: "0535fac7-4642-4abe-b6fc-cf15336df559" });
`;

/** @returns what plain Node prints of the program, which fails */
async function run(file: string): Promise<string> {
  const options = { cwd: folder, env: cleanEnvironment(), timeout: 50_000 };
  const { code, output } = await runCommand(process.execPath, [file], options);
  expect(code).toBe(1);
  return output;
}

test.each<[string, string, BuildOptions]>([
  ["into CommonJS", "bundle.cjs", { external: ["@pulumi/pulumi"] }],
  ["minified", "bundle.cjs", { external: ["@pulumi/pulumi"], minify: true }],
  [
    "into an ES module",
    "bundle.mjs",
    {
      external: ["@pulumi/pulumi"],
      format: "esm",
      // esbuild's own advice for CommonJS packages in a bundle of ES modules.
      banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    },
  ],
])("a package bundled %s is refused with what to do", async (_, file, options) => {
  await build({
    stdin: { contents: program, resolveDir: __dirname },
    bundle: true,
    platform: "node",
    outfile: join(folder, file),
    ...options,
  });
  expect(await run(file)).toContain(sentence);
});

test("a package linked to its source tree is refused with what to do", async () => {
  symlinkSync(root, join(folder, "node_modules/pulumi-datadog-revocation"));
  writeFileSync(join(folder, "program.mjs"), program);
  expect(await run("program.mjs")).toContain(sentence);
});
