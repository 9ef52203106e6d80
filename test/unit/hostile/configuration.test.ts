import { ConfigurationError } from "../../../provider/datadog/errors";
import { datadogConfiguration, readSettings, type Settings } from "../../../provider/datadog/settings";
import { SITES } from "../../../provider/datadog/sites";
import { hostileText } from "../../support/arbitraryText";
import { expectHarmless, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc, part } from "./hostileCases";

const API_KEY = "d41d8cd98f00b204e9800998ecf8427e";
const APP_KEY = "9a0364b9e99bb480dd25e1f0284c8555da39a3ee";

/** What messages name of their own accord. */
const KNOWN = [...SITES, ...SITES.flatMap((site) => [`api.${site}`, `https://api.${site}`])];

/** What is usual, and what goes wrong with it on the way through files, shells and CI systems. */
const keyText = fc.oneof(
  fc.constantFrom(API_KEY, APP_KEY, PLANTED_VALUE),
  fc
    .tuple(fc.constantFrom(API_KEY, APP_KEY, PLANTED_VALUE), fc.constantFrom("\n", " ", '"', "'", "\0", "\u200b", "é"))
    .map(([key, more]) => more + key + more),
  hostileText,
);
const number = fc.oneof(
  fc.constantFrom("3", "0", "0.5", "-1", "1e3", "9".repeat(400), "NaN", "Infinity", "0x10", " 1", "1_000", "true", "٣"),
  hostileText,
);
const flag = fc.oneof(fc.constantFrom("true", "false", "TRUE", "0", "yes", "null", "[]"), hostileText);
const url = fc.oneof(
  fc.constantFrom("https://api.datadoghq.eu", "https://api.datadoghq.eu/", "HTTPS://API.DATADOGHQ.EU:443"),
  fc
    .tuple(
      fc.constantFrom("https://", "http://", "HTTP://", "https:", "ftp://", "javascript:", "file:///", "//", ""),
      fc.oneof(
        fc.constantFrom("api.datadoghq.com", "127.0.0.1", "localhost", "localhost.evil.example", "[::1]", "0x7f.1"),
        fc.constantFrom("user:pass@h", "@h", "h?", "h#", "h/..", "h\\@evil", "h:99999", "ｈｏｓｔ", "127.0.0.1.evil"),
        hostileText,
      ),
      fc.constantFrom("", "/", "/api", "?x", "#", ":8080", "\n", " "),
    )
    .map((parts) => parts.join("")),
  hostileText,
);

const CONFIG = {
  "datadog:apiKey": keyText,
  "datadog:appKey": keyText,
  "datadog:bearerToken": keyText,
  "datadog:apiUrl": url,
  "datadog:httpClientRetryEnabled": flag,
  "datadog:httpClientRetryTimeout": number,
  "datadog:httpClientRetryBackoffBase": number,
  "datadog:httpClientRetryBackoffMultiplier": number,
  "datadog:httpClientRetryMaxRetries": number,
};
const ENVIRONMENT = {
  ...{ DD_API_KEY: keyText, DD_APP_KEY: keyText, DD_BEARER_TOKEN: keyText, DATADOG_API_KEY: keyText },
  ...{ DD_HOST: url, DATADOG_HOST: url, DD_SITE: fc.oneof(fc.constantFrom(...SITES), hostileText) },
};
/** A few of them at a time: with all, the first mistake would hide the others. */
const few = <T>(fields: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<Record<string, T>> =>
  fc
    .subarray(Object.keys(fields), { maxLength: 3 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, fields[name] as fc.Arbitrary<T>]))));

test("any configuration and environment is read whole, or refused in words that repeat nothing of it", () => {
  let read = 0;
  fc.assert(
    fc.property(few(CONFIG), few(ENVIRONMENT), (config, env) => {
      const values = [...Object.values(config), ...Object.values(env)].filter((value) => value.length > 12);
      const said = (text: string): void => {
        expectHarmless(text);
        const repeated = values.find((value) => text.includes(value) && !KNOWN.includes(value));
        if ([API_KEY, APP_KEY].some((key) => text.includes(key))) throw new Error(`repeats a key: ${text}`);
        if (repeated !== undefined) throw new Error(`repeats ${JSON.stringify(repeated)}: ${text}`);
      };
      try {
        const settings = readSettings(
          datadogConfiguration((key) => (Object.hasOwn(config, key) ? config[key] : undefined)),
          env,
        );
        read++;
        for (const notice of settings.notices) said(notice);
        expectUsable(settings);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        said(error.message);
      }
    }),
    cases(15_000),
  );
  expect(read).toBeGreaterThan(part(1_000));
});

/** What requests can be sent with: an address, https or on this machine, keys that fit in a header, waits that a timer can take. */
function expectUsable({ apiUrl, credentials, retry }: Settings): void {
  const { origin, protocol, hostname } = new URL(apiUrl);
  const isHere = ["localhost", "[::1]"].includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  // An origin holds no password, path or query.
  if (origin !== apiUrl || (protocol !== "https:" && !isHere)) throw new Error(`takes ${apiUrl}`);
  const { kind: _, ...keys } = credentials ?? { kind: "none" };
  for (const key of Object.values(keys)) new Headers({ key: String(key) });
  for (const [name, value] of Object.entries(retry)) {
    if (typeof value === "number" && !(value >= 0 && value < 2 ** 31)) throw new Error(`${name} is ${value}`);
  }
}

test.each(["9".repeat(400), "3000000", "1000001"])("a time to wait that no timer takes is refused: %#", (seconds) => {
  expect(() =>
    readSettings(
      datadogConfiguration((key) => (key === "datadog:httpClientRetryTimeout" ? seconds : undefined)),
      {},
    ),
  ).toThrow("datadog:httpClientRetryTimeout is too large: write a number like 60");
});
