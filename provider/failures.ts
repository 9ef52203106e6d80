import * as pulumi from "@pulumi/pulumi";
import type { Failure } from "./host/revokeMany";

/** Failures that are shown one by one. */
const SHOWN = 3;

/** Fails the deployment at its end, with nothing stopped before. */
export function reportFailures(
  failures: readonly Failure[] | undefined,
  label: string,
  resource: pulumi.Resource,
): void {
  if (!failures || failures.length === 0) return;
  const more = failures.length - SHOWN;
  const text = [
    `${label}: ${failures.length} failed; the next up tries again.`,
    ...failures.slice(0, SHOWN).map(({ message }) => message),
    ...(more > 0 ? [`and ${more} more, which the stack's state lists under failures`] : []),
  ].join("\n");
  void (pulumi.runtime.isDryRun() ? pulumi.log.warn(text, resource) : pulumi.log.error(text, resource));
}
