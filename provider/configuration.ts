import * as pulumi from "@pulumi/pulumi";
import { SECRET_KEYS } from "./datadog/settings";
import { holdsTokenValue } from "./datadog/tokenIds";

/**
 * Refuses secrets in plain configuration, which Pulumi stores as they are, in the stack's file and in state. Only the
 * program can tell: the host gets everything decrypted.
 *
 * @throws pulumi.RunError naming the key
 */
export function refusePlainSecrets(resource: string): void {
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    const holdsSecret = SECRET_KEYS.some((secret) => secret === key) || holdsTokenValue(value);
    if (!holdsSecret || isConfigSecret(key)) continue;
    throw new pulumi.RunError(
      `${resource}: the configuration key ${key} holds a secret in plain text: set it again with ` +
        `pulumi config set --secret ${key}, and replace the secret if the plain one went anywhere`,
    );
  }
}

/** There at run time, and left out of the SDK's types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
