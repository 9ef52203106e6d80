import { refreshPackage } from "../../scripts/lib/package.mjs";
import { refreshPlugin } from "../../scripts/lib/plugin.mjs";

/** Tests of this tier load the package as users do, packed and installed, or start the provider plugin. */
export default async function needPackage() {
  await refreshPackage();
  await refreshPlugin();
}
