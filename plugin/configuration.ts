/** What a provider is configured with: the stack's `datadog-revocation:` keys, or the arguments of an explicit one. */
import { PACKAGE } from "../provider/core/resourceTypes";
import { ArgumentError } from "../provider/core/validators";
import { plainSecret } from "../provider/core/wording";
import { ConfigurationError } from "../provider/datadog/errors";
import {
  CONFIGURATION,
  type Configuration,
  type Environment,
  readSettings,
  SECRET_KEYS,
} from "../provider/datadog/settings";
import { isNone } from "../provider/text/nearest";
import { plainLine } from "../provider/text/plainLine";
import { holdsTokenValue } from "../provider/tokens/redact";
import { UNKNOWN } from "../provider/tokens/tokenIds";
import type { Properties } from "./properties";

/** What the engine adds to a provider's inputs itself. */
const ENGINES = ["version", "pluginDownloadURL", "__internal"];
const KEYS = Object.keys(CONFIGURATION);

/**
 * Reads a provider's inputs.
 *
 * @param urn the provider's; the engine makes one named `default…` of the stack's configuration
 */
export function readConfiguration(urn: string, values: Properties["values"]): Configuration {
  const isDefault = (urn.split("::").at(-1) ?? "").startsWith("default");
  const get = (key: string): string | undefined => {
    const value = values[key];
    return value === undefined || value === null || value === UNKNOWN ? undefined : String(value);
  };
  if (!isDefault) {
    return {
      get,
      name: (key) => `the provider's ${key}`,
      giveCredentials: "give the provider bearerToken, or apiKey and appKey, each as a secret",
    };
  }
  return {
    get,
    name: (key) => `${PACKAGE}:${key}`,
    giveCredentials:
      `with pulumi config set --secret ${PACKAGE}:bearerToken, or ${PACKAGE}:apiKey and ${PACKAGE}:appKey. ` +
      "Keys of the configuration datadog: are not handed to this provider: set them again under " +
      `${PACKAGE}:, or give them to a provider of its own in the program`,
  };
}

/**
 * Refuses what no request could be sent with.
 *
 * @throws ArgumentError for keys that there are not, ConfigurationError for values
 */
export function checkConfiguration(configuration: Configuration, values: Properties["values"], env: Environment): void {
  for (const key of Object.keys(values)) {
    if (KEYS.includes(key) || ENGINES.includes(key)) continue;
    const problem = isNone("a configuration key", key, KEYS, configuration.name);
    throw new ArgumentError(`${plainLine(configuration.name(key))} ${problem}`);
  }
  // What a preview does not know yet may complete a pair.
  if (Object.values(values).includes(UNKNOWN)) return;
  readSettings(configuration, env);
}

/**
 * Refuses secrets that the program or the stack's configuration give in plain text: so they would stand in state.
 *
 * @throws ConfigurationError naming the key
 */
export function refusePlainSecrets(configuration: Configuration, { values, secrets }: Properties): void {
  for (const [key, value] of Object.entries(values)) {
    if (secrets.has(key) || typeof value !== "string" || value === "" || value === UNKNOWN) continue;
    if (!SECRET_KEYS.some((secret) => secret === key) && !holdsTokenValue(value)) continue;
    const name = configuration.name(key);
    throw new ConfigurationError(
      name.startsWith(PACKAGE)
        ? plainSecret(name)
        : `${name} is a secret in plain text: keep it in the stack's configuration with pulumi config set --secret, ` +
            "read it from there, and replace the secret if the plain one went anywhere",
    );
  }
}
