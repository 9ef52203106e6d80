import type { Fault, KeyPair } from "pulumi-datadog-revocation/simulator";
import type { Host, Properties } from "../support/host";
import { useHosted } from "../support/hosted";

const hosted = useHosted();
/** What must not come out. */
let secrets: string[];


const forEver = Number.POSITIVE_INFINITY;

/** What the engine, and so the user, state and logs, get of a call, whether it succeeds or fails. */
async function outcome(call: Promise<unknown>): Promise<string> {
  const shown = await call.catch((error) => ({ ...error, message: error.message, stack: undefined }));
  return JSON.stringify(shown);
}

/** The life of one revocation, whatever happens in it. */
async function everythingOf(host: Host, args: Properties): Promise<string> {
  const tokenId = String(args.tokenId);
  const inputs = { ...args, status: "revoked" };
  const record = { ...inputs, outcome: "revoked", httpStatus: 204, snapshot: { name: "n" } };
  const outcomes = [
    await outcome(host.check({}, args)),
    await outcome(host.check({}, { ...args, expect: { name: "another" } })),
    await outcome(host.create(inputs)),
    await outcome(host.create({ ...inputs, expect: { name: "another" } })),
    await outcome(host.update(tokenId, record, { ...inputs, reason: "x" })),
    await outcome(host.update(tokenId, { ...record, status: "alive" }, inputs)),
    await outcome(host.read(tokenId, record)),
    await outcome(host.delete(tokenId, record)),
  ];
  return [...outcomes, JSON.stringify(host.logs()), await host.printed()].join("\n");
}

function expectNoSecret(text: string): void {
  for (const secret of secrets) {
    // The part behind the public portion is the secret of a token value.
    const part = secret.startsWith("dd") ? secret.slice(29) : secret;
    expect(text.split("\n").filter((line) => line.includes(part))).toEqual([]);
  }
}

type Texts = Record<string, string>;

/** A run's credentials, and what of them is secret. */
const ways: [string, (own: string, keys: KeyPair) => { config?: Texts; env?: Texts; secret: string[] }][] = [
  [
    "a key pair in configuration",
    (_, { apiKey, appKey }) => ({
      config: { "datadog:apiKey": apiKey, "datadog:appKey": appKey },
      secret: [apiKey, appKey],
    }),
  ],
  ["a bearer token in the environment", (own) => ({ env: { DD_BEARER_TOKEN: own }, secret: [own] })],
  [
    "a token value as application key",
    (own, { apiKey }) => ({ env: { DD_APP_KEY: own, DD_API_KEY: apiKey }, secret: [own, apiKey] }),
  ],
];

