import { Messages } from "../provider/core/messages";
import { Session } from "../provider/core/session";
import { DatadogClient } from "../provider/datadog/client";
import { readSettings } from "../provider/datadog/settings";
import { UsageError } from "./usageError";

const messages = new Messages({ log: async (_, line) => void process.stderr.write(`${line}\n`) });

/**
 * Connects to Datadog with the environment's credentials, and says on standard error what a person should know of them.
 *
 * @throws UsageError when there are none; ConfigurationError when they cannot be used
 */
export async function connect(): Promise<Session> {
  const { credentials, notices, ...settings } = readSettings(() => undefined, process.env);
  if (!credentials) {
    throw new UsageError(
      "No Datadog credentials: set DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN, in the environment.",
    );
  }
  for (const notice of notices) await messages.warn(`${notice}.`);
  return new Session(new DatadogClient({ ...settings, credentials }), messages);
}
