import type { SimulatedToken } from "pulumi-datadog-revocation/simulator";
import { type Host, type Properties, unknown } from "../support/host";
import {
  actor,
  answered,
  failure,
  type Hosted,
  noToken,
  startHosted,
  time,
  useHosted,
  warnings,
} from "../support/hosted";

// The shared look-ups are cheaper than requests for single tokens when a test has more than six.
const hosted = useHosted({ tokens: 600, module: "host/tokenRevocationShard" });

const forEver = Number.POSITIVE_INFINITY;
const digits = [..."0123456789abcdef"];

/** A run of its own. */
const start: Hosted["start"] = (options) => hosted.start(options);

let batches = 0;
/** What the component hands a shard. Each has a batch of its own unless one is given. */
function inputsFor(tokens: readonly SimulatedToken[], args: Properties = {}): Properties {
  const tokenIds = tokens.map(({ id }) => id).toSorted();
  const batch = { name: `batch-${batches++}`, shard: "0", size: tokenIds.length, maxRevocations: 1000 };
  return { tokenIds, batch, ...args };
}

const some = (count: number): SimulatedToken[] => Array.from({ length: count }, () => hosted.token());

/** Checks and creates, as a first `up` does. */
async function create(host: Host, inputs: Properties): Promise<Properties> {
  const checked = await host.check({}, inputs);
  expect(checked.failures).toEqual([]);
  return (await host.create(checked.inputs)).properties;
}

/** Checks, compares and updates if there is a difference, as a further `up` does. */
async function update(host: Host, olds: Properties, inputs: Properties): Promise<Properties> {
  const { tokenIds, batch, status, ...others } = olds;
  const checked = await host.check({ tokenIds, batch, status: "revoked", ...others }, inputs);
  expect(checked.failures).toEqual([]);
  const { changes } = await host.diff("0", olds, checked.inputs);
  return !changes ? olds : (await host.update("0", olds, checked.inputs)).properties;
}

interface Rows {
  readonly records: Properties[];
  readonly failures: Properties[];
}
const rows = (properties: Properties): Rows => properties as unknown as Rows;
const byId = (properties: Properties, tokenId: string | undefined): Properties | undefined =>
  rows(properties).records.find((record) => record.tokenId === tokenId);

/** The ids that DELETEs went to, in order. */
const deleted = (since: number): string[] =>
  hosted.simulator
    .requests(since)
    .flatMap(({ method, path }) => (method === "DELETE" ? path.split("/").slice(-1) : []));
const lookUps = (since: number) => {
  const gets = hosted.simulator
    .requests(since)
    .filter(({ method, path }) => method === "GET" && path.includes("personal_access_tokens"));
  const listings = gets.filter(({ path, query }) => path.endsWith("tokens") && query["page[size]"]?.[0] === "100");
  return { pages: listings.length, single: gets.filter(({ path }) => !path.endsWith("tokens")).length };
};

