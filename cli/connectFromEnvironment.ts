import { DatadogClient } from "../provider/datadog/client";
import { readSettings } from "../provider/datadog/settings";
import { UsageError } from "./usageError";

/**
 * Connects to Datadog with the environment's credentials, and prints what the user should know about them on standard error.
 *
 * @throws UsageError when there are none; ConfigurationError when they cannot be used
 */
export function connectFromEnvironment(): DatadogClient {
  const { credentials, ...settings } = readSettings(() => undefined, process.env);
  if (!credentials) {
    throw new UsageError(
      "No Datadog credentials: set DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN, in the environment.",
    );
  }
  for (const notice of settings.notices) process.stderr.write(`${notice}.\n`);
  return new DatadogClient({ ...settings, credentials });
}
