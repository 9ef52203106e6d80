import { ConfigurationError } from "../../../../provider/datadog/errors";
import { datadogConfiguration, ownTokenId, readSettings, secretsOf } from "../../../../provider/datadog/settings";

const API_KEY = "d41d8cd98f00b204e9800998ecf8427e";
const APP_KEY = "9a0364b9e99bb480dd25e1f0284c8555da39a3ee";
const TOKEN_VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");

/** Settings of a run with this `datadog:` configuration and this environment. */
function read(config: Record<string, string>, env: Record<string, string> = {}) {
  return readSettings(
    datadogConfiguration((key) => config[key]),
    env,
  );
}

function errorOf(config: Record<string, string>, env: Record<string, string> = {}): ConfigurationError {
  try {
    read(config, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("was taken");
}

describe("credentials", () => {
  const configured = { "datadog:apiKey": API_KEY, "datadog:appKey": APP_KEY };
  const keys = { kind: "keys", apiKey: API_KEY, appKey: APP_KEY };

  test("none at all is no error", () => {
    expect(read({})).not.toHaveProperty("credentials");
    expect(read({ "datadog:apiKey": "" }, { DD_APP_KEY: "", DATADOG_BEARER_TOKEN: "" })).not.toHaveProperty(
      "credentials",
    );
  });

  const dd = { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY };
  const others = { DATADOG_API_KEY: "other", DATADOG_APP_KEY: "other" };

  test.each([
    ["the stack's configuration", configured, {}],
    ["DD_ variables before DATADOG_ ones", {}, { ...dd, ...others }],
    ["DATADOG_ variables", {}, { DATADOG_API_KEY: API_KEY, DATADOG_APP_KEY: APP_KEY }],
    ["configuration before the environment", configured, { ...others, DD_BEARER_TOKEN: TOKEN_VALUE }],
    ["the environment, where CI set configuration to nothing", { "datadog:apiKey": "", "datadog:appKey": "" }, dd],
  ])("a key pair comes from %s", (_, config, env) => {
    expect(read(config, env)).toMatchObject({ credentials: keys, notices: [] });
  });

  test.each([
    ["datadog:bearerToken", { "datadog:bearerToken": TOKEN_VALUE }, {}],
    ["DD_BEARER_TOKEN", {}, { DD_BEARER_TOKEN: TOKEN_VALUE, DATADOG_BEARER_TOKEN: "other" }],
    ["DATADOG_BEARER_TOKEN", {}, { DATADOG_BEARER_TOKEN: TOKEN_VALUE }],
  ])("a bearer token comes from %s", (_, config, env) => {
    expect(read(config, env).credentials).toEqual({ kind: "bearer", token: TOKEN_VALUE });
  });

  test("a bearer token beats a key pair of the same source, and that is said", () => {
    const { credentials, notices } = read({ ...configured, "datadog:bearerToken": TOKEN_VALUE });
    expect(credentials).toEqual({ kind: "bearer", token: TOKEN_VALUE });
    expect(notices).toEqual([expect.stringMatching(/datadog:bearerToken is used.*datadog:apiKey/)]);
  });

  test("a token value may stand as application key, with or without an API key", () => {
    expect(read({}, { DD_APP_KEY: TOKEN_VALUE }).credentials).toEqual({ kind: "keys", appKey: TOKEN_VALUE });
    expect(read({}, { DD_APP_KEY: TOKEN_VALUE, DD_API_KEY: API_KEY }).credentials).toEqual({
      kind: "keys",
      appKey: TOKEN_VALUE,
      apiKey: API_KEY,
    });
  });

  const toConfigure = "too; or set datadog:apiKey and datadog:appKey instead";
  const toRemove = (name: string) => `too; or remove ${name}, and set DD_API_KEY and DD_APP_KEY instead`;

  test.each([
    ["datadog:apiKey", API_KEY, `an application key: set datadog:appKey ${toRemove("datadog:apiKey")}`],
    ["datadog:appKey", APP_KEY, `an API key: set datadog:apiKey ${toRemove("datadog:appKey")}`],
    ["DD_API_KEY", API_KEY, `an application key: set DD_APP_KEY ${toConfigure}`],
    ["DATADOG_API_KEY", API_KEY, `an application key: set DD_APP_KEY ${toConfigure}`],
    ["DATADOG_APP_KEY", APP_KEY, `an API key: set DD_API_KEY ${toConfigure}`],
    // Without its prefix, a public portion could be a key of another shape.
    ["DD_APP_KEY", TOKEN_VALUE.slice(6, 28), `an API key: set DD_API_KEY ${toConfigure}`],
  ])("half a pair is refused, with both ways to complete it: %s", (name, value, said) => {
    const [config, env] = name.startsWith("datadog:") ? [{ [name]: value }, {}] : [{}, { [name]: value }];
    expect(errorOf(config, env).message).toBe(`${name} is set without ${said}`);
  });

  test("what is missing without any credentials is named by variable and by configuration key", () => {
    const { giveCredentials } = read({});
    for (const name of ["API_KEY", "APP_KEY", "BEARER_TOKEN"]) expect(giveCredentials).toContain(`DD_${name}`);
    for (const key of ["apiKey", "appKey", "bearerToken"]) expect(giveCredentials).toContain(`datadog:${key}`);
    expect(giveCredentials).toMatch(/^set DD_BEARER_TOKEN, or /);
  });

  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ["none", {}, {}, "no Datadog credentials"],
    [
      "none, where CI set it to nothing",
      { "datadog:orgUuid": "" },
      { DD_CLOUD_PROVIDER_TYPE: "" },
      "no Datadog credentials",
    ],
    [
      "none: an AWS backend has such variables",
      {},
      { AWS_ACCESS_KEY_ID: "x", AWS_REGION: "x" },
      "no Datadog credentials",
    ],
    [
      "cloudProviderType first",
      { "datadog:orgUuid": "x", "datadog:cloudProviderType": "aws" },
      {},
      "datadog:cloudProviderType",
    ],
    ["cloudProviderRegion", { "datadog:cloudProviderRegion": "x" }, {}, "datadog:cloudProviderRegion"],
    ["orgUuid", { "datadog:orgUuid": "x" }, {}, "datadog:orgUuid"],
    ["awsAccessKeyId", { "datadog:awsAccessKeyId": "x" }, {}, "datadog:awsAccessKeyId"],
    ["awsSecretAccessKey", { "datadog:awsSecretAccessKey": "x" }, {}, "datadog:awsSecretAccessKey"],
    ["awsSessionToken", { "datadog:awsSessionToken": "x" }, {}, "datadog:awsSessionToken"],
    ["the variable", {}, { DD_CLOUD_PROVIDER_TYPE: "aws" }, "DD_CLOUD_PROVIDER_TYPE"],
    ["the other variable", {}, { DATADOG_CLOUD_PROVIDER_TYPE: "aws" }, "DATADOG_CLOUD_PROVIDER_TYPE"],
  ])("keyless configuration of @pulumi/datadog is told from none: %s", (_, config, env, said) => {
    const settings = read(config, env);
    expect(settings).not.toHaveProperty("credentials");
    const keyless = `keyless authentication (${said}) is not supported by this package`;
    expect(settings.noCredentials).toBe(said.includes(" ") ? said : keyless);
  });

  test("keys beside a keyless configuration are used, and nothing is said", () => {
    const keyless = { "datadog:cloudProviderType": "aws", "datadog:orgUuid": "x" };
    expect(read(keyless, dd)).toMatchObject({ credentials: keys, notices: [] });
  });

  const swapped = "are swapped: exchange their values. An API key has 32 hex digits, an application key has 40";

  test.each([
    [{ "datadog:apiKey": APP_KEY, "datadog:appKey": API_KEY }, `datadog:apiKey and datadog:appKey ${swapped}`],
    [{ DD_API_KEY: APP_KEY.toUpperCase(), DD_APP_KEY: API_KEY }, `DD_API_KEY and DD_APP_KEY ${swapped}`],
    [{ DATADOG_API_KEY: APP_KEY, DD_APP_KEY: API_KEY }, `DATADOG_API_KEY and DD_APP_KEY ${swapped}`],
    [{ DD_API_KEY: TOKEN_VALUE }, "DD_API_KEY holds an access token: set DD_BEARER_TOKEN to it instead"],
    [
      { DATADOG_API_KEY: TOKEN_VALUE, DD_APP_KEY: APP_KEY },
      "DATADOG_API_KEY holds an access token: set DD_BEARER_TOKEN to it instead",
    ],
    [{ "datadog:apiKey": TOKEN_VALUE }, "datadog:apiKey holds an access token: set datadog:bearerToken to it instead"],
    [
      { DD_API_KEY: APP_KEY },
      "DD_API_KEY looks like an application key: move it to DD_APP_KEY and set DD_API_KEY to the API key, or use DD_BEARER_TOKEN",
    ],
    [
      { DATADOG_API_KEY: APP_KEY.toUpperCase() },
      "DATADOG_API_KEY looks like an application key: move it to DD_APP_KEY and set DD_API_KEY to the API key, or use DD_BEARER_TOKEN",
    ],
    [
      { "datadog:apiKey": APP_KEY },
      "datadog:apiKey looks like an application key: move it to datadog:appKey and set datadog:apiKey to the API key, or use datadog:bearerToken",
    ],
    [
      { DD_APP_KEY: API_KEY },
      "DD_APP_KEY looks like an API key: move it to DD_API_KEY and set DD_APP_KEY to the application key, or use DD_BEARER_TOKEN",
    ],
    [
      { "datadog:appKey": API_KEY },
      "datadog:appKey looks like an API key: move it to datadog:apiKey and set datadog:appKey to the application key, or use datadog:bearerToken",
    ],
  ])("keys in each other's place are refused by their names: %#", (values: Record<string, string>, said) => {
    const isConfig = Object.keys(values).some((name) => name.startsWith("datadog:"));
    expect(errorOf(isConfig ? values : {}, isConfig ? {} : values).message).toBe(said);
  });

  test.each([
    [API_KEY, `ddapp_${"x".repeat(40)}`],
    [API_KEY, API_KEY],
    [APP_KEY, APP_KEY],
    [`ddapi_${API_KEY}`, API_KEY],
    [APP_KEY, "ddapp_x"],
    ["a", "b"],
    [TOKEN_VALUE, TOKEN_VALUE],
  ])("what may be valid is taken: %#", (apiKey, appKey) => {
    expect(read({}, { DD_API_KEY: apiKey, DD_APP_KEY: appKey }).credentials).toEqual({ kind: "keys", apiKey, appKey });
  });

  const publicPortion = TOKEN_VALUE.slice(0, 28);

  test.each<[string, Record<string, string>]>([
    ["DD_BEARER_TOKEN", { DD_BEARER_TOKEN: publicPortion }],
    ["DATADOG_BEARER_TOKEN", { DATADOG_BEARER_TOKEN: publicPortion.replace("ddpat", "ddsat") }],
    ["datadog:bearerToken", { "datadog:bearerToken": publicPortion }],
    ["DD_APP_KEY", { DD_APP_KEY: publicPortion }],
    ["DD_APP_KEY", { DD_API_KEY: API_KEY, DD_APP_KEY: publicPortion.replace("ddpat", "ddsat") }],
    ["datadog:appKey", { "datadog:apiKey": API_KEY, "datadog:appKey": publicPortion }],
    ["DD_API_KEY", { DD_API_KEY: publicPortion }],
    ["DD_API_KEY", { DD_API_KEY: publicPortion, DD_APP_KEY: TOKEN_VALUE }],
    ["datadog:apiKey", { "datadog:apiKey": publicPortion, "datadog:appKey": APP_KEY }],
  ])("a public portion authenticates nobody: %s, %#", (name, values) => {
    const isConfig = name.startsWith("datadog:");
    expect(errorOf(isConfig ? values : {}, isConfig ? {} : values).message).toBe(
      `${name} holds only the public portion of a token; the value was shown once, when the token was created: create a new token`,
    );
  });

  test.each<[string, string]>([
    ["DD_BEARER_TOKEN", `Bearer ${TOKEN_VALUE}`],
    ["DATADOG_BEARER_TOKEN", `bearer  ${TOKEN_VALUE}`],
    ["datadog:bearerToken", `Bearer ${publicPortion}`],
  ])("the scheme is not a part of the token: %s", (name, value) => {
    const [config, env] = name.startsWith("datadog:") ? [{ [name]: value }, {}] : [{}, { [name]: value }];
    expect(errorOf(config, env).message).toBe(`${name} begins with "Bearer" and a space: write it without Bearer`);
  });

  test.each<[string, string, string]>([
    [
      "DD_BEARER_TOKEN",
      APP_KEY,
      "an application key, not an access token: if it is one, set DD_API_KEY and DD_APP_KEY",
    ],
    ["DATADOG_BEARER_TOKEN", API_KEY, "an API key, not an access token: if it is one, set DD_API_KEY and DD_APP_KEY"],
    [
      "datadog:bearerToken",
      APP_KEY.toUpperCase(),
      "an application key, not an access token: if it is one, set datadog:apiKey and datadog:appKey",
    ],
  ])("what looks like a key in the bearer token's place is taken, and said: %s, %s", (name, value, said) => {
    const [config, env] = name.startsWith("datadog:") ? [{ [name]: value }, {}] : [{}, { [name]: value }];
    expect(read(config, env)).toMatchObject({
      credentials: { kind: "bearer", token: value },
      notices: [`${name} looks like ${said} instead`],
    });
  });

  test("half a pair in the configuration is not completed from the environment", () => {
    const env = { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY, DD_BEARER_TOKEN: TOKEN_VALUE };
    expect(errorOf({ "datadog:apiKey": API_KEY }, env).message).toMatch(/^datadog:apiKey is set without/);
    expect(errorOf({ "datadog:appKey": APP_KEY }, env).message).toMatch(/^datadog:appKey is set without/);
  });

  test.each([
    ["blank", "   ", /blank/],
    ["a line break at its end", `${APP_KEY}\n`, /line break/],
    ["a scheme before it", `Bearer ${APP_KEY}`, /space/],
    ["quotes around it", `"${APP_KEY}"`, /quotation marks/],
    ["a letter outside ASCII", `${APP_KEY}é`, /characters that no key has/],
    ["such a letter before it", `é${APP_KEY}`, /characters that no key has/],
    ["a control character", `${APP_KEY}\u0007`, /characters that no key has/],
    ["a zero-width space", `${APP_KEY}\u200b`, /characters that no key has/],
  ])("a key that has %s is refused, wherever it stands", (_, bad, why) => {
    for (const [name, config, env] of [
      ["datadog:apiKey", { ...configured, "datadog:apiKey": bad }, {}],
      ["datadog:appKey", { ...configured, "datadog:appKey": bad }, {}],
      ["datadog:bearerToken", { "datadog:bearerToken": bad }, {}],
      ["DD_API_KEY", {}, { DD_API_KEY: bad, DD_APP_KEY: APP_KEY }],
      ["DATADOG_APP_KEY", {}, { DATADOG_API_KEY: API_KEY, DATADOG_APP_KEY: bad }],
      ["DD_BEARER_TOKEN", {}, { DD_BEARER_TOKEN: bad }],
    ] as [string, Record<string, string>, Record<string, string>][]) {
      const { message } = errorOf(config, env);
      expect(message).toMatch(why);
      expect(message.startsWith(`${name} `)).toBe(true);
    }
  });
});

