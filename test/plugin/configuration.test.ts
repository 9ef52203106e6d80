/** What the default provider takes from the stack's configuration, and an explicit one from the program. */
import { unknown } from "../support/host";
import { failure, useSimulator } from "../support/hosted";
import { DEFAULT_PROVIDER, EXPLICIT_PROVIDER } from "../support/hostPlugin";
import { Plugin } from "../support/plugin";
import { plain, secret, struct } from "../support/providerProcess";

let plugin: Plugin;
beforeAll(async () => {
  plugin = await Plugin.start();
});

const apiKey = "a".repeat(32);
const appKey = "b".repeat(40);
const token = `ddpat_${"0".repeat(22)}_${"c".repeat(36)}`;

/** How each of the two kinds of providers calls its settings. */
const kinds: [kind: string, urn: string, named: (key: string) => string][] = [
  ["the default provider", DEFAULT_PROVIDER, (key) => `datadog-revocation:${key}`],
  ["an explicit provider", EXPLICIT_PROVIDER, (key) => `the provider's ${key}`],
];

describe.each(kinds)("CheckConfig of %s", (_, urn, named) => {
  test.each<[string, object, string]>([
    [
      "a key that there is not, with the nearest",
      { apikey: "x" },
      `${named("apikey")} is not a configuration key: did you mean ${named("apiKey")}?`,
    ],
    ["an apiUrl that is none", { apiUrl: "api datadoghq" }, named("apiUrl")],
    [
      "half a pair of keys",
      { apiKey: secret(apiKey) },
      `${named("apiKey")} is set without an application key: set ${named("appKey")}`,
    ],
    ["a number that is none", { httpClientRetryTimeout: "soon" }, `${named("httpClientRetryTimeout")} is not a number`],
  ])("refuses %s", async (_, args, words) => {
    const { reasons } = await plugin.checkConfig(urn, args as Record<string, unknown>);
    expect(reasons).toEqual([expect.stringContaining(words)]);
    expect(reasons[0]).not.toContain(apiKey);
  });

  test("passes what is right, and what the engine adds, and keeps secrets marked", async () => {
    const args = { apiKey: secret(apiKey), appKey: secret(appKey), httpClientRetryMaxRetries: "2", version: "0.1.0" };
    expect(await plugin.checkConfig(urn, args)).toEqual({ inputs: args, reasons: [] });
  });

  test("passes what is not known yet: it may complete a pair", async () => {
    const args = { apiKey: secret(apiKey), appKey: unknown };
    expect(await plugin.checkConfig(urn, args)).toEqual({ inputs: args, reasons: [] });
    const wrong = { ...args, apikey: unknown };
    expect((await plugin.checkConfig(urn, wrong)).reasons).toEqual([
      expect.stringContaining("is not a configuration key"),
    ]);
  });
});

describe.each(kinds)("Configure of %s", (_, urn, named) => {
  test.each<[string, object, string]>([
    ["apiKey", { apiKey, appKey: secret(appKey) }, apiKey],
    ["appKey", { apiKey: secret(apiKey), appKey }, appKey],
    ["bearerToken", { bearerToken: token }, token],
    ["apiUrl with a token value", { apiUrl: `https://example.com/${token}` }, token],
  ])("refuses a plain %s, which would stand in state, and does not repeat it", async (name, args, plainText) => {
    const { message } = await failure(plugin.configure(urn, args as Record<string, unknown>));
    const key = named(name.split(" ")[0] as string);
    expect(message).toContain(`${key} ${urn === DEFAULT_PROVIDER ? "holds" : "is"} a secret in plain text: `);
    expect(message).toContain("pulumi config set --secret");
    expect(message).not.toContain(plainText.slice(-36));
  });

  test("takes secrets, and asks the engine to mark those of resources", async () => {
    const args = { apiKey: secret(apiKey), appKey: secret(appKey) };
    expect((await plugin.configure(urn, args)).getAcceptsecrets()).toBe(true);
  });
});

test("DiffConfig: another key or place is a change, and never replaces what the provider has", async () => {
  const olds = { apiKey: secret(apiKey), apiUrl: "https://api.datadoghq.com" };
  const none = { changes: false, replaces: [], deleteBeforeReplace: false };
  expect(await plugin.diffConfig(olds, olds)).toEqual(none);
  for (const news of [{ ...olds, apiKey: secret(appKey) }, { ...olds, apiUrl: "https://api.datadoghq.eu" }, {}]) {
    expect(await plugin.diffConfig(olds, news)).toEqual({ ...none, changes: true });
  }
});

test("without credentials of its own the default provider says that it cannot see those of datadog:", async () => {
  const { url, tokens } = await useSimulator({ tokens: 1 });
  const alone = await Plugin.start({ config: { "datadog:apiUrl": url } });
  await alone.check("TokenRevocation", { tokenId: tokens[0]?.id });
  expect(alone.engine.logs.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /no Datadog credentials: .*datadog-revocation:apiKey.*Keys of the configuration datadog: are not handed to this provider/,
    ),
  ]);
});

test("a provider's values may be of their own types, as programs give them", async () => {
  const { url, tokens, apiKey, appKey } = await useSimulator({ tokens: 1 });
  const args = { apiUrl: url, apiKey: secret(apiKey), appKey: secret(appKey) };
  const typed = { ...args, httpClientRetryEnabled: true, httpClientRetryMaxRetries: 1 };
  expect((await plugin.checkConfig(EXPLICIT_PROVIDER, typed)).reasons).toEqual([]);
  await plugin.configure(EXPLICIT_PROVIDER, typed);
  const { inputs } = await plugin.check("TokenRevocation", { tokenId: tokens[0]?.id });
  expect(plain(struct(inputs))).toMatchObject({ snapshot: { name: tokens[0]?.name } });
});
