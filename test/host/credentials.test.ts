import { configKey, type Host, type HostOptions } from "../support/host";
import { allSent, failure, revoke, sent, time, useHosted, warnings } from "../support/hosted";

const hosted = useHosted();

test("with keyless configuration alone it is the same, in its own words", async () => {
  const host = await hosted.startBare({
    config: { "datadog:apiUrl": hosted.simulator.url, "datadog:cloudProviderType": "aws", "datadog:orgUuid": "x" },
  });
  const { id: tokenId } = hosted.token();
  const since = hosted.now();
  expect(await host.check({}, { tokenId })).toMatchObject({ failures: [] });
  const key = configKey("cloudProviderType");
  const why = `keyless authentication (${key}) is not supported by this package: set DD_BEARER_TOKEN`;
  expect(warnings(host)).toEqual([
    expect.stringContaining(`${tokenId}: neither this token nor any other is looked up or checked: ${why}`),
  ]);
  const error = await failure(host.create({ tokenId, status: "revoked" }));
  expect(error.message).toContain(`${tokenId}: not revoked: ${why}`);
  expect(allSent(hosted, since)).toEqual([]);
});

test("without any credentials a preview passes and says once what it could not see, and create fails", async () => {
  const host = await hosted.startBare({ config: { "datadog:apiUrl": hosted.simulator.url } });
  const [first, second] = [hosted.token().id, hosted.token().id];
  const since = hosted.now();
  const guarded = { tokenId: first, expect: { name: "ci-deploy" } };
  expect(await host.check({}, guarded)).toEqual({ inputs: { ...guarded, status: "revoked" }, failures: [] });
  expect(await host.check({}, { tokenId: second })).toMatchObject({ failures: [] });
  expect(host.logs()).toEqual([
    {
      severity: "warning",
      ephemeral: false,
      message: expect.stringContaining(
        `${first}: neither this token nor any other is looked up or checked: no Datadog credentials: set DD_BEARER_TOKEN, or ` +
          `DD_API_KEY and DD_APP_KEY; or with pulumi config set --secret ${configKey("bearerToken")}, or ` +
          `${configKey("apiKey")} and ${configKey("appKey")}`,
      ),
    },
  ]);
  const error = await failure(host.create({ ...guarded, status: "revoked" }));
  expect(error.message).toMatch(new RegExp(`^${first}: not revoked: no Datadog credentials: set DD_BEARER_TOKEN`));
  expect(error.partial).toBeUndefined();
  expect(allSent(hosted, since)).toEqual([]);
});

const key = "f".repeat(32);

test.each<[string, HostOptions, string]>([
  [
    "half a pair in configuration, the other half in the environment",
    { config: { "datadog:apiKey": key }, env: { DD_APP_KEY: key } },
    `${configKey("apiKey")} is set without an application key`,
  ],
  [
    "a pair of keys that are swapped",
    { env: { DD_API_KEY: `${key}01234567`, DD_APP_KEY: key } },
    "DD_API_KEY and DD_APP_KEY are swapped: exchange their values. An API key has 32 hex digits",
  ],
  [
    "the address of Datadog's web site",
    { env: { DD_API_KEY: key, DD_APP_KEY: key, DD_HOST: "https://app.us5.datadoghq.com" } },
    "DD_HOST is not the address of Datadog's API: write https://api.us5.datadoghq.com",
  ],
  [
    "an apiUrl with a password",
    {
      config: {
        "datadog:apiKey": key,
        "datadog:appKey": key,
        "datadog:apiUrl": `https://robin:${key}@api.datadoghq.eu`,
      },
    },
    `${configKey("apiUrl")} holds a user name or a password`,
  ],
])(
  "%s fails before any request, named and not repeated, and changes nothing recorded",
  async (_, options, sentence) => {
    const host = await hosted.startBare(options);
    const { id: tokenId } = hosted.token();
    const { failures } = await host.check({}, { tokenId });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    const error = await failure(host.create({ tokenId, status: "revoked" }));
    expect(error.message.startsWith(`${tokenId}: not revoked: ${sentence}`)).toBe(true);
    // Nobody was asked: no failed look-up was said.
    expect(host.logs()).toEqual([]);

    const record = { tokenId, status: "revoked", outcome: "revoked", snapshot: { name: "ci-deploy" } };
    expect(await host.check({ tokenId, status: "revoked" }, { tokenId })).toMatchObject({ failures: [] });
    const due = await failure(host.update(tokenId, record, { tokenId, status: "revoked" }));
    expect(due.message.startsWith(`${tokenId}: not verified: ${sentence}`)).toBe(true);
    expect(await host.read(tokenId, record)).toMatchObject({ id: tokenId, properties: record });
    expect(host.logs()).toEqual([
      expect.objectContaining({ severity: "warning", message: expect.stringContaining(`: ${sentence}`) }),
    ]);
    const texts = [JSON.stringify([failures, host.logs()]), error.message, due.message, await host.printed()];
    for (const text of texts) expect(text).not.toContain(key);
  },
);

