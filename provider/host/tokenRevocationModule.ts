/** Its key in `exports` of package.json stands in users' state, as the provider of each resource. */
import { thisHost } from "./host";

export = thisHost.providers.tokenRevocation;
