import { PREFIXED, PUBLIC_PORTION } from "../tokens/syntax";
import { tokenIdOfValue } from "../tokens/tokenIds";
import { ConfigurationError } from "./errors";
import { chooseProxy, type HttpProxy } from "./proxy";
import { parseApiUrl, siteUrl } from "./sites";

/** How requests prove who sends them. */
export type Credentials =
  | { readonly kind: "bearer"; readonly token: string }
  /** The application key may be a token value; the API key is optional then. */
  | { readonly kind: "keys"; readonly apiKey?: string; readonly appKey: string };

/** When a failed request is sent again. The names and defaults are those of `@pulumi/datadog`. */
export interface RetrySettings {
  readonly enabled: boolean;
  /** Milliseconds from the first attempt after which nothing is sent again. */
  readonly timeout: number;
  /** Milliseconds before the first retry. */
  readonly backoffBase: number;
  /** Factor by which each further wait grows. */
  readonly backoffMultiplier: number;
  readonly maxRetries: number;
}

/** The largest number of seconds, retries or a factor: a timer with a much longer wait fires at once. */
const LARGEST = 1_000_000;

/** Where and how to reach Datadog. */
export interface Settings {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  /** What the user calls it in the configuration, e.g. `datadog:apiUrl`. */
  readonly apiUrlKey: string;
  /** Absent: none were found. */
  readonly credentials?: Credentials;
  /** Why there are none, where there are none. */
  readonly noCredentials: string;
  /** What a person does then. */
  readonly giveCredentials: string;
  /** Absent: requests go straight to the API. */
  readonly proxy?: HttpProxy;
  readonly retry: RetrySettings;
  /** What a person should know about what was chosen, a plain sentence each. */
  readonly notices: readonly string[];
}

/** Settings that a request can be sent with. */
export interface Connection extends Omit<Settings, "notices" | "noCredentials" | "giveCredentials"> {
  readonly credentials: Credentials;
}

/** Where a stack, or a provider of its own, keeps settings. */
export interface Configuration {
  /** A setting's value, decrypted, e.g. of `"apiKey"`. */
  get(key: string): string | undefined;
  /** What the user calls it, e.g. `datadog:apiKey`. */
  name(key: string): string;
  /** What a person does to give credentials there, after "or". */
  readonly giveCredentials: string;
}

/**
 * A stack's configuration: the one that it shares with `@pulumi/datadog`, or the plugin's.
 *
 * @param get a value by its whole key, e.g. `datadog:apiKey`
 */
export function datadogConfiguration(
  get: (key: string) => string | undefined,
  namespace: "datadog" | "datadog-revocation" = "datadog",
): Configuration {
  const name = (key: string): string => `${namespace}:${key}`;
  const giveCredentials = `with pulumi config set --secret ${name("bearerToken")}, or ${name("apiKey")} and ${name("appKey")}`;
  return { get: (key) => get(name(key)), name, giveCredentials };
}

/** The headers that prove who sends a request. */
export function authentication(credentials: Credentials): Record<string, string> {
  if (credentials.kind === "bearer") return { Authorization: `Bearer ${credentials.token}` };
  return {
    "DD-APPLICATION-KEY": credentials.appKey,
    ...(credentials.apiKey !== undefined && { "DD-API-KEY": credentials.apiKey }),
  };
}

/**
 * The texts that must never be shown. What is too short to be a secret, as it may be in front of a test server, would be
 * found in ids and names by chance: the groups of an id have at most twelve digits.
 */
export function secretsOf(credentials: Credentials): string[] {
  const { kind: _, ...keys } = credentials;
  return Object.values(keys).filter((key) => key.length > 12);
}

/** The id of the token that credentials are; undefined when they are keys. */
export function ownTokenId(credentials: Credentials | undefined): string | undefined {
  return credentials && tokenIdOfValue(credentials.kind === "bearer" ? credentials.token : credentials.appKey);
}

