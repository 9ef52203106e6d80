import * as pulumi from "@pulumi/pulumi";

/**
 * Refuses to run a copy of this package that the engine could not find again: bundled into a program, or linked to a
 * source tree, the provider would be written into state as code instead of as a module's name.
 *
 * @throws pulumi.RunError saying what to do
 */
export function requireInstalled(resource: string): void {
  // In a bundle of ES modules there is no `__filename`.
  const installed =
    typeof __filename === "string" && /[\\/]node_modules[\\/]pulumi-datadog-revocation[\\/]/.test(__filename);
  if (installed || underMocks()) return;
  throw new pulumi.RunError(
    `${resource}: the package pulumi-datadog-revocation must be installed in node_modules, and runs from elsewhere. ` +
      "If the program is bundled, leave the package out of the bundle (esbuild: --external:pulumi-datadog-revocation); " +
      "if it is linked, install it: npm install pulumi-datadog-revocation",
  );
}

/** Whether the program runs under Pulumi's mocks. Pulumi has no public test for it. */
export function underMocks(): boolean {
  return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}
