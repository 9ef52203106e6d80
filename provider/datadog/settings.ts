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
  /** Absent: none were found. */
  readonly credentials?: Credentials;
  /** Why there are none, where there are none; `GIVE_CREDENTIALS` goes on from it. */
  readonly noCredentials: string;
  /** Absent: requests go straight to the API. */
  readonly proxy?: HttpProxy;
  readonly retry: RetrySettings;
  /** What a person should know about what was chosen, a plain sentence each. */
  readonly notices: readonly string[];
}

/** Settings that a request can be sent with. */
export interface Connection extends Omit<Settings, "notices" | "noCredentials"> {
  readonly credentials: Credentials;
}

/** What a person writes to give credentials. */
export const GIVE_CREDENTIALS =
  "set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY; or with pulumi config set --secret datadog:bearerToken, or datadog:apiKey and datadog:appKey";

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

/** The configuration keys that hold a secret. */
export const SECRET_KEYS = ["datadog:apiKey", "datadog:appKey", "datadog:bearerToken"] as const;

/** A value that was set, and the name of the key or variable that set it. */
interface Setting {
  readonly name: string;
  readonly value: string;
}

type Source = (key: "apiKey" | "appKey" | "bearerToken") => Setting | undefined;

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
 * Reads the settings: the `datadog:` configuration that a stack shares with `@pulumi/datadog`, then the environment.
 * Credentials come whole from one of the two, so that halves of different accounts never meet.
 *
 * @param config one configuration key's value, e.g. of `datadog:apiKey`
 * @throws ConfigurationError naming the key or variable and what to write instead, never its value
 * @see https://www.pulumi.com/registry/packages/datadog/installation-configuration/
 */
export function readSettings(config: (key: string) => string | undefined, env: Environment): Settings {
  const notices: string[] = [];
  const fromConfig = (key: string): Setting | undefined => present(`datadog:${key}`, config(`datadog:${key}`));
  const fromEnv = (suffix: string): Setting | undefined =>
    present(`DD_${suffix}`, env[`DD_${suffix}`]) ?? present(`DATADOG_${suffix}`, env[`DATADOG_${suffix}`]);

  const credentials =
    readCredentials(fromConfig, notices) ??
    readCredentials(
      (key) => fromEnv({ apiKey: "API_KEY", appKey: "APP_KEY", bearerToken: "BEARER_TOKEN" }[key]),
      notices,
    );
  const apiUrl = readApiUrl(fromConfig("apiUrl"), fromEnv("HOST"), present("DD_SITE", env.DD_SITE), notices);
  const proxy = chooseProxy(apiUrl, env);
  return {
    apiUrl,
    ...(credentials && { credentials }),
    noCredentials: whyNone(fromConfig, fromEnv("CLOUD_PROVIDER_TYPE")),
    ...(proxy && { proxy }),
    retry: readRetry(fromConfig, env),
    notices,
  };
}

