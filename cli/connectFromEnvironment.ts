import { Run } from "../provider/core/run";
import type { Session } from "../provider/core/session";
import { readSettings } from "../provider/datadog/settings";
import { UsageError } from "./usageError";

/**
 * Connects to Datadog with the environment's credentials, and prints what the user should know about them on standard error.
 *
 * @throws UsageError when there are none; ConfigurationError when they cannot be used
 */
export async function connectFromEnvironment(): Promise<Session> {
  const log = async (_: unknown, line: string): Promise<void> => void process.stderr.write(`${line}.\n`);
  const session = await new Run({ env: process.env, engine: { log, demand: async () => {} } }).connect();
  if (session) return session;
  const { noCredentials } = readSettings(() => undefined, process.env);
  const why = noCredentials.replace(/^./, (letter) => letter.toUpperCase());
  throw new UsageError(`${why}: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY, in the environment.`);
}