/** What can be configured, in the words of `@pulumi/datadog`, with what a reader of the schema needs to know. */
export const CONFIGURATION = {
  apiKey: { type: "string", description: "API key. Environment: DD_API_KEY or DATADOG_API_KEY." },
  appKey: {
    type: "string",
    description: "Application key, or the value of an access token. Environment: DD_APP_KEY or DATADOG_APP_KEY.",
  },
  bearerToken: {
    type: "string",
    description:
      "The value of an access token, in place of the two keys. Environment: DD_BEARER_TOKEN or DATADOG_BEARER_TOKEN.",
  },
  apiUrl: {
    type: "string",
    description:
      "Address of the API, like https://api.datadoghq.eu. Default https://api.datadoghq.com. Environment: DD_HOST or " +
      "DATADOG_HOST; or DD_SITE with a site like datadoghq.eu.",
  },
  httpClientRetryEnabled: { type: "boolean", description: "Whether failed requests are sent again. Default true." },
  httpClientRetryTimeout: {
    type: "number",
    description: "Seconds from the first attempt after which nothing is sent again. Default 60.",
  },
  httpClientRetryBackoffBase: { type: "number", description: "Seconds before the first retry. Default 2." },
  httpClientRetryBackoffMultiplier: {
    type: "number",
    description: "Factor by which each further wait grows. Default 2.",
  },
  httpClientRetryMaxRetries: { type: "integer", description: "The most retries of one request. Default 3." },
} as const satisfies Record<string, { type: string; description: string }>;

/** Those that hold a secret. */
export const SECRET_KEYS = [
  "apiKey",
  "appKey",
  "bearerToken",
] as const satisfies readonly (keyof typeof CONFIGURATION)[];

type SecretKey = (typeof SECRET_KEYS)[number];

/** A value that was set, and the name of the key or variable that set it. */
interface Setting {
  readonly name: string;
  readonly value: string;
}

/** Where credentials come from, whole. */
interface Source {
  get(key: SecretKey): Setting | undefined;
  /** What the user calls a setting here. */
  name(key: SecretKey): string;
  /** What completes a pair of which one is missing: the half is not looked for in the other source. */
  complete(missing: "apiKey" | "appKey", given: string): string;
}

/** The keys with which `@pulumi/datadog` authenticates by a cloud provider instead; the most telling first. */
const KEYLESS = [
  "cloudProviderType",
  "cloudProviderRegion",
  "awsAccessKeyId",
  "awsSecretAccessKey",
  "awsSessionToken",
  "orgUuid",
];

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings: the configuration, then the environment. Credentials come whole from one of the two, so that halves
 * of different accounts never meet.
 *
 * @throws ConfigurationError naming the key or variable and what to write instead, never its value
 * @see https://www.pulumi.com/registry/packages/datadog/installation-configuration/
 */
export function readSettings(config: Configuration, env: Environment): Settings {
  const notices: string[] = [];
  const fromConfig = (key: string): Setting | undefined => present(config.name(key), config.get(key));
  const fromEnv = (suffix: string): Setting | undefined =>
    present(`DD_${suffix}`, env[`DD_${suffix}`]) ?? present(`DATADOG_${suffix}`, env[`DATADOG_${suffix}`]);
  const credentials =
    readCredentials(configurationSource(config, fromConfig), notices) ??
    readCredentials(environmentSource(config, fromEnv), notices);
  const apiUrlKey = config.name("apiUrl");
  const apiUrl = readApiUrl(
    fromConfig("apiUrl") ?? fromEnv("HOST"),
    present("DD_SITE", env.DD_SITE),
    apiUrlKey,
    notices,
  );
  const proxy = chooseProxy(apiUrl, env);
  return {
    apiUrl,
    apiUrlKey,
    ...(credentials && { credentials }),
    noCredentials: whyNone(fromConfig, fromEnv("CLOUD_PROVIDER_TYPE")),
    giveCredentials: `set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY; or ${config.giveCredentials}`,
    ...(proxy && { proxy }),
    retry: readRetry(fromConfig, env),
    notices,
  };
}

