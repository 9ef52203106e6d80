import { refreshPackage } from "../../scripts/lib/package.mjs";

/** Tests of this tier load the package as users do: packed and installed. */
export default refreshPackage;
