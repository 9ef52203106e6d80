import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { cache, inRoot } from "./paths.mjs";

/**
 * Loads what the sources export, whether or not the package is built.
 *
 * @param name of the folder in the cache that the bundle is written to
 * @param contents export statements, whose paths count from the repository's root
 */
export async function loadSources<Exports>(name: string, contents: string): Promise<Exports> {
  const outfile = cache(name, "modules.cjs");
  mkdirSync(cache(name), { recursive: true });
  await build({
    stdin: { contents, resolveDir: inRoot() },
    bundle: true,
    platform: "node",
    packages: "external",
    format: "cjs",
    outfile,
  });
  return createRequire(import.meta.url)(outfile);
}
