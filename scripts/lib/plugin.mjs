import * as fs from "node:fs";
import { dirname } from "node:path";
import { build } from "esbuild";
import { inRoot } from "./paths.mjs";

/** Bundles the provider plugin into one file that Node runs without anything else. */
export async function bundlePlugin(outfile) {
  fs.mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [inRoot("plugin/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    plugins: [withoutClosures],
    logLevel: "warning",
  });
}

/** What makes text of a program's functions loads a TypeScript compiler and npm, and the plugin has no functions. */
const withoutClosures = {
  name: "without closures",
  setup(build) {
    build.onLoad({ filter: /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]/ }, () => ({ contents: "" }));
  },
};