describe("create", () => {
  test("revokes each token and records it with its snapshot, sorted, by one listing for all", async () => {
    const tokens = [...some(9), hosted.serviceToken()];
    const inputs = inputsFor(tokens, { reason: "leaked", ticket: "INC-1" });
    const since = hosted.now();
    const properties = await create(await start(), inputs);
    const { url, find } = hosted.simulator;
    const records = tokens.map(({ id: tokenId, name, serviceAccountId }) => {
      const kind = serviceAccountId === undefined ? "personal" : "service";
      const account = hosted.simulator.serviceAccounts.find(({ id }) => id === find(tokenId)?.serviceAccountId);
      const owner = { ...find(tokenId)?.owner, ...(account && { name: account.name, handle: expect.any(String) }) };
      const snapshot = expect.objectContaining({ tokenId, name, kind, owner });
      return { tokenId, status: "revoked", outcome: "revoked", revokedAt: time, httpStatus: 204, snapshot, act: 0 };
    });
    expect(properties).toEqual({
      ...inputs,
      status: "revoked",
      failures: [],
      actor: actor(hosted),
      apiUrl: url,
      acts: [{ actor: actor(hosted), apiUrl: url, reason: "leaked", ticket: "INC-1" }],
      records: records.toSorted((one, other) => (one.tokenId < other.tokenId ? -1 : 1)),
    });
    // The count, five full pages, and that none follows the fifth.
    expect(lookUps(since)).toEqual({ pages: 7, single: 0 });
    expect(deleted(since).toSorted()).toEqual(inputs.tokenIds);
    for (const { id } of tokens) expect(find(id)?.revokedAt).not.toBeNull();
  });

  test("goes by a service account's path where the personal one does not know its token", async () => {
    const strict = await startHosted({ strictServiceTokens: true, tokens: 20 });
    const host = await strict.start({ module: "host/tokenRevocationShard" });
    const { id, serviceAccountId, name } = strict.serviceToken();
    const properties = await create(host, { ...inputsFor([]), tokenIds: [id], verify: true });
    const paths = strict.simulator.requests().flatMap(({ method, path }) => (method === "DELETE" ? [path] : []));
    expect(paths).toEqual([`/api/v2/service_accounts/${serviceAccountId}/access_tokens/${id}`]);
    expect(rows(properties).records).toMatchObject([
      { outcome: "revoked", verifiedAt: time, snapshot: { name, kind: "service", owner: { id: serviceAccountId } } },
    ]);
  });

  test("records what Datadog does not know as alreadyRevoked, and warns of the first three", async () => {
    const host = await start();
    const [alive, ...gone] = some(6);
    for (const { id } of gone) hosted.simulator.revoke(id);
    const properties = await create(host, inputsFor([alive, ...gone] as SimulatedToken[]));
    expect(byId(properties, alive?.id)).toMatchObject({ outcome: "revoked" });
    const record = { status: "revoked", outcome: "alreadyRevoked", revokedAt: time, httpStatus: 404, act: 0 };
    for (const { id } of gone) expect(byId(properties, id)).toEqual({ tokenId: id, ...record });
    const last = "Further warnings of this kind are suppressed; see the records";
    const one = expect.stringContaining("does not know this token");
    expect(warnings(host)).toEqual([one, one, expect.stringContaining(last)]);
  });

  test("without credentials fails, after a check that says what it could not see", async () => {
    const host = await hosted.startBare({ config: { "datadog:apiUrl": hosted.simulator.url } });
    const words = expect.stringContaining(
      "neither this token nor any other is looked up or checked: no Datadog credentials",
    );
    expect((await failure(create(host, inputsFor(some(2))))).message).toContain("no Datadog credentials");
    expect(host.logs()).toMatchObject([{ message: words }]);
  });
});

describe("failures", () => {
  test("a token that fails stops nothing, is recorded among the failures, and is tried alone by the next run", async () => {
    const tokens = some(9);
    const [{ id, name }] = tokens as [SimulatedToken];
    const inputs = inputsFor(tokens);
    const denied = { kind: "status", status: 403, body: { errors: ["Forbidden"] } } as const;
    const fault = hosted.simulator.fault({ method: "DELETE", path: hosted.path(id), times: forEver }, denied);
    const first = await create(await start(), inputs);
    fault.remove();
    expect(rows(first).records).toHaveLength(8);
    const message = expect.stringMatching(`^${id}: not revoked: DELETE .* answered 403: "Forbidden"`);
    expect(rows(first).failures).toEqual([{ tokenId: id, httpStatus: 403, message }]);
    const since = hosted.now();
    const host = await start();
    const second = await update(host, first, inputs);
    expect(deleted(since)).toEqual([id]);
    expect(second).toMatchObject({ failures: [], status: "revoked" });
    expect(rows(second).records.filter(({ tokenId }) => tokenId !== id)).toEqual(rows(first).records);
    expect(byId(second, id)).toMatchObject({ outcome: "revoked", snapshot: { name } });
    const news = "1 token to try again, which failed before or were still alive when Datadog was last asked";
    expect(host.logs()).toMatchObject([
      { severity: "warning", message: expect.stringContaining(news) },
      { severity: "info", message: expect.stringMatching(`^${id}: revoked now, not verified: "${name}", `) },
    ]);
  });

  test("a service account's token whose owner cannot be seen is a failure, and never sent by the personal path", async () => {
    const [personal, service] = [hosted.token(), hosted.serviceToken()];
    const host = await start({ keys: hosted.simulator.createKeys(["user_app_keys", "org_app_keys_write"]) });
    const since = hosted.now();
    const properties = await create(host, inputsFor([personal, service], { serviceTokenIds: [service.id] }));
    expect(deleted(since)).toEqual([personal.id]);
    const why = "it belongs to a service account that these credentials cannot see: set serviceAccountId";
    expect(rows(properties).failures).toEqual([{ tokenId: service.id, message: expect.stringContaining(why) }]);
  });
});