/** What a run needs as scopes of the token that it authenticates with. */
const SCOPES = ["org_app_keys_read", "org_app_keys_write", "user_access_read"];

/** The ways in which a run can authenticate with a token, and where it may learn the site. */
test.each<[string, string, (url: string, token: string) => HostOptions]>([
  [
    "DD_BEARER_TOKEN, before DATADOG_BEARER_TOKEN",
    "bearer",
    (DD_HOST, token) => ({ env: { DD_HOST, DD_BEARER_TOKEN: token, DATADOG_BEARER_TOKEN: "wrong" } }),
  ],
  [
    "DATADOG_APP_KEY",
    "token as application key",
    (DATADOG_HOST, token) => ({ env: { DATADOG_HOST, DATADOG_APP_KEY: token } }),
  ],
  [
    "datadog:bearerToken, before the environment's keys",
    "bearer",
    (url, token) => ({
      config: { "datadog:apiUrl": url, "datadog:bearerToken": token },
      env: { DD_API_KEY: "wrong", DD_APP_KEY: "wrong", DD_BEARER_TOKEN: "wrong" },
    }),
  ],
  [
    "datadog:appKey",
    "token as application key",
    (url, token) => ({ config: { "datadog:apiUrl": url, "datadog:appKey": token } }),
  ],
])(
  "a token that is given as %s revokes others, and itself with allowSelf alone: unverified, and said",
  async (_, authentication, credentials) => {
    const { id: tokenId, value } = hosted.simulator.addToken({ scopes: SCOPES });
    const host = await hosted.startBare(credentials(hosted.simulator.url, value));
    const since = hosted.now();
    const sentence = `${tokenId}: refused, not revoked: this run authenticates with it`;
    const { failures } = await host.check({}, { tokenId });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
    const error = await failure(host.create({ tokenId, status: "revoked" }));
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain(value);
    expect(hosted.simulator.requests(since)).toEqual([]);

    await expectRevoking(host, authentication);

    const { properties } = await revoke(host, { tokenId, allowSelf: true });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, allowSelf: true, actor: {}, snapshot: {} });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204"]);
    expect(warnings(host)).toEqual([
      expect.stringMatching(`^${tokenId}: .*not verified: this run authenticated with it`),
    ]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
  },
);

test("a key pair in the environment of a process, as the engine starts it, revokes, and warns of nothing", async () => {
  const { url: DD_HOST, apiKey: DATADOG_API_KEY, appKey: DD_APP_KEY } = hosted.simulator;
  const host = await hosted.startBare({ ownProcess: true, env: { DD_HOST, DATADOG_API_KEY, DD_APP_KEY } });
  await expectRevoking(host, "keys");
  expect(await host.printed()).toBe("");
});

/** Revokes a token in the way that is expected, and warns of nothing. */
async function expectRevoking(host: Host, authentication: string): Promise<void> {
  const since = hosted.now();
  const { properties } = await revoke(host, { tokenId: hosted.token().id });
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: time, apiUrl: hosted.simulator.url });
  const requests = hosted.simulator.requests(since);
  expect(new Set(requests.map((request) => request.authentication))).toEqual(new Set([authentication]));
  expect(requests[0]?.userAgent).toMatch(/^pulumi-datadog-revocation\/\d+\.\d+\.\d+/);
  expect(warnings(host)).toEqual([]);
}