describe("where the API is", () => {
  const eu = "https://api.datadoghq.eu";
  const ap1 = "https://api.ap1.datadoghq.com";

  test.each([
    ["datadoghq.com when nothing is set", {}, {}, "https://api.datadoghq.com"],
    ["DD_SITE's", {}, { DD_SITE: "us5.datadoghq.com" }, "https://api.us5.datadoghq.com"],
    ["DATADOG_HOST", {}, { DATADOG_HOST: eu }, eu],
    ["DD_HOST before DATADOG_HOST", {}, { DD_HOST: `${eu}/`, DATADOG_HOST: "https://example.com" }, eu],
    ["datadog:apiUrl before DD_HOST", { "datadog:apiUrl": `${ap1}/` }, { DD_HOST: eu }, ap1],
  ])("is %s", (_, config, env, apiUrl) => {
    expect(read(config, env)).toMatchObject({ apiUrl, notices: [] });
  });

  test("is said when an address stands beside DD_SITE", () => {
    const { apiUrl, notices } = read({}, { DD_HOST: "https://api.datadoghq.eu", DD_SITE: "us3.datadoghq.com" });
    expect(apiUrl).toBe("https://api.datadoghq.eu");
    expect(notices).toEqual(["DD_HOST is used, DD_SITE is ignored: remove the one that is not meant"]);
  });

  test.each([
    ["DD_SITE", {}, { DD_SITE: "datadoghq.de" }],
    ["DD_HOST", {}, { DD_HOST: "api.datadoghq.eu" }],
    ["DATADOG_HOST", {}, { DATADOG_HOST: "http://api.datadoghq.eu" }],
    ["datadog:apiUrl", { "datadog:apiUrl": "https://api.datadoghq.eu/api" }, {}],
  ])("is refused under the name of %s", (name, config, env) => {
    expect(errorOf(config, env).message.startsWith(`${name} `)).toBe(true);
  });
});

