import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "pulumi-datadog-revocation/simulator";
import { type Properties, unknown } from "../support/host";
import { actor, allSent, answered, failure, noToken, revoke, said, sent, time, useHosted } from "../support/hosted";

const hosted = useHosted({ tokens: 160 });

const forEver = Number.POSITIVE_INFINITY;
const forbidden: Fault = { kind: "status", status: 403, body: { errors: ["Forbidden"] } };
const address = () => new URL(hosted.simulator.url).host;

/** What check says when it refuses. */
async function reasons(news: Properties): Promise<string[]> {
  const { failures } = await hosted.host.check({}, news);
  for (const { property } of failures) expect(property).toBe("");
  return failures.map(({ reason }) => reason);
}

/** A token that somebody else revoked. */
function goneToken(): string {
  const { id } = hosted.token();
  hosted.simulator.revoke(id);
  return id;
}

/** A revocation as it stands in state: what check gave, and what create gave. */
async function recorded(args: Properties = {}) {
  const { id: tokenId, name } = hosted.token();
  const { inputs } = await hosted.host.check({}, { tokenId, ...args });
  const { properties } = await hosted.host.create(inputs);
  return { tokenId, name, inputs, properties, since: hosted.now() };
}

/** What a refresh leaves in state when Datadog knows the token again. */
async function foundAlive(args: Properties = {}) {
  const record = await recorded(args);
  hosted.simulator.restore(record.tokenId);
  const { properties, inputs } = await hosted.host.read(record.tokenId, record.properties);
  return { ...record, properties, inputs, news: { ...inputs, status: "revoked" }, since: hosted.now() };
}

/** A token as Datadog might answer it. */
const described = (id: string, attributes: object): Fault => ({
  kind: "status",
  status: 200,
  body: {
    data: {
      type: "personal_access_tokens",
      id,
      attributes: { name: "n", created_at: "2026-01-01T00:00:00Z", ...attributes },
      relationships: { owned_by: { data: { id: hosted.simulator.keyOwner.id, type: "users" } } },
    },
  },
});

