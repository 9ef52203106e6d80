import { writeFileSync } from "node:fs";
import { cache } from "../../scripts/lib/paths.mjs";
import { bundlePlugin } from "../../scripts/lib/plugin.mjs";
import needEngine from "./needEngine.mjs";

/** Tests of this tier run the real Pulumi engine with the plugin. */
export default async function needPlugin() {
  await needEngine();
  const file = cache("plugin/plugin.cjs");
  await bundlePlugin(file);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(cache("plugin/bin"), { recursive: true });
  writeFileSync(
    cache("plugin/bin/pulumi-resource-datadog-revocation"),
    `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`,
    { mode: 0o755 },
  );
}
