import type { KeyPair, SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { type Host, type Properties, startHost, unknown } from "../support/host";
import { anotherUser, failure, QUICK, time, useSimulator } from "../support/hosted";

const DAY = 86_400_000;
const forEver = Number.POSITIVE_INFINITY;
const daysAgo = (days: number): number => Date.now() - days * DAY;

let simulator: Simulator;
/** The tokens of every test: unused ones, the oldest first, and one that no sweep here is about. */
let unused: SimulatedToken[];
let busy: SimulatedToken;

beforeEach(async () => {
  simulator = await useSimulator({ tokens: 20 });
  for (const { id } of simulator.tokens) simulator.revoke(id);
  const [account] = simulator.serviceAccounts;
  unused = [
    simulator.addToken({ name: "hygiene/a", createdAt: daysAgo(300), lastUsedAt: daysAgo(200) }),
    simulator.addToken({ name: "hygiene/b", createdAt: daysAgo(250), ownerId: account?.id ?? "", expiresAt: null }),
    simulator.addToken({ name: "hygiene/c", createdAt: daysAgo(200), lastUsedAt: daysAgo(100) }),
  ];
  busy = simulator.addToken({ name: "hygiene/busy", createdAt: daysAgo(300), lastUsedAt: daysAgo(1) });
});

/** A run of its own. */
const run = ({ apiKey, appKey }: KeyPair = simulator): Promise<Host> =>
  startBare({ "datadog:apiKey": apiKey, "datadog:appKey": appKey, ...QUICK });

const startBare = (config: Record<string, string> = {}): Promise<Host> =>
  startHost({ module: "host/tokenSweep", config: { "datadog:apiUrl": simulator.url, ...config } });

const rule = { where: { unusedFor: "90d" } };
const enforcing = { ...rule, enforce: true };
const ids = (some: unknown): string[] => (some as { tokenId: string }[]).map(({ tokenId }) => tokenId);
const unusedIds = (): string[] => unused.map(({ id }) => id);
const deletes = (since = 0): string[] =>
  simulator
    .requests(since)
    .filter(({ method }) => method === "DELETE")
    .map(({ path, status }) => `${path.split("/").at(-1)} ${status}`)
    .toSorted();
const sorted = (ids: readonly string[]): string[] => [...ids].sort();
const now = (): number => simulator.requests().length;
const lines = (host: Host): string[] => host.logs().map(({ severity, message }) => `${severity} ${message}`);

/** As a first `up` does. */
async function up(host: Host, args: Properties): Promise<{ inputs: Properties; state: Properties }> {
  const { inputs, failures } = await host.check({}, args);
  expect(failures).toEqual([]);
  return { inputs, state: (await host.create(inputs)).properties };
}

/** As a later `up` does: what it changed, if anything. */
async function next(host: Host, before: { inputs: Properties; state: Properties }, args: Properties) {
  const { inputs, failures } = await host.check(before.inputs, args);
  expect(failures).toEqual([]);
  const { changes } = await host.diff("sweep", before.state, inputs);
  const state = changes ? (await host.update("sweep", before.state, inputs)).properties : before.state;
  return { changes, inputs, state };
}

/** Nothing changes in one more run, and nothing is said. */
async function expectQuiet(before: { inputs: Properties; state: Properties }, args: Properties) {
  const host = await run();
  const after = await next(host, before, args);
  expect([after.changes, lines(host)]).toEqual([false, []]);
  return after;
}

/** Lets every request of a method about a token fail. */
const strike = (id: string | undefined, method: string, status: number, more: object = {}) =>
  simulator.fault({ method, path: new RegExp(`/${id}$`), times: forEver }, { kind: "status", status, ...more });

describe("a report", () => {
  test("shows what matches once a run, stands in the inputs without last use, and revokes nothing", async () => {
    const host = await run();
    const args = { ...rule, exempt: { names: "hygiene/c" } };
    const { inputs, state } = await up(host, args);
    await host.check({}, args);
    const [a, b] = unusedIds();
    const { keyOwner, url } = simulator;
    const personal = { tokenId: a, kind: "personal", owner: { ...keyOwner, type: "users" } };
    const service = { tokenId: b, kind: "service", expiresAt: null };
    expect(inputs).toEqual({ ...args, matched: [personal, service].map((each) => expect.objectContaining(each)) });
    expect(JSON.stringify(inputs)).not.toContain("lastUsedAt");
    const used = [
      { tokenId: a, lastUsedAt: time },
      { tokenId: b, lastUsedAt: null },
    ].map((each) => expect.objectContaining(each));
    expect(state).toEqual({ ...args, matched: used, records: [], failures: [], lastSweptAt: time, apiUrl: url });
    const owner = expect.stringMatching(/ \(service\)$/);
    expect(host.logs().map(({ message }) => message.split(/ {2,}/))).toEqual([
      [
        "TokenSweep (unusedFor 90d): 2 of 4 tokens of 2 owners that these credentials can see match. " +
          "This is a report: nothing is revoked without enforce: true",
      ],
      ["TOKEN ID", "NAME", "OWNER", "AGE", "USED", "EXPIRES", "MATCHES"],
      [a, "hygiene/a", keyOwner.handle, "300d", "200d ago", "in 89d", "unusedFor: 200d"],
      [b, "hygiene/b", owner, "250d", "never", "never", "unusedFor: never used"],
    ]);
    expect(deletes()).toEqual([]);
    expect(simulator.requests().filter(({ path }) => path.endsWith("personal_access_tokens"))).toHaveLength(1);
  });

  test("is quiet while nothing changes but a token's last use or what can be read of its owner, and shows what does", async () => {
    const all = { where: { namePattern: "hygiene/*" } };
    const first = await up(await run(), all);
    const used = (matched: unknown): unknown =>
      (matched as { name: string; lastUsedAt?: string }[]).find(({ name }) => name === "hygiene/busy")?.lastUsedAt;
    const headers = { Authorization: `Bearer ${busy.value}` };
    expect((await fetch(`${simulator.url}/api/v2/current_user`, { headers })).status).toBe(200);
    expect(simulator.find(busy.id)?.lastUsedAt).not.toBe(used(first.state.matched));
    const unread = simulator.fault({ path: /\/users\//, times: forEver }, { kind: "status", status: 403 });
    await expectQuiet(first, all);
    unread.remove();

    simulator.revoke(unused[2]?.id ?? "");
    const third = await run();
    const changed = await next(third, first, all);
    expect(changed.changes).toBe(true);
    expect(ids(changed.state.matched)).toEqual(expect.not.arrayContaining([unused[2]?.id]));
    expect(used(changed.state.matched)).not.toBe(used(first.state.matched));
    expect(lines(third)[0]).toContain("3 of 3 tokens of 2 owners");
  });
});

describe("a sweep that enforces", () => {
  test("revokes exactly what was shown, each by its path, and records it; the next is quiet", async () => {
    const host = await run();
    const args = { ...enforcing, reason: "unused", ticket: "SEC-1", requestedBy: "ada@example.com" };
    const first = await up(host, args);
    expect(deletes()).toEqual(sorted(unusedIds().map((id) => `${id} 204`)));
    expect(simulator.requests().filter(({ path }) => path.includes("/service_accounts/"))).not.toEqual([]);
    const { keyOwner, organization, url } = simulator;
    const actor = { ...keyOwner, organizationId: organization.id, organizationName: organization.name };
    expect(first.state).toMatchObject({ ...args, failures: [], lastSweptAt: time, actor });
    const { reason, ticket, requestedBy } = args;
    expect(first.state.acts).toEqual([{ actor, apiUrl: url, reason, ticket, requestedBy }]);
    expect(ids(first.state.matched)).toEqual(unusedIds());
    const record = { status: "revoked", outcome: "revoked", httpStatus: 204, revokedAt: time, verifiedAt: time };
    const matched = first.state.matched as { tokenId: string }[];
    const records = matched.map((snapshot) => ({ tokenId: snapshot.tokenId, ...record, snapshot, act: 0 }));
    expect(first.state.records).toEqual(records.toSorted((one, other) => (one.tokenId < other.tokenId ? -1 : 1)));
    expect(lines(host)[0]).toBe(
      "info TokenSweep (unusedFor 90d): 3 of 4 tokens of 2 owners that these credentials can see match. They are to be revoked",
    );

    const since = now();
    const { inputs } = await expectQuiet(first, args);
    expect(inputs.matched).toEqual([]);
    // What the engine keeps of a quiet run are its inputs.
    await expectQuiet({ inputs, state: first.state }, args);
    expect(deletes(since)).toEqual([]);
  });

  test("adds to its records what comes to match, and an edit alone sends no request of its own", async () => {
    const first = await up(await run(), enforcing);
    const later = simulator.addToken({ name: "later", createdAt: daysAgo(95) });
    const second = await next(await run(), first, enforcing);
    expect(ids(second.state.records)).toEqual(sorted([...unusedIds(), later.id]));
    expect(ids(second.state.matched)).toEqual([later.id]);

    const since = now();
    const edited = await next(await run(), second, { ...enforcing, reason: "edited" });
    expect(edited).toMatchObject({ changes: true, state: { reason: "edited", records: second.state.records } });
    expect(simulator.requests(since).map(({ path }) => path)).toEqual(["/api/v2/personal_access_tokens"]);
  });

  test("blows its fuse before the first DELETE, in check and when it acts", async () => {
    for (let index = 0; index < 8; index++) simulator.addToken({ createdAt: daysAgo(100) });
    const host = await run();
    const { failures } = await host.check({}, enforcing);
    const words = "it would revoke 11 tokens, and maxRevocations allows";
    const reason = `${words} 10: nothing is revoked. If all of them are meant, raise maxRevocations`;
    expect(failures).toEqual([{ property: "", reason }]);
    // The reviewer is shown what it is about.
    expect(lines(host)).toHaveLength(13);
    const { matched } = (await up(await run(), { ...rule, maxRevocations: 20 })).inputs;
    const acting = host.create({ ...enforcing, maxRevocations: 2, matched });
    expect((await failure(acting)).message).toContain(`${words} 2`);
    expect((await host.check({}, { ...enforcing, maxRevocations: 11 })).failures).toEqual([]);
    expect(deletes()).toEqual([]);
  });

  test("never matches the token that authenticates it", async () => {
    const scopes = ["org_app_keys_read", "org_app_keys_write", "user_access_read"];
    const own = simulator.addToken({ name: "hygiene/own", createdAt: daysAgo(400), scopes });
    const host = await startBare({ "datadog:bearerToken": own.value });
    const { state } = await up(host, { where: { olderThan: "90d", namePattern: "hygiene/*" }, enforce: true });
    // Not even as one that is refused.
    for (const some of [state.matched, state.records])
      expect(ids(some).toSorted()).toEqual(sorted([...unusedIds(), busy.id]));
    expect(state.failures).toEqual([]);
    expect(simulator.find(own.id)?.revokedAt).toBeNull();
  });

  test("records a token that fails and goes on; the next run tries it again alone", async () => {
    const [a, b, c] = unusedIds();
    const fault = strike(a, "DELETE", 403);
    const first = await up(await run(), enforcing);
    expect(ids(first.state.records)).toEqual(sorted([b ?? "", c ?? ""]));
    const message = expect.stringContaining(`${a}: not revoked: DELETE `);
    expect(first.state.failures).toEqual([{ tokenId: a, httpStatus: 403, message }]);
    fault.remove();
    const since = now();
    const second = await next(await run(), first, enforcing);
    expect(deletes(since)).toEqual([`${a} 204`]);
    expect(second.state.failures).toEqual([]);
    expect(ids(second.state.records)).toEqual(sorted(unusedIds()));
  });

  test("records a failure that is gone by now, as no criterion matches it any more, and sends no DELETE for it", async () => {
    const [a = ""] = unusedIds();
    strike(a, "DELETE", 403);
    const first = await up(await run(), enforcing);
    const snapshot = (first.state.matched as { tokenId: string }[]).find(({ tokenId }) => tokenId === a);
    simulator.revoke(a);
    const since = now();
    const second = await next(await run(), first, enforcing);
    expect(second).toMatchObject({ changes: true, state: { failures: [] } });
    const record = { status: "revoked", outcome: "alreadyRevoked", httpStatus: 404 };
    const times = { revokedAt: time, verifiedAt: time };
    expect(second.state.records).toContainEqual({ tokenId: a, ...record, ...times, snapshot, act: 0 });
    expect(second.state.acts).toEqual(first.state.acts);
    expect(deletes(since)).toEqual([]);
  });

  test("keeps a failure that cannot be seen any more, and forgets one that is alive and matches no more", async () => {
    const [a = "", b = ""] = unusedIds();
    strike(a, "DELETE", 500, { after: true });
    strike(b, "DELETE", 403);
    const first = await up(await run(), enforcing);
    expect(ids(first.state.failures)).toEqual(sorted([a, b]));
    const hidden = strike(a, "GET", 403);
    const narrower = { ...enforcing, exempt: { tokenIds: [b] } };
    const second = await next(await run(), first, narrower);
    expect(ids(second.state.failures)).toEqual([a]);
    expect(simulator.find(b)?.revokedAt).toBeNull();
    hidden.remove();
    const third = await next(await run(), second, narrower);
    expect(third.state.failures).toEqual([]);
    expect(ids(third.state.records)).toContain(a);
  });

  test("revokes nothing when another organization answers, also when nothing would match", async () => {
    const host = await run();
    const { inputs } = await host.check({}, enforcing);
    const wrong = { expect: { organizationId: "00000000-0000-1234-0000-000000000000" } };
    const refused = await host.check({}, { where: { namePattern: "nobody" }, ...wrong });
    expect(refused.failures[0]?.reason).toMatch(
      /^all matches: refused, not revoked: organization .* answers, but expect.organizationId is 0{8}/,
    );
    expect(refused.inputs).not.toHaveProperty("matched");
    expect((await failure(host.create({ ...inputs, ...wrong }))).message).toContain("correct expect.organizationId");
    const right = { organizationId: simulator.organization.id.toUpperCase() };
    expect((await host.check({}, { ...enforcing, expect: right })).failures).toEqual([]);
    expect(deletes()).toEqual([]);
  });
});

describe("check", () => {
  test("leaves the matches out of the inputs for want of credentials, with a warning, and create fails", async () => {
    const host = await startBare();
    for (let time = 0; time < 2; time++) {
      expect(await host.check({}, enforcing)).toEqual({ inputs: enforcing, failures: [] });
    }
    expect(lines(host)).toEqual([
      expect.stringMatching(/^warning What a TokenSweep matches cannot be shown: no Datadog credentials/),
    ]);
    const { message } = await failure(host.create(enforcing));
    expect(message).toContain("TokenSweep: not revoked: no Datadog credentials");
    expect(await next(await startBare(), await up(await run(), rule), rule)).toMatchObject({ changes: false });
  });

  test("leaves the matches unknown while the criteria are, and checks whatever is known", async () => {
    const host = await run();
    const others = [{ where: { ownedBy: unknown } }, { ...rule, exempt: { tokenIds: [unknown] } }];
    for (const args of [{ where: unknown }, ...others]) {
      expect(await host.check({}, args)).toEqual({ inputs: { ...args, matched: unknown }, failures: [] });
    }
    const { failures } = await host.check({}, { where: unknown, maxRevocations: 0 });
    expect(failures[0]?.reason).toBe("maxRevocations must be a whole number of 1 or more");
    expect(simulator.requests()).toEqual([]);
  });
});

test.each<[Properties, string]>([
  [{}, 'where is missing: set at least one criterion, like { unusedFor: "90d" }'],
  [{ ...rule, matched: [], enforced: true }, "enforced is not an argument: did you mean enforce?"],
  [{ where: { namePattern: "ci" }, exempt: { names: ["ci"] } }, "where.namePattern and exempt.names contradict"],
])("a sweep with %j is refused before any request", async (args, words) => {
  const { failures } = await (await run()).check({}, args);
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining(words) }]);
  expect(simulator.requests()).toEqual([]);
});