describe("check of a token that is to be revoked", () => {
  test("shows its name and owner, not its last use, by one look-up for both checks of a run and its create", async () => {
    const { id: tokenId } = hosted.token();
    const token = hosted.simulator.find(tokenId);
    const args = { tokenId: tokenId.toUpperCase(), reason: "found in a log", verify: true };
    const [first, second] = await Promise.all([1, 2].map(() => hosted.host.check({}, args)));
    expect(first).toEqual({
      failures: [],
      inputs: {
        tokenId,
        reason: "found in a log",
        verify: true,
        kind: "personal",
        status: "revoked",
        snapshot: {
          tokenId,
          kind: "personal",
          name: token?.name,
          owner: token?.owner,
          scopes: [...(token?.scopes ?? [])].sort(),
          createdAt: new Date(token?.createdAt ?? "").toISOString(),
          expiresAt: new Date(token?.expiresAt ?? "").toISOString(),
        },
      },
    });
    expect(second).toEqual(first);
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
    await hosted.host.create(first?.inputs ?? {});
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("discards what the program passes as snapshot, status and kind", async () => {
    const { id: tokenId, name } = hosted.token();
    const forged = { snapshot: { name: "forged" }, status: "alive", kind: "personal" };
    const { inputs } = await hosted.host.check({}, { tokenId, ...forged });
    expect(inputs).toMatchObject({ status: "revoked", snapshot: { name } });
    const unseen = await hosted.host.check({}, { tokenId: noToken, ...forged });
    expect(unseen.inputs).toEqual({ tokenId: noToken, status: "revoked", kind: "personal" });
  });

  test("leaves the snapshot out when Datadog does not know it, and says so once", async () => {
    const tokenId = goneToken();
    for (const _ of ["preview", "update"]) {
      expect(await hosted.host.check({}, { tokenId })).toEqual({
        inputs: { tokenId, status: "revoked" },
        failures: [],
      });
    }
    const sentence = `${answered(hosted)} does not know this token: it was revoked before, or the id, the site or the organization is wrong.`;
    expect(said(hosted.host, tokenId)).toEqual([`warning ${tokenId}: ${sentence} It counts as alreadyRevoked`]);

    const strict = goneToken();
    expect(await reasons({ tokenId: strict, onNotFound: "fail" })).toEqual([]);
    expect(said(hosted.host, strict)).toEqual([expect.stringMatching(/onNotFound: "fail" makes that an error$/)]);
  });

  test("says what it may not look at, and refuses only for the guards that need it", async () => {
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    const fault = hosted.simulator.fault({ method: "GET", path, times: forEver }, forbidden);
    expect(await hosted.host.check({}, { tokenId })).toEqual({ inputs: { tokenId, status: "revoked" }, failures: [] });
    const sentence = `GET ${path} at ${address()} answered 403: "Forbidden". The credentials need the permission`;
    const [warning, ...more] = said(hosted.host, tokenId);
    expect(warning).toContain(`warning ${tokenId}: its name and owner cannot be shown: ${sentence}`);
    for (const expectation of [{ name: "n" }, { ownerId: noToken }]) {
      const args = { tokenId, expect: expectation };
      const refused = `${tokenId}: refused, not revoked: these credentials cannot see whether it is the token that expect describes: ${sentence}`;
      expect(await reasons(args)).toEqual([expect.stringContaining(refused)]);
      expect((await failure(hosted.host.create({ ...args, status: "revoked" }))).message).toContain(refused);
    }
    expect(more).toEqual([]);
    expect(new Set(sent(hosted, tokenId))).toEqual(new Set(["GET 403"]));

    // What failed is asked again.
    fault.remove();
    const { properties } = await hosted.host.create({ tokenId, status: "revoked" });
    expect(properties).toMatchObject({ outcome: "revoked", kind: "personal", verifiedAt: time, snapshot: { tokenId } });
  });

  test("takes what Datadog leaves out or adds, and a token with a revoker for gone", async () => {
    const [odd, revoked] = [hosted.token().id, hosted.token().id];
    const attributes = {
      expires_at: null,
      created_at: "2026-01-02T03:04:05.123456789+02:00",
      new_field: {},
      scopes: null,
    };
    hosted.simulator.fault({ path: hosted.path(odd) }, described(odd.toUpperCase(), attributes));
    const { inputs } = await hosted.host.check({}, { tokenId: odd });
    const createdAt = "2026-01-02T01:04:05.123Z";
    expect(inputs.snapshot).toMatchObject({ tokenId: odd, name: "n", scopes: [], createdAt, expiresAt: null });

    hosted.simulator.fault({ path: hosted.path(revoked) }, described(revoked, { revoker_uuid: noToken }));
    expect((await hosted.host.check({}, { tokenId: revoked })).inputs).toEqual({ tokenId: revoked, status: "revoked" });
    expect(said(hosted.host, revoked)).toEqual([expect.stringContaining("does not know this token")]);
  });

  test("asks for an owner's handle once, and leaves out one that cannot be read, without a word", async () => {
    const host = await hosted.start();
    const since = hosted.now();
    const ids = Array.from({ length: 12 }, () => hosted.token().id);
    const owners = [...new Set(ids.map((id) => hosted.simulator.find(id)?.owner.id))];
    expect(owners.length).toBeLessThan(ids.length);
    hosted.simulator.fault({ path: `/api/v2/users/${owners[0]}` }, forbidden);
    const checked = await Promise.all(ids.map((tokenId) => host.check({}, { tokenId })));
    const users = hosted.simulator.requests(since).filter(({ path }) => path.includes("/users/"));
    expect(users.map(({ path }) => path).toSorted()).toEqual(owners.map((id) => `/api/v2/users/${id}`).toSorted());
    for (const { inputs } of checked) {
      const { owner } = inputs.snapshot as { owner: { id: string; handle?: string } };
      expect(owner).toEqual(
        owner.id === owners[0]
          ? { id: owner.id, type: "users" }
          : { id: owner.id, type: "users", handle: expect.any(String) },
      );
    }
    expect(host.logs()).toEqual([]);
  });

  test("asks nobody again while Datadog says wait for longer than a preview can", async () => {
    const host = await hosted.start();
    const [first, second] = [hosted.token().id, hosted.token().id];
    const wait: Fault = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "30" } };
    hosted.simulator.fault({ method: "GET", path: hosted.path(first) }, wait);
    const started = performance.now();
    for (const tokenId of [first, second]) {
      expect(await host.check({}, { tokenId })).toMatchObject({ failures: [], inputs: { status: "revoked" } });
      expect(said(host, tokenId)).toEqual([expect.stringMatching(/rate limit is exhausted for another (30|29) s/)]);
    }
    expect(performance.now() - started).toBeLessThan(4_000);
    expect([...sent(hosted, first), ...sent(hosted, second)]).toEqual(["GET 429"]);
  });
});

