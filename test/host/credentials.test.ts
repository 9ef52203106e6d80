import type { HostOptions } from "../support/host";
import { allSent, failure, revoke, said, sent, time, useHosted } from "../support/hosted";

const hosted = useHosted();

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
      message:
        `${first}: not looked up and not checked, nor any other token: no Datadog credentials: set DD_API_KEY and ` +
        "DD_APP_KEY, or DD_BEARER_TOKEN, or the same with pulumi config set --secret datadog:apiKey …",
    },
  ]);
  const error = await failure(host.create({ ...guarded, status: "revoked" }));
  expect(error.message).toMatch(new RegExp(`^${first}: not revoked: no Datadog credentials: set DD_API_KEY and`));
  expect(error.partial).toBeUndefined();
  expect(allSent(hosted, since)).toEqual([]);
});

const key = "f".repeat(32);
const pair = { "datadog:apiKey": key, "datadog:appKey": key };

test.each<[string, HostOptions, string]>([
  [
    "half a pair in configuration, the other half in the environment",
    { config: { "datadog:apiKey": key }, env: { DD_APP_KEY: key } },
    "datadog:apiKey is set without an application key",
  ],
  ["a key in quotes", { env: { DD_API_KEY: `"${key}"`, DD_APP_KEY: key } }, "DD_API_KEY holds quotation marks"],
  [
    "an apiUrl with a password",
    { config: { ...pair, "datadog:apiUrl": `https://robin:${key}@api.datadoghq.eu` } },
    "datadog:apiUrl holds a user name or a password",
  ],
  [
    "an unknown site",
    { config: pair, env: { DD_SITE: "datadog.eu" } },
    "DD_SITE is not a Datadog site; did you mean datadoghq.eu?",
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

test.each<[string, (url: string, token: string) => HostOptions, string]>([
  [
    "DD_BEARER_TOKEN, before DATADOG_BEARER_TOKEN",
    (DD_HOST, token) => ({ env: { DD_HOST, DD_BEARER_TOKEN: token, DATADOG_BEARER_TOKEN: "wrong" } }),
    "bearer",
  ],
  [
    "a token value as DATADOG_APP_KEY",
    (DATADOG_HOST, token) => ({ env: { DATADOG_HOST, DATADOG_APP_KEY: token } }),
    "token as application key",
  ],
  [
    "datadog:bearerToken, before the environment's keys",
    (url, token) => ({
      config: { "datadog:apiUrl": url, "datadog:bearerToken": token },
      env: { DD_API_KEY: "wrong", DD_APP_KEY: "wrong", DD_BEARER_TOKEN: "wrong" },
    }),
    "bearer",
  ],
  [
    "a key pair in the environment",
    (DD_HOST) => ({
      // The environment of a process, as the engine starts it.
      ownProcess: true,
      env: { DD_HOST, DATADOG_API_KEY: hosted.simulator.apiKey, DD_APP_KEY: hosted.simulator.appKey },
    }),
    "keys",
  ],
])("%s revokes, and nothing is said", async (_, settings, authentication) => {
  const [own, target] = [hosted.token(), hosted.token()];
  const host = await hosted.startBare(settings(hosted.simulator.url, own.value));
  const since = hosted.now();
  const { properties } = await revoke(host, { tokenId: target.id });
  expect(properties).toMatchObject({ outcome: "revoked", verifiedAt: time, apiUrl: hosted.simulator.url });
  const requests = hosted.simulator.requests(since);
  expect(new Set(requests.map((request) => request.authentication))).toEqual(new Set([authentication]));
  expect(requests[0]?.userAgent).toMatch(/^pulumi-datadog-revocation\/\d+\.\d+\.\d+/);
  expect(host.logs()).toEqual([]);
  expect(await host.printed()).toBe("");
});

test("a bearer token beside keys, and a host beside a site: the first wins, and that is said once", async () => {
  const host = await hosted.startBare({
    env: {
      DD_BEARER_TOKEN: hosted.token().value,
      DD_API_KEY: key,
      DD_APP_KEY: key,
      DD_HOST: hosted.simulator.url,
      DD_SITE: "datadoghq.eu",
    },
  });
  for (const { id } of [hosted.token(), hosted.token()]) {
    expect((await revoke(host, { tokenId: id })).properties).toMatchObject({ outcome: "revoked" });
    expect(said(host, id)).toEqual([]);
  }
  expect(host.logs()).toEqual(
    ["DD_BEARER_TOKEN is used, DD_API_KEY is ignored", "DD_HOST is used, DD_SITE is ignored"].map((message) => ({
      severity: "warning",
      message,
      ephemeral: false,
    })),
  );
});

test("keys of another organization or site show in the advice", async () => {
  const stranger = { apiKey: "0".repeat(32), appKey: "0".repeat(40) };
  const host = await hosted.start({ keys: stranger });
  const { id: tokenId } = hosted.token();
  const error = await failure(revoke(host, { tokenId }));
  expect(error.message).toMatch(
    new RegExp(`^${tokenId}: not revoked: DELETE .* answered 403: ".*" *\\. The credentials need .*another site`),
  );
  expect(sent(hosted, tokenId)).toEqual(["GET 403", "GET 403", "DELETE 403"]);
});
