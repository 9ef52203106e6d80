import * as pulumi from "@pulumi/pulumi";
import { demandPublicName } from "../core/validators";
import { labelOf, plainSecret } from "../core/wording";
import { SECRET_KEYS } from "../datadog/settings";
import { sentence } from "../text/plainLine";
import { holdsTokenValue } from "../tokens/redact";
import { underMocks } from "./deployment";
import { runError } from "./runError";

/** What a program declares. */
type Admitted = "TokenRevocation" | "TokenRevocationBatch" | "TokenSweep";

/**
 * Makes sure of what every resource needs before it is declared.
 *
 * @param opts its options
 * @returns how errors name the resource
 * @throws pulumi.RunError
 */
export function admit(type: Admitted, name: string, opts: object | undefined): string {
  const label = labelOf(type, name);
  requireInstalled(label);
  refuseTakingOver(label, opts ?? {});
  refusePlainSecrets(label);
  try {
    demandPublicName(type, name);
  } catch (error) {
    throw runError(`${label}: ${sentence(error)}`);
  }
  return label;
}

/** In a bundle or a linked source tree, the provider would be written into state as code instead of as a module's name. */
function requireInstalled(label: string): void {
  // In a bundle of ES modules there is no `__filename`.
  const isInstalled =
    typeof __filename === "string" && /[\\/]node_modules[\\/]pulumi-datadog-revocation[\\/]/.test(__filename);
  if (isInstalled || underMocks()) return;
  throw runError(
    `${label}: the package pulumi-datadog-revocation must be installed in node_modules, but runs from elsewhere. ` +
      "If the program is bundled, leave the package out of the bundle (esbuild: --external:pulumi-datadog-revocation); " +
      "if it is linked, install the tarball that npm pack makes: npm install ./pulumi-datadog-revocation-<version>.tgz",
  );
}

/** Why there is nothing to take over from outside of the stack: a run would succeed with nothing revoked, or show a stack. */
const TAKING_OVER = {
  id: "with the option id Pulumi only reads the resource, and nothing would be revoked",
  import: "the option import does not work: Pulumi cannot import resources of dynamic providers",
};

function refuseTakingOver(label: string, opts: { readonly [Option in keyof typeof TAKING_OVER]?: unknown }): void {
  for (const option of ["id", "import"] as const) {
    if (!opts[option]) continue;
    throw runError(
      `${label}: ${TAKING_OVER[option]}: leave the option out. To record a token that is revoked already, declare it: ` +
        "pulumi up records it as alreadyRevoked",
    );
  }
}

/**
 * Refuses secrets in plain configuration, which Pulumi stores as they are, in the stack's file and in state. Only the
 * program can tell: the engine's process gets everything decrypted.
 *
 * @throws pulumi.RunError naming the key
 */
export function refusePlainSecrets(label: string): void {
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    const holdsSecret = SECRET_KEYS.some((secret) => `datadog:${secret}` === key) || holdsTokenValue(value);
    if (!holdsSecret || isConfigSecret(key)) continue;
    throw runError(`${label}: ${plainSecret(key)}`);
  }
}

/** There at run time, and left out of the SDK's types. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
