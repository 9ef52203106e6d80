import type { SimulatedToken } from "pulumi-datadog-revocation/simulator";
import { alteredDatadog } from "../support/alteredDatadog";
import type { Host, Properties } from "../support/host";
import { startHost } from "../support/host";
import { failure, QUICK, said, startHosted, useSimulator, warnings } from "../support/hosted";

const DAY = 86_400_000;
const detectedAt = new Date(Math.floor(Date.now() / DAY) * DAY - 3 * DAY).toISOString();
const SWEEPS = "host/tokenSweep";

/** A Datadog that found two of its tokens leaked. */
async function start() {
  const simulator = await useSimulator({ tokens: 6 });
  const account = simulator.serviceAccounts[0]?.id ?? "";
  const [public_, hidden] = [
    simulator.addToken({ name: "public", createdAt: Date.now() - 9 * DAY, leak: { detectedAt, source: "github" } }),
    simulator.addToken({ name: "hidden", createdAt: Date.now() - 5 * DAY, ownerId: account }),
  ] as [SimulatedToken, SimulatedToken];
  simulator.leak(hidden.id, { detectedAt });
  const run = (options: Properties = {}): Promise<Host> => {
    const { url, apiKey, appKey } = simulator;
    const keys = { "datadog:apiUrl": url, "datadog:apiKey": apiKey, "datadog:appKey": appKey };
    return startHost({ module: SWEEPS, config: { ...keys, ...QUICK }, ...options });
  };
  return { simulator, public: public_, hidden, run, serviceAccount: simulator.serviceAccounts[0]?.name };
}

const leaked = { where: { leaked: true } };
const ids = (some: unknown): string[] => (some as { tokenId: string }[]).map(({ tokenId }) => tokenId);

test("a sweep of leaked tokens shows when and where each was found, revokes these alone, and records it", async () => {
  const { simulator, run, serviceAccount, ...tokens } = await start();
  const args = { ...leaked, enforce: true };
  const first = await run();
  const { inputs, failures } = await first.check({}, args);
  expect(failures).toEqual([]);
  const leak = { detectedAt, source: "github" };
  expect(inputs.matched).toEqual([
    expect.objectContaining({ tokenId: tokens.public.id, leak }),
    expect.objectContaining({ tokenId: tokens.hidden.id, leak: { detectedAt } }),
  ]);
  const shown = first.logs().map(({ message }) => message.split(/ {2,}/));
  expect(shown[0]?.[0]).toMatch(/^TokenSweep \(leaked true\): 2 of 8 tokens .* match\. They are to be revoked$/);
  const [heading, ...rows] = shown.slice(1);
  expect(heading?.slice(-2)).toEqual(["LEAKED", "MATCHES"]);
  expect(rows.map((row) => row.slice(-2))).toEqual([
    ["3d ago, github", "leaked: true"],
    ["3d ago", "leaked: true"],
  ]);
  expect(rows[1]).toContain(`${serviceAccount} (service)`);

  const { properties: state } = await first.create(inputs);
  expect(ids(state.records).toSorted()).toEqual([tokens.public.id, tokens.hidden.id].toSorted());
  const record = (state.records as { tokenId: string; snapshot: object }[]).find(
    ({ tokenId }) => tokenId === tokens.public.id,
  );
  expect(record?.snapshot).toMatchObject({ leak });
  expect(said(first, tokens.public.id).at(-1)).toContain("found leaked by Datadog 3d ago (github)");
  const alive = simulator.tokens.filter(({ id }) => simulator.find(id)?.revokedAt === null);
  expect(alive).toHaveLength(6);

  const next = await run();
  const again = await next.check(inputs, args);
  expect(again.inputs.matched).toEqual([]);
  expect((await next.diff("sweep", state, again.inputs)).changes).toBe(false);
  expect(next.logs()).toEqual([]);
});

test("the run's own token is not revoked when it has leaked, and every run says so", async () => {
  const { simulator, run } = await start();
  const scopes = ["org_app_keys_read", "org_app_keys_write", "user_access_read"] as const;
  const own = simulator.addToken({ name: "nightly", scopes, leak: { detectedAt } });
  const args = { ...leaked, enforce: true };
  const config = { "datadog:apiUrl": simulator.url, "datadog:bearerToken": own.value, ...QUICK };
  const first = await run({ config });
  const { inputs } = await first.check({}, args);
  expect(ids(inputs.matched)).not.toContain(own.id);
  const { properties: state } = await first.create(inputs);
  expect(state.failures).toEqual([]);
  expect(simulator.find(own.id)?.revokedAt).toBeNull();
  const warning = `${own.id}: found leaked by Datadog, and it authenticates this very run: not revoked. Create a new token, run with that one, then revoke this one`;
  expect(warnings(first)).toEqual([warning]);
  const next = await run({ config });
  const again = await next.check(inputs, args);
  expect((await next.diff("sweep", state, again.inputs)).changes).toBe(false);
  expect(next.logs().map(({ message }) => message)).toEqual([warning]);
});