describe("update", () => {
  test("a run without news sends nothing, changes nothing, and says nothing, whatever the batch is called", async () => {
    const inputs = inputsFor(some(8), { reason: "leaked" });
    const properties = await create(await start(), inputs);
    const host = await start();
    const since = hosted.now();
    const { inputs: same } = await host.check({ ...inputs, status: "revoked" }, inputs);
    expect(same).toEqual({ ...inputs, status: "revoked" });
    const elsewhere = { ...same, batch: { name: "renamed", shard: "0", size: 99, maxRevocations: 100 } };
    for (const news of [same, elsewhere]) {
      expect(await host.diff("0", properties, news)).toMatchObject({ changes: false, replaces: [] });
    }
    expect(hosted.simulator.requests(since)).toEqual([]);
    expect(host.logs()).toEqual([]);
    expect(await host.printed()).toBe("");
  });

  test("revokes what was added alone, forgets what was removed, and sends nothing for an edit", async () => {
    const [kept, removed, added] = [some(3), some(2), some(2)];
    const first = await create(await start(), inputsFor([...kept, ...removed]));
    for (const { id } of removed) hosted.simulator.restore(id);
    const host = await start();
    const since = hosted.now();
    const inputs = inputsFor([...kept, ...added], { batch: first.batch });
    const second = await update(host, first, inputs);
    expect(deleted(since).toSorted()).toEqual(added.map(({ id }) => id).toSorted());
    expect(rows(second).records.map(({ tokenId }) => tokenId)).toEqual(second.tokenIds);
    for (const { id } of kept) expect(byId(second, id)).toEqual(byId(first, id));
    for (const { id } of removed) expect(hosted.simulator.find(id)?.revokedAt).toBeNull();
    const news = /-0: 2 tokens removed from state only\. Nothing was sent to Datadog and nothing is restored/;
    const [removal, ...others] = host.logs().map(({ message }) => message);
    expect(removal).toMatch(news);
    const done = added.map(({ id, name }) => expect.stringMatching(`^${id}: revoked now, not verified: "${name}", `));
    expect(others).toHaveLength(done.length);
    expect(others).toEqual(expect.arrayContaining(done));

    const before = hosted.now();
    const edited = { ...inputs, reason: "found in a log" };
    expect(await update(await start(), second, edited)).toEqual({ ...second, reason: "found in a log" });
    expect(hosted.simulator.requests(before)).toEqual([]);
  });
});

