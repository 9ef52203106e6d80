import * as pulumi from "@pulumi/pulumi";
import type { Failure } from "../core/records";
import { underMocks } from "./deployment";
import { withoutStack } from "./runError";

/** Failures that are shown one by one. */
const SHOWN = 3;

/**
 * Fails the deployment at its end, with nothing stopped before; to be called in an `apply` of its own. The SDK shows an
 * error that nobody catches, lets everything go on, and ends the program as failed. One that is only logged would leave
 * the deployment a success.
 *
 * @throws pulumi.ResourceError
 */
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
  if (pulumi.runtime.isDryRun()) void pulumi.log.warn(text, resource);
  // Under mocks there is no deployment to fail: a throw would end the user's test.
  else if (underMocks()) void pulumi.log.error(text, resource);
  else throw withoutStack(new pulumi.ResourceError(text, resource, true));
}