describe("the proxy", () => {
  const HTTPS_PROXY = "http://robin:secret@proxy.example.com:3128";

  test("is the environment's, for an API that is not on this machine", () => {
    expect(read({}, { HTTPS_PROXY }).proxy?.host).toBe("proxy.example.com:3128");
    expect(read({}, {})).not.toHaveProperty("proxy");
    expect(read({}, { HTTPS_PROXY, NO_PROXY: "datadoghq.com" })).not.toHaveProperty("proxy");
    expect(read({ "datadog:apiUrl": "http://localhost:8080" }, { HTTPS_PROXY })).not.toHaveProperty("proxy");
  });

  test("is refused by the variable's name", () => {
    expect(errorOf({}, { https_proxy: "socks5://proxy" }).message).toMatch(/^https_proxy is not/);
  });
});

describe("retry settings", () => {
  test("are those of @pulumi/datadog by default", () => {
    const usual = { enabled: true, timeout: 60_000, backoffBase: 2_000, backoffMultiplier: 2, maxRetries: 3 };
    expect(read({}).retry).toEqual(usual);
  });

  test("are read from the configuration, in seconds", () => {
    const retry = {
      "datadog:httpClientRetryEnabled": "false",
      "datadog:httpClientRetryTimeout": "90",
      "datadog:httpClientRetryBackoffBase": "0.5",
      "datadog:httpClientRetryBackoffMultiplier": "3",
      "datadog:httpClientRetryMaxRetries": "0",
      // There is jitter anyway.
      "datadog:httpClientRetryJitter": "5",
    };
    const seconds = { enabled: false, timeout: 90_000, backoffBase: 500, backoffMultiplier: 3, maxRetries: 0 };
    expect(read(retry).retry).toEqual(seconds);
  });

  test("are read from the environment where the configuration has none, one by one", () => {
    const env = {
      DD_HTTP_CLIENT_RETRY_ENABLED: "0",
      DD_HTTP_CLIENT_RETRY_TIMEOUT: "90",
      DD_HTTP_CLIENT_RETRY_BACKOFF_BASE: "1",
      DD_HTTP_CLIENT_RETRY_BACKOFF_MULTIPLIER: "3",
      DD_HTTP_CLIENT_RETRY_MAX_RETRIES: "",
    };
    const retry = { enabled: false, timeout: 10_000, backoffBase: 1_000, backoffMultiplier: 3, maxRetries: 3 };
    expect(read({ "datadog:httpClientRetryTimeout": "10" }, env).retry).toEqual(retry);
    const { message } = errorOf({}, { DD_HTTP_CLIENT_RETRY_TIMEOUT: "60s" });
    expect(message).toBe("DD_HTTP_CLIENT_RETRY_TIMEOUT is not a number: write one like 60");
  });

  test.each(["Timeout", "BackoffBase", "BackoffMultiplier", "MaxRetries"])("%s must be a number", (name) => {
    const key = `datadog:httpClientRetry${name}`;
    for (const bad of ["soon", "-1", "1e3", "60s", " 60", "NaN", "Infinity", "0x10", "1,5", "٣"]) {
      expect(errorOf({ [key]: bad }).message).toMatch(new RegExp(`^${key} .*number`));
    }
  });

  test("Enabled must be true or false", () => {
    for (const bad of ["yes", "10", "tru", " true"]) {
      const { message } = errorOf({ "datadog:httpClientRetryEnabled": bad });
      expect(message).toBe("datadog:httpClientRetryEnabled must be true or false");
    }
    for (const [value, enabled] of [
      ["true", true],
      ["True", true],
      ["1", true],
      ["FALSE", false],
      ["f", false],
    ] as const) {
      expect(read({ "datadog:httpClientRetryEnabled": value }).retry.enabled).toBe(enabled);
    }
  });
});

test("what is too short to be a secret is not taken for one", () => {
  expect(secretsOf({ kind: "keys", apiKey: "a", appKey: "0123456789ab" })).toEqual([]);
  expect(secretsOf({ kind: "keys", apiKey: API_KEY, appKey: "b" })).toEqual([API_KEY]);
  expect(secretsOf({ kind: "keys", appKey: TOKEN_VALUE })).toEqual([TOKEN_VALUE]);
  expect(secretsOf({ kind: "bearer", token: "0123456789abc" })).toEqual(["0123456789abc"]);
});

describe("the token that authenticates a run", () => {
  const value = ["ddpat_000000000Qdww5P8dQtGsa", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].join("_");
  const tokenId = "00000000-0000-1234-0000-000000000000";

  test.each([
    [{ kind: "bearer", token: value } as const, tokenId],
    [{ kind: "keys", apiKey: "key", appKey: value } as const, tokenId],
    [{ kind: "keys", apiKey: value, appKey: "key" } as const, undefined],
    [{ kind: "bearer", token: "opaque" } as const, undefined],
    [undefined, undefined],
  ])("of %j is %s", (credentials, own) => {
    expect(ownTokenId(credentials)).toBe(own);
  });
});
