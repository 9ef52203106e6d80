import { ensureEngine } from "../../scripts/lib/engine.mjs";
import { refreshPackage } from "../../scripts/lib/package.mjs";
import { ensureYamlHost } from "../../scripts/lib/yamlHost.mjs";

/** Tests of this tier run the real Pulumi engine on the packed and installed package. */
export default async function needEngine() {
  await refreshPackage();
  await ensureEngine();
  await ensureYamlHost();
}
