import * as pulumi from "@pulumi/pulumi";
import type { Failure } from "../core/records";
import { failuresText } from "../core/wording";
import { underMocks } from "./deployment";
import { withoutStack } from "./runError";

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
  const text = failuresText(failures, label);
  if (pulumi.runtime.isDryRun()) void pulumi.log.warn(text, resource);
  // Under mocks there is no deployment to fail: a throw would end the user's test.
  else if (underMocks()) void pulumi.log.error(text, resource);
  else throw withoutStack(new pulumi.ResourceError(text, resource, true));
}
