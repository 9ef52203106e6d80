import { engineAddressIn } from "../handlers/engineConnection";
import { newHost } from "./newHost";

/**
 * The host that this process is. The engine starts a process for each run and asks it for its providers by the modules
 * beside this file: this is the one place where something of a run belongs to the process.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
export const thisHost = newHost({
  env: process.env,
  engine: {
    address: engineAddressIn(process.argv.slice(2)),
    end: () => process.exit(1),
    print: (line) => console.error(line),
  },
});