describe("read", () => {
  test("finds a token that is alive again; the next run revokes it, and it alone", async () => {
    const tokens = some(9);
    const [{ id }] = tokens as [SimulatedToken];
    const inputs = inputsFor(tokens);
    const first = await create(await start(), inputs);
    hosted.simulator.restore(id);
    const since = hosted.now();
    const read = await (await start()).read("0", first);
    expect(lookUps(since)).toEqual({ pages: 6, single: 0 });
    const records = rows(first).records.map((each) => (each.tokenId === id ? { ...each, status: "alive" } : each));
    expect(read.properties).toEqual({ ...first, status: "alive", records });
    expect(read).toMatchObject({ id: "0", inputs: { ...inputs, status: "alive" } });

    const host = await start();
    const before = hosted.now();
    const { inputs: news } = await host.check(read.inputs, inputs);
    expect(news.status).toBe("revoked");
    expect((await host.diff("0", read.properties, news)).changes).toBe(true);
    const { properties } = await host.update("0", read.properties, news);
    expect(deleted(before)).toEqual([id]);
    expect(properties).toMatchObject({ status: "revoked", failures: [] });
    expect(byId(properties, id)).toMatchObject({ status: "revoked", outcome: "revoked", httpStatus: 204 });
  });

  test("leaves everything as it stands when all is gone, so that the next run has no news", async () => {
    const inputs = inputsFor(some(2), { expect: { organizationId: hosted.simulator.organization.id }, verify: false });
    const first = await create(await start(), inputs);
    const host = await start();
    const read = await host.read("0", first);
    expect(read.properties).toEqual(first);
    const { inputs: news } = await host.check(read.inputs, inputs);
    expect(news).toEqual(read.inputs);
    expect((await host.diff("0", read.properties, news)).changes).toBe(false);
    expect(host.logs()).toEqual([]);
  });

  test("hides nothing behind one of a few tokens that cannot be seen", async () => {
    const tokens = some(3);
    const first = await create(await start(), inputsFor(tokens));
    const [hidden, back] = tokens;
    hosted.simulator.restore(back?.id ?? "");
    hosted.simulator.fault({ method: "GET", path: hosted.path(hidden?.id ?? "") }, { kind: "status", status: 403 });
    const { properties } = await (await start()).read("0", first);
    expect(rows(properties).records.filter(({ status }) => status === "alive")).toMatchObject([{ tokenId: back?.id }]);
  });
});

describe("act", () => {
  test("works on one shard at a time, with so many requests in flight inside", async () => {
    const host = await start();
    const [one, other] = [some(6), some(6)];
    const slow = hosted.simulator.fault({ method: "DELETE", times: forEver }, { kind: "latency", ms: 40 });
    const inputs = [one, other].map((tokens) => inputsFor(tokens, { concurrency: 3, status: "revoked" }));
    for (const each of inputs) await host.check({}, each);
    const since = hosted.now();
    await Promise.all(inputs.map((each) => host.create(each)));
    slow.remove();
    const ofOne = deleted(since).map((id) => one.some((token) => token.id === id));
    expect(ofOne).toEqual([...Array(6).fill(ofOne[0]), ...Array(6).fill(!ofOne[0])]);
    const sentAt = hosted.simulator.requests(since).flatMap(({ method, at }) => (method === "DELETE" ? [at] : []));
    // Within a shard the fourth waits for an answer to one of the first three.
    for (const first of [0, 6]) expect(Number(sentAt[first + 3]) - Number(sentAt[first])).toBeGreaterThanOrEqual(39);
  });

  test("shows its progress now and then, in lines that are not repeated", async () => {
    const host = await start();
    const slow = hosted.simulator.fault({ method: "DELETE", times: forEver }, { kind: "latency", ms: 400 });
    const batch = { name: "leak", shard: "0", size: 60, maxRevocations: 100 };
    await create(host, inputsFor(some(20), { batch, concurrency: 2 }));
    slow.remove();
    const lines = host.logs().flatMap(({ ephemeral, message }) => (ephemeral ? [message] : []));
    expect(lines).not.toEqual([]);
    for (const line of lines) expect(line).toMatch(/^leak: \d+ of 60 tokens done, \d+ a second, about \d+ s left$/);
  });
});

describe("check of tokens that a preview does not know yet", () => {
  const batch = { name: "leak", shard: "0", size: unknown, maxRevocations: 1000 };
  test.each([
    ["at all", unknown],
    ["in part", [noToken, unknown]],
  ])("sends nothing when they are not known %s, and a shard that is there may change", async (_, tokenIds) => {
    const host = await start();
    const since = hosted.now();
    const checked = await host.check({}, { tokenIds, batch, reason: "leaked" });
    expect(checked).toEqual({ inputs: { tokenIds, batch, reason: "leaked", status: "revoked" }, failures: [] });
    const recorded = { ...inputsFor(some(1)), records: [], failures: [], status: "revoked" };
    expect((await host.diff("0", recorded, checked.inputs)).changes).toBe(true);
    expect(hosted.simulator.requests(since)).toEqual([]);
    expect(await host.printed()).toBe("");
  });
});

