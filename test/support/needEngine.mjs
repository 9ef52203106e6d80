import { ensureEngine } from "../../scripts/lib/engine.mjs";
import { ensureYamlHost } from "../../scripts/lib/yamlHost.mjs";
import needPackage from "./needPackage.mjs";

/** Tests of this tier run the real Pulumi engine on the packed and installed package, and on the provider plugin. */
export default async function needEngine() {
  await needPackage();
  await ensureEngine();
  await ensureYamlHost();
}
