import * as fs from "node:fs";
import { join } from "node:path";
import { cache, inRoot } from "./paths.mjs";
import { quietly } from "./processes.mjs";
import { hashOfSources } from "./sources.mjs";

const manifest = JSON.parse(fs.readFileSync(inRoot("package.json"), "utf8"));
const { name } = manifest;
const installed = inRoot("node_modules", name);
const stamp = cache("package/sources.sha256");
/** What the tarball is made of: what is compiled, and the files that go into it as they are. */
const sources = [
  ...["package.json", "tsconfig.json", "tsconfig.build.json", "README.md", "LICENSE"],
  ...["provider", "cli", "simulator"],
  ...manifest.files.filter((path) => path !== "dist" && !path.startsWith("!")),
];
const compiler = inRoot("node_modules/typescript/bin/tsc");

/**
 * Set for npm's commands that are a part of a build: `npm ci` runs `prepare` when it has installed, and npm 9 and earlier
 * run it for `npm pack` in spite of --ignore-scripts.
 */
export const skipsPrepare = "PULUMI_DATADOG_REVOCATION_SKIPS_PREPARE";

/** The tarball of the last build, as `npm pack` makes it. */
export const tarball = cache("package", `${name}.tgz`);

/** Builds and installs the package unless that was done from the very same sources. */
export async function refreshPackage() {
  const done = fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === hashOfSources(sources);
  if (!done || !fs.existsSync(installed) || !fs.existsSync(tarball)) await buildPackage();
}

/** Whether the development dependencies are there: the compiler alone may have come as a peer of another package. */
export const canBuild = () => fs.existsSync(compiler) && fs.existsSync(inRoot("node_modules/@types/node"));

/**
 * Compiles to dist/, packs, and puts what the tarball holds into node_modules as a real copy, which is how users
 * have it: programs load it from there, and so does the engine's host. npm itself refuses to install a package into
 * itself, and removes the copy whenever it installs something.
 *
 * Everything is made beside its place and then renamed, so that two runs at once do not see each other's halves.
 */
export async function buildPackage() {
  const hash = hashOfSources(sources);
  const dist = cache(`dist-${process.pid}`);
  const packed = cache(`packed-${process.pid}`);
  const unpacked = inRoot("node_modules", `.${name}-${process.pid}`);
  fs.mkdirSync(cache("package"), { recursive: true });
  try {
    const project = inRoot("tsconfig.build.json");
    await quietly("Compiling", process.execPath, [compiler, "-p", project, "--outDir", dist, "--pretty", "false"]);
    copyAssets(dist);
    const command = join(dist, "cli/main.js");
    if (fs.existsSync(command)) fs.chmodSync(command, 0o755);
    // Built by another command, and no part of the package.
    const executable = inRoot("dist/plugin");
    if (fs.existsSync(executable)) fs.renameSync(executable, join(dist, "plugin"));
    replace(inRoot("dist"), dist);

    fs.mkdirSync(packed, { recursive: true });
    // The options of an `npm pack --dry-run`, say, that this is a part of reach it through the environment.
    const options = ["--ignore-scripts", "--dry-run=false", "--json=false", "--global=false", "--loglevel=error"];
    const args = ["pack", ...options, "--pack-destination", packed];
    await quietly("Packing", "npm", args, { cwd: inRoot(), env: { [skipsPrepare]: "true" } });
    const [file] = fs.readdirSync(packed);
    fs.mkdirSync(unpacked, { recursive: true });
    await quietly("Unpacking", "tar", ["-xzf", join(packed, file), "-C", unpacked, "--strip-components", "1"]);
    replace(installed, unpacked);
    linkCommand();
    fs.renameSync(join(packed, file), tarball);
    fs.writeFileSync(stamp, hash);
  } finally {
    for (const folder of [dist, packed, unpacked]) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The files beside the sources that the compiler leaves out: what stands in the audit's page. */
function copyAssets(dist) {
  for (const file of fs.readdirSync(inRoot("cli"), { recursive: true })) {
    if (/\.(css|browser\.js)$/.test(file)) fs.copyFileSync(inRoot("cli", file), join(dist, "cli", file));
  }
}

/** Puts the folder `by` in the place of `folder`, also when another run does the same at this moment. */
function replace(folder, by) {
  const old = `${by}-old`;
  for (;;) {
    try {
      if (fs.existsSync(folder)) fs.renameSync(folder, old);
      fs.renameSync(by, folder);
      return;
    } catch (error) {
      // The other run took the old folder away first, or put its own there in between.
      if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code) || !fs.existsSync(by)) throw error;
    } finally {
      fs.rmSync(old, { recursive: true, force: true });
    }
  }
}

/** So that `npx --no pulumi-datadog-revocation` works in the clone too. npm makes this link for dependencies only. */
function linkCommand() {
  const link = inRoot("node_modules/.bin", name);
  const fresh = `${link}-${process.pid}`;
  fs.mkdirSync(inRoot("node_modules/.bin"), { recursive: true });
  fs.symlinkSync(join("..", name, "dist/cli/main.js"), fresh);
  fs.renameSync(fresh, link);
}
