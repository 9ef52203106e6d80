import { refreshPackage } from "../../scripts/lib/package.mjs";
import { cache } from "../../scripts/lib/paths.mjs";
import { bundlePlugin } from "../../scripts/lib/plugin.mjs";

/** Tests of this tier run the plugin as one file, beside the package for its simulator. */
export default async function build() {
  await refreshPackage();
  await bundlePlugin(cache("plugin/main.js"));
}