test.each(ways)("%s never comes out, although the server repeats it", async (_, credentials) => {
  const { config, env, secret } = credentials(hosted.token().value, hosted.simulator);
  const quick = { "datadog:apiUrl": hosted.simulator.url, "datadog:httpClientRetryMaxRetries": "0" };
  const host = await hosted.startBare({ config: { ...quick, ...config }, ...(env && { env }) });
  const leaked = hosted.token();
  const path = hosted.path(leaked.id);
  secrets = [...secret, leaked.value];
  const all = secrets.join(" ");
  const described = (name: string, extra: object = {}) => ({
    data: {
      type: "personal_access_tokens",
      id: leaked.id,
      attributes: { name, scopes: [name], created_at: "2026-01-01T00:00:00Z", key: leaked.value, ...extra },
      relationships: { owned_by: { data: { id: hosted.simulator.keyOwner.id, type: "users" } } },
    },
  });
  const faults: Fault[] = [
    { kind: "status", status: 403, body: { errors: [all, { title: all, detail: all }] } },
    { kind: "status", status: 401, body: all },
    { kind: "status", status: 400, body: { errors: [`${"x".repeat(280)} ${all}`] } },
    { kind: "html", status: 404, body: `<html><title>${all}</title></html>` },
    { kind: "html", body: `<html><title>${all}</title></html>` },
    { kind: "status", status: 503, headers: { "X-Secret": all }, body: all },
    { kind: "status", status: 200, body: all },
    { kind: "status", status: 200, body: described("n", { created_at: all, scopes: all }) },
    { kind: "redirect", location: `https://example.com/?key=${encodeURIComponent(all)}` },
    { kind: "status", status: 200, body: described(all) },
  ];
  const owner = { data: { type: "users", id: "x", attributes: { handle: all } } };
  hosted.simulator.fault({ path: /\/users\//, times: forEver }, { kind: "status", status: 200, body: owner });
  for (const fault of faults) {
    const installed = hosted.simulator.fault({ path, times: forEver }, fault);
    // Verification would wait for most of these.
    const isForbidden = fault.kind === "status" && (fault.status === 401 || fault.status === 403);
    expectNoSecret(await everythingOf(host, { tokenId: leaked.id, verify: isForbidden }));
    expect(installed.hits).toBeGreaterThan(3);
    installed.remove();
  }
});

/** The life of many revocations. */
const lives: Record<string, (host: Host, tokenId: string) => Promise<string>> = {
  "host/tokenRevocationShard": async (host, tokenId) => {
    const batch = { name: "batch", shard: "0", size: 1, maxRevocations: 1 };
    const inputs = { tokenIds: [tokenId], batch, status: "revoked" };
    const record = { tokenId, status: "alive", outcome: "revoked", snapshot: { name: "n" } };
    const state = { ...inputs, records: [record], failures: [{ tokenId, message: "m" }], status: "alive" };
    const outcomes = [
      await outcome(host.check({}, inputs)),
      await outcome(host.check({ ...inputs, status: "alive" }, { ...inputs, expect: { organizationId: tokenId } })),
      await outcome(host.create(inputs)),
      await outcome(host.update("0", state, { ...inputs, verify: true })),
      await outcome(host.read("0", state)),
      await outcome(host.delete("0", state)),
      // What a damaged state makes of it.
      await outcome(host.update("0", { tokenIds: tokenId }, { ...inputs, batch: tokenId })),
    ];
    return outcomes.join("\n");
  },
  "host/tokenSweep": async (host, tokenId) => {
    const inputs = { where: { namePattern: "*" }, enforce: true, maxRevocations: 1000 };
    const matched = [{ tokenId, kind: "personal", name: "n", owner: { id: tokenId, type: "users" } }];
    const record = { tokenId, status: "revoked", outcome: "revoked" };
    const state = { ...inputs, matched, records: [record], failures: [], lastSweptAt: "2026-01-01T00:00:00Z" };
    const outcomes = [
      await outcome(host.check({}, { ...inputs, enforce: false })),
      await outcome(host.check({}, { ...inputs, expect: { organizationId: tokenId } })),
      await outcome(host.create({ ...inputs, matched })),
      await outcome(host.update("sweep", state, { ...inputs, matched })),
      await outcome(host.read("sweep", state)),
      await outcome(host.delete("sweep", state)),
      await outcome(host.update("sweep", { matched: tokenId }, { where: tokenId, matched: tokenId })),
    ];
    return outcomes.join("\n");
  },
};

test.each(Object.keys(lives))(
  "neither do they come out of %s, whole or in part, wherever they are repeated",
  async (module) => {
    const { apiKey, appKey, url, keyOwner } = hosted.simulator;
    const quick = { "datadog:apiUrl": url, "datadog:httpClientRetryMaxRetries": "0" };
    const host = await hosted.startBare({
      module,
      config: { ...quick, "datadog:apiKey": apiKey, "datadog:appKey": appKey },
    });
    const leaked = hosted.token();
    const [half, end] = [appKey.slice(0, 24), apiKey.slice(-20)];
    secrets = [half, end, leaked.value];
    const all = [apiKey, appKey, leaked.value].join(" ");
    const listed = (name: string) => ({
      data: [
        {
          type: "personal_access_tokens",
          id: leaked.id,
          attributes: { name, scopes: [name], created_at: "2026-01-01T00:00:00Z", key: leaked.value },
          relationships: { owned_by: { data: { id: keyOwner.id, type: "users" } } },
        },
      ],
      meta: { page: { total_filtered_count: 1 } },
    });
    const faults: Fault[] = [
      { kind: "status", status: 403, body: { errors: [all, { title: all, detail: half }] } },
      { kind: "status", status: 401, body: `{"errors":["no access with ${half}` },
      { kind: "status", status: 400, body: `${end} … ${half}` },
      {
        kind: "status",
        status: 500,
        headers: { "X-Request": all },
        body: { request: { headers: { "DD-API-KEY": all } } },
      },
      { kind: "html", status: 404, body: `<html><title>${all}</title><pre>${all}</pre></html>` },
      { kind: "html", body: `<html><title>${half}</title>` },
      { kind: "malformed", body: `{"data":"${all}` },
      { kind: "redirect", location: `${url}/${encodeURIComponent(all)}?key=${half}` },
      { kind: "cut" },
      // The last: what was listed is not asked for again.
      { kind: "status", status: 200, body: listed(all) },
    ];
    for (const fault of faults) {
      const installed = hosted.simulator.fault({ path: /personal_access|current_user|users/, times: forEver }, fault);
      expectNoSecret((await lives[module]?.(host, leaked.id)) ?? "");
      expect(installed.hits).toBeGreaterThan(2);
      installed.remove();
    }
    const said = JSON.stringify(host.logs());
    expect(said).toContain("redacted");
    expectNoSecret([said, await host.printed()].join("\n"));
  },
);

test("neither do they come out in what is sent: paths, queries and bodies", () => {
  const requests = hosted.simulator.requests().map(({ path, query, body }) => JSON.stringify({ path, query, body }));
  expect(requests.length).toBeGreaterThan(20);
  expectNoSecret(requests.join("\n"));
});
