import { DatadogClient } from "../provider/datadog/client";
import { readSettings } from "../provider/datadog/settings";
import { UsageError } from "./usageError";

/**
 * Connects to Datadog with the environment's credentials, and says on standard error what a person should know of them.
 *
 * @throws UsageError when there are none; ConfigurationError when they cannot be used
 */
export function connect(): DatadogClient {
  const { credentials, ...settings } = readSettings(() => undefined, process.env);
  if (!credentials) {
    throw new UsageError(
      "No Datadog credentials: set DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN, in the environment.",
    );
  }
  for (const notice of settings.notices) process.stderr.write(`${notice}.\n`);
  return new DatadogClient({ ...settings, credentials });
}