describe("check of a token that is recorded", () => {
  test.each([
    ["with a snapshot", { kind: "personal", snapshot: { name: "as it was", scopes: ["a", "b"] } }],
    ["without a snapshot", {}],
  ])("as revoked, %s, keeps what was recorded and sends no request", async (_, record) => {
    const { id: tokenId } = hosted.token();
    const since = hosted.now();
    const olds = { tokenId, status: "revoked", reason: "old", ...record };
    const news = { tokenId, reason: "new", expect: { name: "edited after the act" } };
    const checked = await hosted.host.check(olds, news);
    expect(checked).toEqual({ inputs: { ...news, status: "revoked", ...record }, failures: [] });
    expect(allSent(hosted, since)).toEqual([]);
  });

  test.each<[string, Properties]>([
    ["as alive", { status: "alive" }],
    ["as another token", { status: "revoked", tokenId: noToken }],
    ["without a status", {}],
    ["in a broken record", { status: [], snapshot: 7 }],
  ])("%s looks it up again", async (_, olds) => {
    const { id: tokenId, name } = hosted.token();
    const record = { tokenId, kind: "personal", snapshot: { name: "as it was" }, ...olds };
    const { inputs } = await hosted.host.check(record, { tokenId });
    expect(inputs).toMatchObject({ status: "revoked", snapshot: { name } });
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });
});

describe("check of arguments", () => {
  test("passes an unknown token id, with a snapshot as unknown as that, and sends no request", async () => {
    const since = hosted.now();
    const checked = await hosted.host.check({}, { tokenId: unknown, reason: "known" });
    const inputs = { tokenId: unknown, reason: "known", status: "revoked", snapshot: unknown, kind: unknown };
    expect(checked).toEqual({ failures: [], inputs });
    expect(await reasons({ tokenId: unknown, ticket: 7 })).toEqual(["ticket must be a string, not a number"]);
    expect(allSent(hosted, since)).toEqual([]);
  });

  test("passes others that are unknown, and shows the token all the same", async () => {
    const { id: tokenId, name } = hosted.token();
    const others = { reason: unknown, ticket: unknown, reportedAt: unknown, onNotFound: unknown, verify: unknown };
    for (const expectation of [{ name: unknown, ownerId: hosted.simulator.find(tokenId)?.owner.id }, unknown]) {
      const args = { ...others, expect: expectation };
      const checked = await hosted.host.check({}, { tokenId, ...args });
      expect(checked).toMatchObject({ failures: [], inputs: { ...args, snapshot: { name } } });
    }
  });

  test.each<[Properties, string]>([
    [{}, "tokenId is missing"],
    [{ tokenId: null }, "tokenId is missing"],
    [{ tokenId: ["x"] }, "tokenId must be a string, not a list"],
    [{ tokenId: noToken, token: "x" }, "token is not an argument: did you mean tokenId?"],
    [{ tokenId: noToken, expect: { owner: "x" } }, "expect.owner is not an argument: did you mean ownerId?"],
  ])("refuses %j before any request", async (news, sentence) => {
    const since = hosted.now();
    expect(await reasons(news)).toEqual([expect.stringContaining(sentence)]);
    expect(allSent(hosted, since)).toEqual([]);
  });

  test("refuses a token value wherever it stands, and does not repeat it", async () => {
    const { value } = hosted.token();
    for (const news of [
      { tokenId: value },
      { tokenId: noToken, token: value },
      { tokenId: noToken, reason: `leaked: ${value}` },
      { tokenId: noToken, ticket: value.slice(0, 50) },
      { tokenId: noToken, expect: { name: value } },
      { tokenId: noToken, [value]: "x" },
    ]) {
      const [reason, ...more] = await reasons(news);
      expect(more).toEqual([]);
      expect(reason).not.toBe("");
      expect(reason).not.toContain(value.slice(29, 50));
    }
  });

  test("refuses another token than was meant, and so does create", async () => {
    const { id: tokenId, name } = hosted.token();
    for (const [expectation, sentence] of [
      [{ name: "another" }, `its name is "${name}", not "another" as expect.name says`],
      [{ ownerId: noToken }, /its owner is [0-9a-f-]{36} \(.+@example\.com\), not 0{8}-.* as expect\.ownerId says$/],
    ] as const) {
      const args = { tokenId, expect: expectation };
      const [reason] = await reasons(args);
      const error = await failure(hosted.host.create({ ...args, status: "revoked" }));
      for (const text of [reason, error.message]) {
        expect(text).toMatch(sentence);
        expect(text?.startsWith(`${tokenId}: refused, not revoked: `)).toBe(true);
      }
      expect(error.partial).toBeUndefined();
    }
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });
});

