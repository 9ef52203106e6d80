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
    // Only for programs in TypeScript, which the plugin does not run.
    external: ["typescript", "ts-node"],
    legalComments: "eof",
    logLevel: "warning",
  });
}