function configurationSource({ name }: Configuration, get: Source["get"]): Source {
  const complete: Source["complete"] = (missing, given) =>
    `set ${name(missing)} too; or remove ${given}, and set DD_API_KEY and DD_APP_KEY instead`;
  return { get, name, complete };
}

function environmentSource(config: Configuration, fromEnv: (suffix: string) => Setting | undefined): Source {
  const suffixes = { apiKey: "API_KEY", appKey: "APP_KEY", bearerToken: "BEARER_TOKEN" };
  const name = (key: SecretKey): string => `DD_${suffixes[key]}`;
  return {
    get: (key) => fromEnv(suffixes[key]),
    name,
    complete: (missing) =>
      `set ${name(missing)} too; or set ${config.name("apiKey")} and ${config.name("appKey")} instead`,
  };
}

function readCredentials(source: Source, notices: string[]): Credentials | undefined {
  const bearer = source.get("bearerToken");
  const apiKey = source.get("apiKey");
  const appKey = source.get("appKey");
  if (bearer) {
    const ignored = apiKey ?? appKey;
    if (ignored) notices.push(`${bearer.name} is used, ${ignored.name} is ignored: remove the one that is not meant`);
    const token = bearerToken(bearer);
    notices.push(...noticeOfKey(bearer, source));
    return { kind: "bearer", token };
  }
  for (const setting of [apiKey, appKey]) if (setting) demandWhole(setting);
  demandInPlace(source, apiKey, appKey);
  if (appKey && (apiKey || isToken(appKey))) {
    return { kind: "keys", appKey: key(appKey), ...(apiKey && { apiKey: key(apiKey) }) };
  }
  if (appKey) {
    if (isApiKey(appKey)) throw new ConfigurationError(move(source, appKey, "apiKey"));
    throw new ConfigurationError(`${appKey.name} is set without an API key: ${source.complete("apiKey", appKey.name)}`);
  }
  if (apiKey) {
    if (isAppKey(apiKey)) throw new ConfigurationError(move(source, apiKey, "appKey"));
    throw new ConfigurationError(
      `${apiKey.name} is set without an application key: ${source.complete("appKey", apiKey.name)}`,
    );
  }
  return undefined;
}

const isToken = ({ value }: Setting): boolean => tokenIdOfValue(value) !== undefined;
const isApiKey = ({ value }: Setting): boolean => /^[0-9a-f]{32}$/i.test(value);
/** Newer application keys have another shape. */
const isAppKey = ({ value }: Setting): boolean => /^[0-9a-f]{40}$/i.test(value);

/**
 * Refuses a public portion with its prefix: it is no secret, authenticates nobody, and is what Datadog still shows of a
 * token later. Without a prefix it could be a key of another shape.
 *
 * @throws ConfigurationError
 */
function demandWhole({ name, value }: Setting): void {
  if (!PREFIXED.test(value) || !PUBLIC_PORTION.test(value)) return;
  throw new ConfigurationError(
    `${name} holds only the public portion of a token; the value was shown once, when the token was created: create a new token`,
  );
}

/** @throws ConfigurationError */
function bearerToken(setting: Setting): string {
  const { name, value } = setting;
  if (/^bearer\s/i.test(value)) {
    throw new ConfigurationError(`${name} begins with "Bearer" and a space: write it without Bearer`);
  }
  demandWhole(setting);
  return key(setting);
}

/** A bearer token that looks like a key may be one of a kind that is not known here. */
function noticeOfKey(bearer: Setting, { name }: Source): string[] {
  const found = isAppKey(bearer) ? "appKey" : isApiKey(bearer) ? "apiKey" : undefined;
  if (!found) return [];
  return [
    `${bearer.name} looks like ${KEY_WORDS[found]}, not an access token: if it is one, set ${name("apiKey")} and ${name("appKey")} instead`,
  ];
}

const KEY_WORDS = { apiKey: "an API key", appKey: "an application key" } as const;