describe("create", () => {
  test("revokes a token, sees it gone, and records who did it, what it was, and what was declared", async () => {
    const { id: tokenId } = hosted.token();
    const token = hosted.simulator.find(tokenId);
    const ownerId = token?.owner.id.toUpperCase();
    const args = {
      reason: "found in a log",
      ticket: "INC-1",
      requestedBy: "robin",
      reportedAt: "2026-01-01T00:00:00Z",
    };
    const started = new Date().toISOString();
    const { inputs } = await hosted.host.check({}, { tokenId, ...args, expect: { name: token?.name, ownerId } });
    const { id, properties } = await hosted.host.create(inputs);
    expect(id).toBe(tokenId);
    expect(properties).toEqual({
      tokenId,
      ...args,
      expect: inputs.expect,
      kind: "personal",
      status: "revoked",
      outcome: "revoked",
      revokedAt: time,
      httpStatus: 204,
      verifiedAt: time,
      apiUrl: hosted.simulator.url,
      actor: actor(hosted),
      snapshot: { ...(inputs.snapshot as object), lastUsedAt: token?.lastUsedAt && time },
    });
    const times = [started, properties.revokedAt, properties.verifiedAt, new Date().toISOString()];
    expect(times.toSorted()).toEqual(times);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("does not look back with verify: false, and needs no check before", async () => {
    const { id: tokenId, name } = hosted.token();
    const { properties } = await hosted.host.create({ tokenId, verify: false, status: "revoked" });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, kind: "personal", snapshot: { name } });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("records a token never seen as alreadyRevoked, with a warning, whatever a guard expects, and claims nothing", async () => {
    const tokenId = goneToken();
    const { properties } = await revoke(hosted.host, { tokenId, expect: { name: "another" } });
    expect(properties).toEqual({
      tokenId,
      expect: { name: "another" },
      status: "revoked",
      outcome: "alreadyRevoked",
      revokedAt: time,
      httpStatus: 404,
      apiUrl: hosted.simulator.url,
      actor: actor(hosted),
    });
    expect(sent(hosted, tokenId)).toEqual(["GET 404", "DELETE 404"]);
    expect(said(hosted.host, tokenId)).toEqual([expect.stringContaining("does not know this token")]);
  });

  test("records a token that somebody else revoked after the look-up as alreadyRevoked and seen to go", async () => {
    const { id: tokenId, name } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId });
    hosted.simulator.revoke(tokenId);
    const { properties } = await hosted.host.create(inputs);
    expect(properties).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404, snapshot: { name } });
    expect(properties.verifiedAt).toBe(properties.revokedAt);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test.each([
    ["never seen", false],
    ["gone after the look-up", true],
  ])('fails with onNotFound: "fail" for a token %s, and records nothing', async (_, isSeen) => {
    const { id: tokenId } = hosted.token();
    if (!isSeen) hosted.simulator.revoke(tokenId);
    const { inputs } = await hosted.host.check({}, { tokenId, onNotFound: "fail" });
    hosted.simulator.revoke(tokenId);
    const error = await failure(hosted.host.create(inputs));
    expect(error.message).toBe(
      `${tokenId}: not revoked: ${answered(hosted)} does not know this token: it was revoked before, or the id, the ` +
        'site or the organization is wrong. onNotFound: "fail" makes that an error',
    );
    expect(error.partial).toBeUndefined();
  });

  test("takes the 404 after a lost answer for its own, and not that of a token nobody saw", async () => {
    const [seen, unseen] = [hosted.token(), hosted.token()];
    for (const { id } of [seen, unseen]) {
      hosted.simulator.fault({ method: "DELETE", path: hosted.path(id) }, { kind: "resetAfter" });
    }
    hosted.simulator.fault({ method: "GET", path: hosted.path(unseen.id), times: forEver }, forbidden);
    const { properties } = await revoke(hosted.host, { tokenId: seen.id, onNotFound: "fail" });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 404, snapshot: { name: seen.name } });
    expect(properties.verifiedAt).toBe(properties.revokedAt);
    expect(sent(hosted, seen.id)).toEqual(["GET 200", "DELETE -", "DELETE 404"]);
    expect(said(hosted.host, seen.id)).toEqual([]);
    const unclaimed = await revoke(hosted.host, { tokenId: unseen.id });
    expect(unclaimed.properties).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404 });
    expect(unclaimed.properties).not.toHaveProperty("verifiedAt");
  });

  test("sends again when Datadog says, and nothing else is sent meanwhile", async () => {
    const [first, second] = [hosted.token().id, hosted.token().id];
    const wait: Fault = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "1" } };
    const limited = hosted.simulator.fault({ method: "DELETE", path: hosted.path(first) }, wait);
    const revoked = revoke(hosted.host, { tokenId: first });
    while (limited.hits === 0) await sleep(1);
    await sleep(50);
    const results = await Promise.all([revoked, revoke(hosted.host, { tokenId: second })]);
    for (const { properties } of results) expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    const requests = hosted.simulator.requests();
    const refusedAt = requests.find(({ status, path }) => status === 429 && path.includes(first))?.at ?? 0;
    const others = requests.filter(({ at, path }) => at > refusedAt && path.includes("/personal_access_tokens/"));
    expect(others.length).toBeGreaterThan(4);
    for (const { at } of others) expect(at).toBeGreaterThanOrEqual(refusedAt + 950);
  });

  const doubtful = "outcome unknown: Datadog may have revoked it. Run pulumi up again.";
  test.each<[string, Fault[], { result: string; words: string; tries: number }]>([
    [
      "403",
      [forbidden],
      { result: "not revoked:", words: 'answered 403: "Forbidden". The credentials need', tries: 1 },
    ],
    [
      "a page with 200",
      [{ kind: "html" }],
      { result: doubtful, words: "answered 200 instead of 204. Check", tries: 1 },
    ],
    [
      "500 for ever",
      Array(4).fill({ kind: "status", status: 500 }),
      { result: doubtful, words: "answered 500", tries: 4 },
    ],
    [
      "a lost answer, then 403",
      [{ kind: "resetAfter" }, forbidden],
      { result: doubtful, words: "answered 403", tries: 2 },
    ],
  ])("that meets %s says what happened and what to do, and leaves no record", async (_, faults, expected) => {
    const { result, words, tries } = expected;
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    for (const fault of faults) hosted.simulator.fault({ method: "DELETE", path }, fault);
    const error = await failure(revoke(hosted.host, { tokenId }));
    expect(error.message).toContain(`${tokenId}: ${result} DELETE ${path} at ${address()} ${words}`);
    expect(error.message).not.toMatch(/\n| at .*\.js/);
    expect(error.partial).toBeUndefined();
    expect(sent(hosted, tokenId).filter((each) => each.startsWith("DELETE"))).toHaveLength(tries);
    expect(said(hosted.host, tokenId)).toEqual([]);
    // What was not done is done by the next up.
    expect((await revoke(hosted.host, { tokenId })).properties).toMatchObject({ status: "revoked" });
  });

  test("takes no longer than the stack's timeout, however slow the server", async () => {
    const host = await hosted.start({ config: { "datadog:httpClientRetryTimeout": "1" } });
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    const { inputs } = await host.check({}, { tokenId });
    hosted.simulator.fault({ method: "DELETE", path, times: forEver }, { kind: "hang", after: true });
    const started = performance.now();
    const error = await failure(host.create(inputs));
    expect(performance.now() - started).toBeLessThan(4_000);
    const what = `DELETE ${path} at ${address()} gave no answer: it took too long`;
    expect(error.message).toBe(`${tokenId}: ${doubtful} ${what}`);
  });

  test("revokes with the permission for that alone; what may not be read is left out, and said", async () => {
    const host = await hosted.start({ keys: hosted.simulator.createKeys(["org_app_keys_write"]) });
    const { id: tokenId } = hosted.token();
    const { properties } = await revoke(host, { tokenId });
    const record = { status: "revoked", outcome: "revoked", httpStatus: 204, revokedAt: time };
    expect(properties).toEqual({ tokenId, ...record, apiUrl: hosted.simulator.url, actor: actor(hosted) });
    expect(said(host, tokenId)).toEqual([
      expect.stringMatching(/^warning .*: its name and owner cannot be shown: GET .* answered 403: /),
      expect.stringMatching(
        /^warning .*: Datadog accepted the revocation, but it is not verified: GET .* answered 403: /,
      ),
    ]);
  });
});