function readCredentials(source: Source, notices: string[]): Credentials | undefined {
  const bearer = source("bearerToken");
  const apiKey = source("apiKey");
  const appKey = source("appKey");
  if (bearer) {
    const ignored = apiKey ?? appKey;
    if (ignored) notices.push(`${bearer.name} is used, ${ignored.name} is ignored`);
    const token = bearerToken(bearer);
    notices.push(...noticeOfKey(bearer));
    return { kind: "bearer", token };
  }
  for (const setting of [apiKey, appKey]) if (setting) demandWhole(setting);
  demandInPlace(apiKey, appKey);
  if (appKey && (apiKey || isToken(appKey))) {
    return { kind: "keys", appKey: key(appKey), ...(apiKey && { apiKey: key(apiKey) }) };
  }
  if (appKey) {
    if (isApiKey(appKey)) throw new ConfigurationError(move(appKey, "apiKey"));
    throw new ConfigurationError(`${appKey.name} is set without an API key: ${complete(appKey, "apiKey")}`);
  }
  if (apiKey) {
    if (isAppKey(apiKey)) throw new ConfigurationError(move(apiKey, "appKey"));
    throw new ConfigurationError(`${apiKey.name} is set without an application key: ${complete(apiKey, "appKey")}`);
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
    `${name} holds only the public portion of a token; the value was shown once, when the token was made: make a new token`,
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
function noticeOfKey(bearer: Setting): string[] {
  const found = isAppKey(bearer) ? "appKey" : isApiKey(bearer) ? "apiKey" : undefined;
  if (!found) return [];
  const names = namesLike(bearer);
  return [
    `${bearer.name} looks like ${KEY_WORDS[found]}, not an access token: if it is one, set ${names.apiKey} and ${names.appKey} instead`,
  ];
}

const KEY_WORDS = { apiKey: "an API key", appKey: "an application key" } as const;

/** The names of the same source: configuration keys, or variables. */
function namesLike({ name }: Setting): Readonly<Record<"apiKey" | "appKey" | "bearerToken", string>> {
  return name.startsWith("datadog:")
    ? { apiKey: "datadog:apiKey", appKey: "datadog:appKey", bearerToken: "datadog:bearerToken" }
    : { apiKey: "DD_API_KEY", appKey: "DD_APP_KEY", bearerToken: "DD_BEARER_TOKEN" };
}

/** How to mend a key that stands alone, in the place of the other one. */
function move(setting: Setting, to: "apiKey" | "appKey"): string {
  const other = to === "apiKey" ? "appKey" : "apiKey";
  const names = namesLike(setting);
  return (
    `${setting.name} looks like ${KEY_WORDS[to]}: move it to ${names[to]} and set ${names[other]} to ` +
    `${KEY_WORDS[other].replace(/^an/, "the")}, or use ${names.bearerToken}`
  );
}

/**
 * Refuses what evidently stands in another's place.
 *
 * @throws ConfigurationError
 */
function demandInPlace(apiKey: Setting | undefined, appKey: Setting | undefined): void {
  if (apiKey && isToken(apiKey) && !(appKey && isToken(appKey))) {
    const bearer = apiKey.name.replace("apiKey", "bearerToken").replace("API_KEY", "BEARER_TOKEN");
    throw new ConfigurationError(`${apiKey.name} holds an access token: set ${bearer} to it instead`);
  }
  if (apiKey && appKey && isAppKey(apiKey) && isApiKey(appKey)) {
    throw new ConfigurationError(
      `${apiKey.name} and ${appKey.name} are swapped: an API key has 32 hex digits, an application key has 40`,
    );
  }
}

/** Why there are no credentials: `@pulumi/datadog` can do without, with a cloud provider's. */
function whyNone(fromConfig: (key: string) => Setting | undefined, cloudProvider: Setting | undefined): string {
  const [keyless = cloudProvider] = KEYLESS.flatMap((key) => fromConfig(key) ?? []);
  if (!keyless) return "no Datadog credentials";
  return `keyless authentication (${keyless.name}) is not supported by this package`;
}

/** How to make a pair of half a pair: the half that is missing is not looked for in the other source. */
function complete({ name }: Setting, missing: "apiKey" | "appKey"): string {
  if (!name.startsWith("datadog:")) {
    const variable = missing === "apiKey" ? "DD_API_KEY" : "DD_APP_KEY";
    return `set ${variable} too; or set datadog:apiKey and datadog:appKey instead`;
  }
  return `set datadog:${missing} too; or remove ${name}, and set DD_API_KEY and DD_APP_KEY instead`;
}

function readApiUrl(
  apiUrl: Setting | undefined,
  host: Setting | undefined,
  site: Setting | undefined,
  notices: string[],
): string {
  const address = apiUrl ?? host;
  if (address && site) notices.push(`${address.name} is used, ${site.name} is ignored`);
  if (address) return parseApiUrl(address.value, address.name);
  return siteUrl(site?.value ?? "datadoghq.com", site?.name ?? "DD_SITE");
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
  if (!/^[\x21-\x7e]+$/.test(value)) throw new ConfigurationError(`${name} holds characters that no key has`);
  return value;
}