describe("preview", () => {
  test("shows the count and the first twenty tokens, when the last of the sixteen shards was checked", async () => {
    const host = await start();
    const tokens = some(30);
    const batch = { name: "leak", size: 30, maxRevocations: 1000 };
    for (const [index, shard] of digits.entries()) {
      expect(host.logs()).toEqual([]);
      const members = tokens.slice(index * 2, index === 15 ? 30 : index * 2 + 2);
      await host.check({}, inputsFor(members, { batch: { ...batch, shard } }));
    }
    const [count, heading, ...lines] = host.logs().map(({ severity, message }) => `${severity} ${message}`);
    expect(count).toBe(`info TokenRevocationBatch "leak": 30 tokens to revoke; ${answered(hosted)} knows all of them`);
    expect(heading).toMatch(/^info TOKEN ID +NAME +OWNER +AGE +USED +EXPIRES$/);
    const sorted = tokens.toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, 20);
    const shown = sorted.map(({ id, name }) => expect.stringContaining(`info ${id}  ${name}  `));
    expect(lines).toEqual([...shown, "info … and 10 more"]);
  });

  test("says how many tokens Datadog does not know, or why nothing can be seen", async () => {
    const tokens = some(16);
    hosted.simulator.revoke(tokens[3]?.id ?? "");
    const review = async (host: Host): Promise<string | undefined> => {
      for (const [index, shard] of digits.entries()) {
        const batch = { name: "leak", shard, size: 16, maxRevocations: 1000 };
        await host.check({}, inputsFor([tokens[index] as SimulatedToken], { batch }));
      }
      return host.logs()[0]?.message;
    };
    const gone = "these were revoked before, or the id, the site or the organization is wrong";
    expect(await review(await start())).toContain(`knows 15 of them, and does not know 1: ${gone}`);
    expect(await review(await start({ keys: hosted.simulator.createKeys([]) }))).toMatch(
      /^TokenRevocationBatch "leak": 16 tokens to revoke; names and owners cannot be shown: GET .*403/,
    );
  });
});

describe("acts", () => {
  test("of a batch that grows: each record keeps who acted and what was declared then, in lists that share them", async () => {
    const [one, two, three] = some(3) as [SimulatedToken, SimulatedToken, SimulatedToken];
    const inputs = (tokens: SimulatedToken[], args: Properties): Properties => ({
      ...inputsFor(tokens, args),
      batch: { name: "growing", shard: "0", size: tokens.length, maxRevocations: 9 },
    });
    const first = await create(await start(), inputs([one, two], { reason: "leaked", ticket: "INC-1" }));
    const edited = await update(await start(), first, inputs([one, two], { reason: "leaked in CI", ticket: "INC-1" }));
    const grown = await update(await start(), edited, inputs([one, two, three], { reason: "left", ticket: "INC-2" }));
    const act = { actor: actor(hosted), apiUrl: hosted.simulator.url };
    const before = { ...act, reason: "leaked", ticket: "INC-1" };
    expect(first.acts).toEqual([before]);
    expect(edited).toEqual({ ...first, reason: "leaked in CI" });
    expect(grown.acts).toEqual([before, { ...act, reason: "left", ticket: "INC-2" }]);
    const indexes = [one, two, three].map(({ id }) => byId(grown, id)?.act);
    expect(indexes).toEqual([0, 0, 1]);
    const shrunk = await update(await start(), grown, inputs([three], { reason: "left", ticket: "INC-2" }));
    expect([shrunk.acts, byId(shrunk, three.id)?.act]).toEqual([[{ ...act, reason: "left", ticket: "INC-2" }], 0]);
  });

  test("take a twentieth of the state at most, and secrets stay out of them", async () => {
    const properties = await create(
      await start(),
      inputsFor(some(60), { reason: "found in a public build log", ticket: "INC-1", secretArguments: ["reason"] }),
    );
    const size = (state: unknown): number => JSON.stringify(state).length;
    const { acts, records, ...others } = properties as Properties & { records: Properties[] };
    const without = { ...others, records: records.map(({ act: _, ...record }) => record) };
    expect(acts).toEqual([expect.not.objectContaining({ reason: expect.anything() })]);
    expect(size(properties) / size(without)).toBeLessThan(1.05);
  });
});