describe("create of a second resource of one token", () => {
  test("gives the record of the first, sends nothing, and is judged by its own guards", async () => {
    const { tokenId, properties, since } = await recorded();
    const second = await revoke(hosted.host, { tokenId, reason: "again" });
    expect(second.properties).toEqual({ ...properties, reason: "again" });
    const error = await failure(hosted.host.create({ tokenId, status: "revoked", expect: { name: "another" } }));
    expect(error.message).toContain('not "another" as expect.name says');
    expect(allSent(hosted, since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("waits for the first when both are created at once, and tries itself when the first failed", async () => {
    const { id: tokenId } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId });
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, forbidden);
    await failure(hosted.host.create(inputs));
    const [first, second] = await Promise.all([hosted.host.create(inputs), hosted.host.create(inputs)]);
    expect(second).toEqual(first);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 403", "DELETE 204", "GET 404"]);
  });
});

describe("diff", () => {
  const olds = { tokenId: noToken, reason: "x", expect: { name: "n" }, status: "revoked", outcome: "revoked" };
  const none = { changes: false, replaces: [], deleteBeforeReplace: false };
  const some = { ...none, changes: true };

  test("sees no change in the same arguments, whatever the package, the snapshot and the kind became", async () => {
    const { host } = hosted;
    expect(await host.diff(noToken, { ...olds, __provider: "as an older release left it" }, olds)).toEqual(none);
    const seen = { ...olds, snapshot: { name: "n" }, kind: "personal", revokedAt: "2026-11-24T09:30:00.000Z" };
    expect(await host.diff(noToken, seen, olds)).toEqual(none);
    expect(await host.diff(noToken, olds, { ...olds, snapshot: unknown, kind: "service" })).toEqual(none);
  });

  test("updates in place what was found alive, and says so: the engine's display may show no field", async () => {
    const tokenId = "11111111-0000-1234-0000-000000000000";
    expect(await hosted.host.diff(tokenId, { ...olds, tokenId, status: "alive" }, { ...olds, tokenId })).toEqual(some);
    expect(said(hosted.host, tokenId)).toEqual([expect.stringContaining("up revokes it again")]);
  });

  test("updates in place for any argument but the token", async () => {
    for (const edit of [
      { reason: "y" },
      { reason: undefined },
      { reason: unknown },
      { expect: { name: "n", ownerId: noToken } },
      { onNotFound: "fail" },
      { verify: false },
    ]) {
      const news = Object.entries({ ...olds, ...edit }).filter(([, value]) => value !== undefined);
      expect(await hosted.host.diff(noToken, olds, Object.fromEntries(news))).toEqual(some);
    }
  });

  test("replaces for another token, known or not, and keeps the old record until the new one is there", async () => {
    for (const tokenId of [hosted.token().id, unknown]) {
      const replaced = await hosted.host.diff(noToken, olds, { ...olds, tokenId, reason: "y" });
      expect(replaced).toEqual({ ...some, replaces: ["tokenId"] });
    }
  });

  test("does not stop at a broken record", async () => {
    expect(await hosted.host.diff("", {}, olds)).toMatchObject({ changes: true });
    expect(await hosted.host.diff("", { tokenId: [], expect: 7 }, {})).toMatchObject({ changes: true });
  });
});

describe("update", () => {
  test("keeps the record at an edit, and sends nothing", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ reason: "old", ticket: "INC-1" });
    const edit = { reason: "new", requestedBy: "robin", onNotFound: "fail" };
    const { ticket, ...news }: Properties = { ...inputs, ...edit };
    const { ticket: _, ...kept } = properties;
    expect((await hosted.host.update(tokenId, properties, news)).properties).toEqual({ ...kept, ...edit });
    const bare = await hosted.startBare({});
    expect((await bare.update(tokenId, properties, news)).properties).toEqual({ ...kept, ...edit });

    const gone = { tokenId: noToken, status: "revoked", outcome: "alreadyRevoked", httpStatus: 404 };
    const edited = await hosted.host.update(noToken, gone, { tokenId: noToken, status: "revoked", reason: "new" });
    expect(edited.properties).toEqual({ ...gone, reason: "new" });
    expect(allSent(hosted, since)).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("revokes again what was found alive: a new record, with the arguments of now", async () => {
    const { tokenId, properties, since } = await foundAlive({ reason: "old" });
    const { inputs } = await hosted.host.check({ tokenId, status: "alive" }, { tokenId, reason: "new" });
    const { properties: updated } = await hosted.host.update(tokenId, properties, inputs);
    const record = { reason: "new", status: "revoked", revokedAt: time, verifiedAt: time };
    expect(updated).toEqual({ ...properties, ...record });
    expect(String(updated.revokedAt) > String(properties.revokedAt)).toBe(true);
    expect(sent(hosted, tokenId, since)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  });

  test("keeps the old record when the token went meanwhile, and verifies it with that", async () => {
    const strict = await foundAlive({ onNotFound: "fail" });
    hosted.simulator.revoke(strict.tokenId);
    const kept = await hosted.host.update(strict.tokenId, strict.properties, strict.news);
    expect(kept.properties).toEqual({ ...strict.properties, status: "revoked" });
    expect(sent(hosted, strict.tokenId, strict.since)).toEqual(["GET 404", "DELETE 404"]);
    expect(said(hosted.host, strict.tokenId)).toEqual([]);

    const unverified = await foundAlive({ verify: false });
    hosted.simulator.revoke(unverified.tokenId);
    const { properties } = await hosted.host.update(unverified.tokenId, unverified.properties, unverified.news);
    expect(properties).toEqual({ ...unverified.properties, status: "revoked", verifiedAt: time });
  });

  test("takes the 404 that follows its own lost answer for its own", async () => {
    const { tokenId, news, properties } = await foundAlive();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, { kind: "resetAfter" });
    const { properties: updated } = await hosted.host.update(tokenId, properties, news);
    expect(updated).toMatchObject({ outcome: "revoked", httpStatus: 404, status: "revoked" });
    expect(String(updated.revokedAt) > String(properties.revokedAt)).toBe(true);
  });

  test("leaves the old record when a guard or Datadog refuses, or there are no credentials", async () => {
    const { tokenId, news, properties, since } = await foundAlive();
    const bare = await hosted.startBare({});
    const guarded = { ...news, expect: { name: "another" } };
    const refused = await failure(hosted.host.update(tokenId, properties, guarded));
    expect(refused.message).toMatch(new RegExp(`^${tokenId}: refused, not revoked: its name is .*, not "another"`));
    expect(sent(hosted, tokenId, since)).toEqual(["GET 200"]);
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, forbidden);
    const denied = await failure(hosted.host.update(tokenId, properties, news));
    expect(denied.message).toMatch(new RegExp(`^${tokenId}: not revoked: DELETE .* answered 403: "Forbidden"`));
    const unable = await failure(bare.update(tokenId, properties, news));
    expect(unable.message).toMatch(new RegExp(`^${tokenId}: not revoked: no Datadog credentials`));
    for (const { partial } of [refused, denied, unable]) expect(partial).toBeUndefined();
  });

  test("catches up on a verification that is due, by asking only, and not without credentials", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ verify: false });
    const { verify, ...due } = inputs;
    const { verify: _, ...kept } = properties;
    const bare = await hosted.startBare({});
    expect((await bare.update(tokenId, properties, due)).properties).toEqual(kept);
    const stillNot = await hosted.host.update(tokenId, properties, { ...inputs, reason: "x" });
    expect(stillNot.properties).toEqual({ ...properties, reason: "x" });
    expect(sent(hosted, tokenId, since)).toEqual([]);

    const updated = await hosted.host.update(tokenId, properties, { ...inputs, verify: true });
    expect(updated.properties).toEqual({ ...properties, verify: true, verifiedAt: time });
    expect(sent(hosted, tokenId, since)).toEqual(["GET 404"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("verifies nothing that nobody had seen there", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 3 }, forbidden);
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    const since = hosted.now();
    const updated = await hosted.host.update(tokenId, properties, { tokenId, status: "revoked", reason: "x" });
    expect(updated.properties).toEqual({ ...properties, reason: "x" });
    expect(allSent(hosted, since)).toEqual([]);
  });
});