test("a sweep whose credentials see their own tokens only says so, and calls nothing safe", async () => {
  const { simulator, run } = await start();
  const { id } = simulator.addUser({ permissions: ["user_app_keys"] });
  const { apiKey, appKey } = simulator.createKeys(null, id);
  const config = { "datadog:apiUrl": simulator.url, "datadog:apiKey": apiKey, "datadog:appKey": appKey, ...QUICK };
  const host = await run({ config });
  expect((await host.check({}, leaked)).inputs.matched).toEqual([]);
  expect(warnings(host)).toEqual([
    expect.stringMatching(/^these credentials see only .* org_app_keys_read \(for a token/),
  ]);
});

test.each<[string, unknown]>([
  ["without details", { data: { id: "7", type: "leaked_keys" } }],
  ["not at all", undefined],
])("a report is quiet where a leak is told %s the next time", async (_, leak_information) => {
  const { simulator, run, ...tokens } = await start();
  const args = { where: { namePattern: "public" } };
  const host = await run();
  const { inputs } = await host.check({}, args);
  const { properties: state } = await host.create(inputs);
  const url = await alteredDatadog(simulator, (row) =>
    row.id === tokens.public.id ? { ...row, relationships: { ...row.relationships, leak_information } } : row,
  );
  const config = {
    "datadog:apiUrl": url,
    "datadog:apiKey": simulator.apiKey,
    "datadog:appKey": simulator.appKey,
    ...QUICK,
  };
  const next = await run({ config });
  const later = await next.check(inputs, args);
  expect(later.inputs).toEqual(inputs);
  expect((await next.diff("sweep", state, later.inputs)).changes).toBe(false);
  expect(next.logs()).toEqual([]);
});

test("a report of tokens that are not leaked has no others, and is quiet until one of them is", async () => {
  const { simulator, run, ...tokens } = await start();
  const args = { where: { leaked: false } };
  const first = await run();
  const { inputs } = await first.check({}, args);
  const { properties: state } = await first.create(inputs);
  expect(ids(state.matched)).toHaveLength(6);
  expect(ids(state.matched)).not.toContain(tokens.public.id);
  expect(state.matched).toEqual(expect.arrayContaining([expect.objectContaining({ leak: null })]));
  const [other] = simulator.tokens as [SimulatedToken];
  simulator.leak(other.id);
  const next = await run();
  const { inputs: later } = await next.check(inputs, args);
  expect((await next.diff("sweep", state, later)).changes).toBe(true);
  expect(ids(later.matched)).toHaveLength(5);
});

test.each([true, false])(
  "where Datadog tells nothing of leaks, leaked: %s is an error, in preview and up",
  async (wanted) => {
    const { simulator, start } = await startHosted({ module: SWEEPS, tokens: 5, leakInformation: false });
    const host = await start();
    for (const enforce of [false, true]) {
      const { failures } = await host.check({}, { where: { leaked: wanted, kind: ["personal", "service"] }, enforce });
      expect(failures).toEqual([
        {
          property: "",
          reason: expect.stringMatching(/^where\.leaked cannot be judged: Datadog's answer does not/),
        },
      ]);
    }
    expect(simulator.requests().some(({ method }) => method === "DELETE")).toBe(false);
  },
);

test("a state whose report knows nothing of leaks does not change by what is told now", async () => {
  const { run } = await start();
  const args = { where: { olderThan: "0s" }, exempt: { names: ["public", "hidden"] } };
  const host = await run();
  const { inputs } = await host.check({}, args);
  const { properties: state } = await host.create(inputs);
  const without = (some: unknown): unknown => (some as { leak: unknown }[]).map(({ leak: _, ...rest }) => rest);
  const before = { ...state, matched: without(state.matched) };
  const next = await run();
  const now = await next.check({ ...inputs, matched: without(inputs.matched) }, args);
  expect((await next.diff("sweep", before, now.inputs)).changes).toBe(false);
  expect(next.logs()).toEqual([]);
});

test("a token's preview and its record tell where Datadog found it; of a site that does not tell, neither does", async () => {
  const { simulator, run, ...tokens } = await start();
  const host = await run({ module: "host/tokenRevocation" });
  const { inputs } = await host.check({}, { tokenId: tokens.public.id });
  expect(inputs.snapshot).toMatchObject({ leak: { detectedAt, source: "github" } });
  expect(said(host, tokens.public.id)).toEqual([
    expect.stringMatching(/: to revoke: "public", personal token of .*, found leaked by Datadog 3d ago \(github\)$/),
  ]);
  const { properties } = await host.create(inputs);
  expect(properties.snapshot).toMatchObject({ leak: { detectedAt, source: "github" } });

  const silent = await startHosted({ tokens: 3, leakInformation: false });
  const { inputs: untold } = await silent.host.check({}, { tokenId: silent.token().id });
  expect(untold.snapshot).not.toHaveProperty("leak");
  expect(warnings(silent.host)).toEqual([]);
});

test("a preview says that the credentials may not revoke, as far as Datadog lists what their owner may", async () => {
  const { simulator, start, token } = await startHosted({ tokens: 20 });
  const user = simulator.addUser({ permissions: ["org_app_keys_read", "user_app_keys", "user_access_read"] });
  const { id } = token();
  const host = await start({ keys: simulator.createKeys(null, user.id) });
  const { failures } = await host.check({}, { tokenId: id });
  expect(failures).toEqual([]);
  const text = ", lacks the permission org_app_keys_write (for a token";
  expect(warnings(host, id)).toEqual([expect.stringContaining(text)]);
  await failure(host.create({ tokenId: id, status: "revoked" }));
  expect(simulator.find(id)?.revokedAt).toBeNull();
});