/** How to mend a key that stands alone, in the place of the other one. */
function move({ name }: Source, setting: Setting, to: "apiKey" | "appKey"): string {
  const other = to === "apiKey" ? "appKey" : "apiKey";
  return (
    `${setting.name} looks like ${KEY_WORDS[to]}: move it to ${name(to)} and set ${name(other)} to ` +
    `${KEY_WORDS[other].replace(/^an/, "the")}, or use ${name("bearerToken")}`
  );
}

/**
 * Refuses what evidently stands in another's place.
 *
 * @throws ConfigurationError
 */
function demandInPlace({ name }: Source, apiKey: Setting | undefined, appKey: Setting | undefined): void {
  if (apiKey && isToken(apiKey) && !(appKey && isToken(appKey))) {
    throw new ConfigurationError(`${apiKey.name} holds an access token: set ${name("bearerToken")} to it instead`);
  }
  if (apiKey && appKey && isAppKey(apiKey) && isApiKey(appKey)) {
    throw new ConfigurationError(
      `${apiKey.name} and ${appKey.name} are swapped: exchange their values. An API key has 32 hex digits, an application key has 40`,
    );
  }
}

/** Why there are no credentials: `@pulumi/datadog` can do without, with a cloud provider's. */
function whyNone(fromConfig: (key: string) => Setting | undefined, cloudProvider: Setting | undefined): string {
  const [keyless = cloudProvider] = KEYLESS.flatMap((key) => fromConfig(key) ?? []);
  if (!keyless) return "no Datadog credentials";
  return `keyless authentication (${keyless.name}) is not supported by this package`;
}

function readApiUrl(
  address: Setting | undefined,
  site: Setting | undefined,
  apiUrlKey: string,
  notices: string[],
): string {
  if (address && site)
    notices.push(`${address.name} is used, ${site.name} is ignored: remove the one that is not meant`);
  if (address) return parseApiUrl(address.value, address.name);
  return siteUrl(site?.value ?? "datadoghq.com", site?.name ?? "DD_SITE", apiUrlKey);
}

/** Each from the configuration or, as the provider below `@pulumi/datadog` does, from the environment. */
function readRetry(fromConfig: (key: string) => Setting | undefined, env: Environment): RetrySettings {
  const read = (key: string): Setting | undefined => {
    const variable = `DD_HTTP_CLIENT_RETRY${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    return fromConfig(`httpClientRetry${key}`) ?? present(variable, env[variable]);
  };
  const number = (key: string, fallback: number): number => {
    const setting = read(key);
    if (!setting) return fallback;
    if (!/^\d+(\.\d+)?$/.test(setting.value)) {
      throw new ConfigurationError(`${setting.name} is not a number: write one like ${fallback}`);
    }
    if (Number(setting.value) > LARGEST) {
      throw new ConfigurationError(`${setting.name} is too large: write a number like ${fallback}`);
    }
    return Number(setting.value);
  };
  return {
    enabled: readEnabled(read("Enabled")),
    timeout: number("Timeout", 60) * 1000,
    backoffBase: number("BackoffBase", 2) * 1000,
    backoffMultiplier: number("BackoffMultiplier", 2),
    maxRetries: number("MaxRetries", 3),
  };
}

/** The spellings that the provider below `@pulumi/datadog` takes. */
function readEnabled(setting: Setting | undefined): boolean {
  if (!setting || /^(1|t|true)$/i.test(setting.value)) return true;
  if (/^(0|f|false)$/i.test(setting.value)) return false;
  throw new ConfigurationError(`${setting.name} must be true or false`);
}

/** Unset and empty are the same: CI systems set variables of missing secrets to nothing. */
function present(name: string, value: string | undefined): Setting | undefined {
  return value === undefined || value === "" ? undefined : { name, value };
}

function key({ name, value }: Setting): string {
  if (value.trim() === "") throw new ConfigurationError(`${name} is blank: write the key into it, or remove it`);
  if (/["'`]/.test(value)) throw new ConfigurationError(`${name} holds quotation marks: write the key without them`);
  if (/\s/.test(value)) throw new ConfigurationError(`${name} holds a space or a line break: write the key alone`);
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new ConfigurationError(`${name} holds characters that no key has: copy the key again`);
  return value;
}