describe("read", () => {
  const args = { reason: "r", ticket: "t", requestedBy: "b", reportedAt: "2026-01-01T00:00:00Z", verify: true };

  test("leaves a record whose token is gone as it is, and gives back every input", async () => {
    const { tokenId, inputs, properties, since } = await recorded({ ...args, onNotFound: "accept" });
    const expectation = { expect: { name: "n" } };
    expect(await hosted.host.read(tokenId, { ...properties, ...expectation })).toEqual({
      id: tokenId,
      properties: { ...properties, ...expectation },
      inputs: { ...inputs, ...expectation },
    });
    expect(allSent(hosted, since)).toEqual(["GET 404"]);
    const shortest = { tokenId: noToken, status: "revoked", outcome: "alreadyRevoked" };
    const inputsOfShortest = { tokenId: noToken, status: "revoked" };
    const read = await hosted.host.read(noToken, shortest);
    expect(read).toEqual({ id: noToken, properties: shortest, inputs: inputsOfShortest });
  });

  test("shows a token that is there again as alive, in properties and inputs, and nothing else changes", async () => {
    const { tokenId, inputs, properties } = await recorded(args);
    hosted.simulator.restore(tokenId);
    const read = await hosted.host.read(tokenId, properties);
    const status = "alive";
    expect(read).toEqual({ id: tokenId, properties: { ...properties, status }, inputs: { ...inputs, status } });
    expect(await hosted.host.diff(tokenId, read.properties, inputs)).toMatchObject({ changes: true, replaces: [] });

    hosted.simulator.revoke(tokenId);
    expect(await hosted.host.read(tokenId, read.properties)).toEqual({ id: tokenId, properties, inputs });
  });

  test.each<[string, Fault | undefined, string]>([
    ["may not be seen", forbidden, 'answered 403: "Forbidden"'],
    ["is behind a page", { kind: "html", status: 404 }, "answered 404: an HTML page"],
    ["is cut", { kind: "cut" }, "gave no answer"],
    ["cannot be asked about without credentials", undefined, "no Datadog credentials"],
  ])("leaves a record as it is whose token %s, and says so at the first", async (_, fault, words) => {
    const host = fault ? await hosted.start() : await hosted.startBare({});
    const both = [await recorded(), await recorded()];
    for (const { tokenId, properties, inputs } of both) {
      for (const status of ["revoked", "alive"]) {
        if (fault) hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 4 }, fault);
        const read = await host.read(tokenId, { ...properties, status });
        expect(read).toEqual({ id: tokenId, properties: { ...properties, status }, inputs: { ...inputs, status } });
      }
    }
    const sentence = `${both[0]?.tokenId}: could not be checked; the recorded status is kept: `;
    expect(host.logs()).toMatchObject([{ severity: "warning", message: expect.stringContaining(words) }]);
    expect(host.logs()[0]?.message.startsWith(sentence)).toBe(true);
  });

  test("gives no empty id, and does not stop at a broken record", async () => {
    const broken = [{}, { status: 7, snapshot: {} }, { snapshot: "x", expect: [] }, { snapshot: { kind: "service" } }];
    for (const properties of broken) expect(await hosted.host.read(noToken, properties)).toMatchObject({ id: noToken });
  });
});

describe("delete", () => {
  test.each([
    ["revoked", ""],
    ["alive", " The token was alive when Datadog was last asked."],
  ])("of a record whose status is %s sends nothing and says so", async (status, addition) => {
    const { tokenId, properties, since } = await recorded();
    await hosted.host.delete(tokenId, { ...properties, status });
    expect(allSent(hosted, since)).toEqual([]);
    const sentence = `${tokenId}: removed from state only. Nothing was sent to Datadog and nothing is restored.`;
    expect(said(hosted.host, tokenId)).toEqual([`info ${sentence}${addition}`]);
  });

  test("works without credentials, and for a broken record", async () => {
    const host = await hosted.startBare({ env: { DD_APP_KEY: "half a pair" } });
    await host.delete(noToken, {});
    await host.delete("", { status: [] });
    expect(host.logs().map(({ severity }) => severity)).toEqual(["info", "info"]);
  });
});

test("nothing is printed past the engine", async () => {
  expect(await hosted.host.printed()).toBe("");
});
