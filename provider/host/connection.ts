import type * as pulumi from "@pulumi/pulumi";
import { DatadogClient } from "../datadog/client";
import { sentence } from "../datadog/errors";
import { readSettings } from "../datadog/settings";
import { warnOnce } from "./engine";
import { NotRevokedError } from "./guards";

let config: pulumi.dynamic.Config | undefined;

/**
 * Keeps the stack's configuration. Synchronous on purpose: the first calls may come before an awaited `configure` ends.
 */
export function setConfiguration(request: pulumi.dynamic.ConfigureRequest): void {
  config = request.config;
}

/**
 * Connects to Datadog with the stack's configuration, or the environment.
 *
 * @returns undefined when there are no credentials at all, so that previews work without
 * @throws ConfigurationError
 */
export async function connect(): Promise<DatadogClient | undefined> {
  const { credentials, ...settings } = readSettings((key) => config?.get(key), process.env);
  if (!credentials) return undefined;
  for (const notice of settings.notices) await warnOnce(notice);
  return new DatadogClient({ ...settings, credentials });
}

/**
 * The same for an act.
 *
 * @param subject what is acted on, usually a token id
 * @param consequence what it means for it when the settings cannot be used
 * @throws NotRevokedError
 */
export async function connectFor(subject: string, consequence: string): Promise<DatadogClient | undefined> {
  return connect().catch((error) => {
    throw new NotRevokedError(`${subject}: ${consequence}: ${sentence(error)}`);
  });
}

/** The same for a revocation, which needs credentials. */
export async function connectToAct(subject: string): Promise<DatadogClient> {
  const client = await connectFor(subject, "not revoked");
  if (!client) throw new NotRevokedError(`${subject}: not revoked: ${NO_CREDENTIALS}`);
  return client;
}

/** What to write when there are no credentials. */
export const NO_CREDENTIALS =
  "no Datadog credentials: set DD_API_KEY and DD_APP_KEY, or DD_BEARER_TOKEN, or the same with pulumi config set --secret datadog:apiKey …";
