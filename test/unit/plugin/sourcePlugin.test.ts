import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rootPackage from "../../../package.json";
import pluginPackage from "../../../plugin/package.json";

const root = join(__dirname, "../../..");

/** As esbuild lists the files of a bundle. */
type Files = Record<
  string,
  { readonly imports: readonly { readonly original?: string; readonly external?: boolean }[] }
>;

function bundledFiles(): Files {
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  try {
    const script = `
      import { bundlePlugin } from ${JSON.stringify(join(root, "scripts/lib/plugin.mjs"))};
      console.log(JSON.stringify(await bundlePlugin(${JSON.stringify(join(folder, "main.js"))})));
    `;
    return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("the source plugin installs what its bundle is made of, in the versions that are tested here, and nothing else", () => {
  const { name: own, version, dependencies, devDependencies } = rootPackage;
  const ours = Object.entries(bundledFiles()).filter(([file]) => !file.includes("node_modules/"));
  const imports = ours.flatMap(([, { imports }]) => imports.filter(({ external }) => !external));
  const packages = imports.flatMap(({ original }) => /^(@[^/]+\/)?[^./][^/]*/.exec(original ?? "")?.[0] ?? []);
  const needed = new Set([...packages.filter((name) => name !== own), "esbuild"]);

  const tested: Record<string, string> = { ...dependencies, ...devDependencies };
  const expected = Object.fromEntries([...needed].map((name) => [name, tested[name]]));
  expect(pluginPackage.dependencies).toEqual(expected);
  expect(pluginPackage.version).toBe(version);
});