describe("read", () => {
  test("takes no token that was alive for gone when credentials list their own tokens only", async () => {
    const first = await up(await run(), enforcing);
    const [a = ""] = unusedIds();
    simulator.restore(a);
    const { properties: alive } = await (await run()).read("sweep", first.state);
    const host = await run(simulator.createKeys(["user_app_keys"], anotherUser(simulator, a)));
    expect((await host.read("sweep", alive)).properties).toEqual(alive);
    expect(host.logs()).toMatchObject([
      { message: expect.stringContaining(`${a}: could not be checked; the recorded status is kept`) },
    ]);
  });

  test("finds revoked tokens that are alive, the next run revokes them again, and others stay as they are", async () => {
    const first = await up(await run(), enforcing);
    const [a = ""] = unusedIds();
    simulator.restore(a);
    const since = now();
    const refreshed = await (await run()).read("sweep", first.state);
    expect(simulator.requests(since).filter(({ path }) => path.includes("tokens/"))).toEqual([]);
    const before = first.state.records as { tokenId: string }[];
    const becoming = (now: object) => before.map((record) => (record.tokenId === a ? { ...record, ...now } : record));
    expect(refreshed.properties).toEqual({ ...first.state, records: becoming({ status: "alive" }) });
    // The others were revoked, and are no change that refresh has to show.
    const matched = (first.inputs.matched as { tokenId: string }[]).filter(({ tokenId }) => tokenId === a);
    expect(refreshed.inputs).toEqual({ ...first.inputs, matched });

    const second = await next(await run(), { inputs: refreshed.inputs, state: refreshed.properties }, enforcing);
    expect(deletes(since)).toEqual([`${a} 204`]);
    const now204 = { revokedAt: time, verifiedAt: time, snapshot: expect.anything() };
    expect(second.state.records).toEqual(becoming({ status: "revoked", outcome: "revoked", ...now204 }));
  });

  test("leaves everything as it stands where it may not look, and sends nothing for a mere report", async () => {
    const first = await up(await run(), enforcing);
    const host = await run(simulator.createKeys(["user_access_read"]));
    expect((await host.read("sweep", first.state)).properties).toEqual(first.state);
    expect(lines(host)).toEqual([expect.stringMatching(/^warning .*: could not be checked; .* is kept: .* 403/)]);

    const report = await up(await run(), rule);
    const since = now();
    expect((await (await run()).read("sweep", report.state)).properties).toEqual(report.state);
    expect(simulator.requests(since)).toEqual([]);
  });
});

test("removing a sweep forgets the records, sends nothing, and says so", async () => {
  const host = await run();
  const { state } = await up(host, enforcing);
  const since = now();
  await host.delete("sweep", state);
  expect(lines(host).at(-1)).toBe(
    "info 3 records of a TokenSweep: removed from state only. Nothing was sent to Datadog and nothing is restored.",
  );
  expect(simulator.requests(since)).toEqual([]);
});
