import * as pulumi from "@pulumi/pulumi";
import { withoutStack } from "./withoutStack";

/** Which resource names each token, by deployment: a preview and an `up` in one process are two. */
const deployments = new WeakMap<object, Map<string, string>>();

/**
 * Refuses a second resource for a token that the program named already.
 *
 * @throws pulumi.RunError naming both
 */
export function declareToken(tokenId: string, resource: string): void {
  const deployment = pulumi.runtime.getMonitor();
  if (!deployment) return;
  const resources = deployments.get(deployment) ?? new Map<string, string>();
  deployments.set(deployment, resources);
  const first = resources.get(tokenId);
  if (first !== undefined) {
    const text = `${resource}: token ${tokenId} is revoked by ${first} already: remove one of the two`;
    throw withoutStack(new pulumi.RunError(text));
  }
  resources.set(tokenId, resource);
}
