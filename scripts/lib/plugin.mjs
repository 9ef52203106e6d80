import * as fs from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cache, inRoot, ownNode } from "./paths.mjs";
import { hashOfSources } from "./sources.mjs";

/** The provider plugin that demo and tests use: one file for Node. */
export const pluginFile = cache("plugin/main.js");
/** On PATH, this folder gives the engine that plugin, on the project's own Node. */
export const pluginFolder = cache("plugin/bin");

const isWindows = process.platform === "win32";
const command = join(pluginFolder, `pulumi-resource-datadog-revocation${isWindows ? ".cmd" : ""}`);
const stamp = cache("plugin/sources.sha256");
const sources = ["package.json", "package-lock.json", "plugin", "provider", "scripts/lib/plugin.mjs"];

/** Bundles the plugin for demo and tests unless that was done from the very same sources. */
export async function refreshPlugin() {
  const hash = hashOfSources(sources);
  const done = fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === hash;
  if (done && fs.existsSync(pluginFile) && fs.existsSync(command)) return;
  // Each made beside its place and then renamed, so that nobody starts a half of it.
  const making = `${pluginFile}.${process.pid}`;
  await bundlePlugin(making);
  fs.renameSync(making, pluginFile);
  fs.mkdirSync(pluginFolder, { recursive: true });
  const script = isWindows
    ? `@"${ownNode}" "${pluginFile}" %*\r\n`
    : `#!/bin/sh\nexec '${ownNode}' '${pluginFile}' "$@"\n`;
  fs.writeFileSync(`${command}.${process.pid}`, script, { mode: 0o755 });
  fs.renameSync(`${command}.${process.pid}`, command);
  fs.writeFileSync(stamp, hash);
}

/**
 * Bundles the provider plugin into one file that Node runs without anything else.
 *
 * @param {string} folder in whose node_modules the bundler and all packages are
 * @returns the files it was made of, by path from the project's root, as esbuild lists them
 */
export async function bundlePlugin(outfile, folder = inRoot()) {
  fs.mkdirSync(dirname(outfile), { recursive: true });
  // Not before it is needed: while dependencies are being installed there is none.
  const { build } = createRequire(join(folder, "package.json"))("esbuild");
  const { metafile } = await build({
    // Paths in the bundle and in the list are relative to it: none of this machine's gets there.
    absWorkingDir: inRoot(),
    entryPoints: ["plugin/main.ts"],
    outfile,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    plugins: [packagesOf(folder), withoutClosures],
    logLevel: "warning",
  });
  return metafile.inputs;
}

/** The project's own sources find packages there and nowhere else, so that the bundle has one copy of each. */
const packagesOf = (folder) => ({
  name: "packages of one folder",
  setup(build) {
    build.onResolve({ filter: /^[^.]/ }, ({ path, kind, importer, pluginData }) => {
      const isOurs = importer !== "" && !/[\\/]node_modules[\\/]/.test(importer);
      // The project finds itself by its own name.
      if (!isOurs || pluginData === folder || path.startsWith("pulumi-datadog-revocation/")) return undefined;
      return build.resolve(path, { kind, importer, resolveDir: folder, pluginData: folder });
    });
  },
});

/** What makes text of a program's functions loads a TypeScript compiler and npm, and the plugin has no functions. */
const withoutClosures = {
  name: "without closures",
  setup(build) {
    build.onLoad({ filter: /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]/ }, () => ({ contents: "" }));
  },
};
