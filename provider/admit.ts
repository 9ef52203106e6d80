import * as pulumi from "@pulumi/pulumi";
import { refusePlainSecrets } from "./configuration";
import { plainLine } from "./datadog/errors";
import { holdsTokenValue } from "./datadog/tokenIds";
import { requireInstalled } from "./installed";

/**
 * Makes sure of what every resource needs before it is declared.
 *
 * @param nameSource what to name it after instead, when its name holds a secret
 * @returns how errors name the resource
 * @throws pulumi.RunError
 */
export function admit(type: string, name: string, nameSource: string): string {
  const label = plainLine(`${type} ${JSON.stringify(name)}`);
  requireInstalled(label);
  refusePlainSecrets(label);
  // Without a type checker it may be anything: Pulumi says what a name must be.
  if (typeof name === "string" && holdsTokenValue(name)) {
    throw new pulumi.RunError(`${label}: its name holds a token value, a secret: name it after ${nameSource}`);
  }
  return label;
}
