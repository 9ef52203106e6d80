import { setImmediate as nextTurn } from "node:timers/promises";
import type { Fault } from "pulumi-datadog-revocation/simulator";
import {
  actor,
  allSent,
  answered,
  failure,
  type Hosted,
  noToken,
  revoke,
  said,
  sent,
  startHosted,
  time,
} from "../support/hosted";
import { unheld } from "../support/unheld";

let hosted: Hosted;

beforeAll(async () => {
  hosted = await startHosted();
});

afterAll(() => hosted.stop());

const forEver = Number.POSITIVE_INFINITY;
const address = () => new URL(hosted.simulator.url).host;

describe("a token that is there", () => {
  test("is revoked and seen to be gone", async () => {
    const { id: tokenId } = hosted.token();
    const token = hosted.simulator.find(tokenId);
    const started = new Date().toISOString();
    const args = {
      reason: "found in a log",
      ticket: "INC-1",
      requestedBy: "robin",
      reportedAt: "2026-01-01T00:00:00Z",
    };
    const { inputs } = await hosted.host.check({}, { tokenId, ...args, expect: { name: token?.name } });
    const { id, properties } = await hosted.host.create(inputs);
    expect(id).toBe(tokenId);
    expect(properties).toEqual({
      tokenId,
      ...args,
      expect: { name: token?.name },
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
    const { revokedAt, verifiedAt } = properties as { revokedAt: string; verifiedAt: string };
    expect([started, revokedAt, verifiedAt, new Date().toISOString()].toSorted()).toEqual([
      started,
      revokedAt,
      verifiedAt,
      expect.anything(),
    ]);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).not.toBeNull();
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("is revoked without a look back when verify is false", async () => {
    const { id: tokenId } = hosted.token();
    const { properties } = await revoke(hosted.host, { tokenId, verify: false });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, verify: false });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("is revoked all the same when check was never called", async () => {
    const { id: tokenId, name } = hosted.token();
    const { properties } = await hosted.host.create({ tokenId, status: "revoked" });
    expect(properties).toMatchObject({ outcome: "revoked", kind: "personal", snapshot: { name }, verifiedAt: time });
  });
});

describe("a token that Datadog does not know", () => {
  test("is alreadyRevoked, with a warning that names who answered, and no claim that anyone saw it", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.revoke(tokenId);
    const { properties } = await revoke(hosted.host, { tokenId, reason: "x" });
    expect(properties).toEqual({
      tokenId,
      reason: "x",
      status: "revoked",
      outcome: "alreadyRevoked",
      revokedAt: time,
      httpStatus: 404,
      apiUrl: hosted.simulator.url,
      actor: actor(hosted),
    });
    expect(sent(hosted, tokenId)).toEqual(["GET 404", "DELETE 404"]);
    expect(said(hosted.host, tokenId)).toEqual([
      `warning ${tokenId}: ${answered(hosted)} does not know this token: it was revoked before, or the id, the site ` +
        "or the organization is wrong. It counts as alreadyRevoked",
    ]);
  });

  test('is an error with onNotFound: "fail", and nothing is recorded', async () => {
    const error = await failure(revoke(hosted.host, { tokenId: noToken, onNotFound: "fail" }));
    expect(error.message).toBe(
      `${noToken}: not revoked: ${answered(hosted)} does not know this token: it was revoked before, or the id, the ` +
        'site or the organization is wrong. onNotFound: "fail" makes that an error',
    );
    expect(error.partial).toBeUndefined();
  });

  test("is alreadyRevoked and was seen to go, when someone else revoked it after the look-up", async () => {
    const { id: tokenId, name } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId });
    hosted.simulator.revoke(tokenId);
    const { properties } = await hosted.host.create(inputs);
    expect(properties).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404, snapshot: { name } });
    expect(properties.verifiedAt).toBe(properties.revokedAt);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 404"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test('is an error with onNotFound: "fail", when someone else revoked it after the look-up', async () => {
    const { id: tokenId } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId, onNotFound: "fail" });
    hosted.simulator.revoke(tokenId);
    const error = await failure(hosted.host.create(inputs));
    expect(error.message).toContain(`${tokenId}: not revoked: ${answered(hosted)} does not know this token`);
    expect(error.partial).toBeUndefined();
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 404"]);
  });

  test("is alreadyRevoked without a claim of having been there, when nobody was allowed to look", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "GET", path: hosted.path(tokenId), times: 2 }, { kind: "status", status: 403 });
    hosted.simulator.revoke(tokenId);
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404 });
    expect(properties).not.toHaveProperty("verifiedAt");
    expect(said(hosted.host, tokenId)).toEqual([
      expect.stringContaining("its name and owner cannot be shown"),
      expect.stringContaining("does not know this token"),
    ]);
  });
});

describe("an answer that is lost", () => {
  test.each<[string, Fault]>([
    ["by a reset", { kind: "resetAfter" }],
    ["to a gateway's 502", { kind: "status", status: 502, after: true }],
    ["to a cut", { kind: "cut", after: true }],
  ])("%s after the act: the 404 that follows is this stack's own revocation", async (_, fault) => {
    const { id: tokenId, name } = hosted.token();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, fault);
    const { properties } = await revoke(hosted.host, { tokenId, onNotFound: "fail" });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 404, status: "revoked", snapshot: { name } });
    expect(properties.verifiedAt).toBe(properties.revokedAt);
    expect(sent(hosted, tokenId)).toEqual(["GET 200", expect.stringMatching(/^DELETE (-|502)$/), "DELETE 404"]);
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("to a rate limit is sent again when Datadog says, and nothing else is sent meanwhile", async () => {
    const [first, second] = [hosted.token().id, hosted.token().id];
    const wait: Fault = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "1" } };
    const limited = hosted.simulator.fault({ method: "DELETE", path: hosted.path(first) }, wait);
    const revoked = revoke(hosted.host, { tokenId: first });
    while (limited.hits === 0) await nextTurn(undefined, unheld);
    const results = await Promise.all([revoked, revoke(hosted.host, { tokenId: second })]);
    for (const { properties } of results) expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
    const requests = hosted.simulator.requests();
    const refusedAt = requests.find(({ status, path }) => status === 429 && path.includes(first))?.at ?? 0;
    const others = requests.filter(({ at, path }) => at > refusedAt && path.includes("/personal_access_tokens/"));
    expect(others.length).toBeGreaterThan(4);
    for (const { at } of others) expect(at).toBeGreaterThanOrEqual(refusedAt + 950);
  });

  test("of a token that was never seen is not claimed", async () => {
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    hosted.simulator.fault({ method: "GET", path, times: forEver }, { kind: "status", status: 403 });
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "resetAfter" });
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404 });
    expect(properties).not.toHaveProperty("verifiedAt");
  });

  test.each<[string, Fault, string]>([
    ["a reset", { kind: "resetBefore" }, "-"],
    ["500", { kind: "status", status: 500 }, "500"],
    ["408", { kind: "status", status: 408 }, "408"],
    ["429", { kind: "status", status: 429, headers: { "Retry-After": "0" } }, "429"],
  ])("by %s before the act is sent again, and the 204 counts", async (_, fault, shown) => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, fault);
    const { properties } = await revoke(hosted.host, { tokenId });
    expect(properties).toMatchObject({ outcome: "revoked", httpStatus: 204, verifiedAt: time });
    expect(sent(hosted, tokenId)).toEqual(["GET 200", `DELETE ${shown}`, "DELETE 204", "GET 404"]);
  });

  test("before the act, while someone else revokes it, reads as this stack's own: nobody could tell", async () => {
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "resetBefore" });
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "status", status: 404, body: { errors: ["gone"] } });
    expect((await revoke(hosted.host, { tokenId })).properties).toMatchObject({ outcome: "revoked", httpStatus: 404 });
  });
});

describe("a DELETE that fails", () => {
  const unknown = "nobody can say whether it is revoked, run pulumi up again to ask once more";
  test.each<[string, Fault, { result: string; words: string; tries: number }]>([
    [
      "401",
      { kind: "status", status: 401, body: { errors: [{ title: "Unauthorized" }] } },
      { result: "not revoked", words: 'answered 401: "Unauthorized". The credentials were not accepted', tries: 1 },
    ],
    [
      "403",
      { kind: "status", status: 403, body: { errors: ["Forbidden", "no permission"] } },
      {
        result: "not revoked",
        words: 'answered 403: "Forbidden; no permission". The credentials need the permission user_app_keys for one',
        tries: 1,
      },
    ],
    [
      "400",
      { kind: "status", status: 400, body: { errors: [{ title: "Generic Error", detail: 'expected type "uuid"' }] } },
      { result: "not revoked", words: 'answered 400: "Generic Error: expected type "uuid"".', tries: 1 },
    ],
    [
      "409 without a body",
      { kind: "status", status: 409 },
      { result: "not revoked", words: "answered 409: no body.", tries: 1 },
    ],
    [
      "a page with 404",
      { kind: "html", status: 404 },
      { result: "not revoked", words: "answered 404: an HTML page, not the API, titled", tries: 1 },
    ],
    [
      "429 for ever",
      { kind: "status", status: 429, body: { errors: ["slow down"] } },
      { result: "not revoked", words: 'answered 429: "slow down". Try again when the rate limit allows', tries: 4 },
    ],
    [
      "500 for ever",
      { kind: "status", status: 500, body: "<html><title>Oops</title>" },
      { result: unknown, words: 'answered 500: an HTML page, not the API, titled "Oops". The fault is at', tries: 4 },
    ],
    ["resets for ever", { kind: "resetBefore" }, { result: unknown, words: "gave no answer: ", tries: 4 }],
    [
      "200 instead of 204",
      { kind: "status", status: 200, body: {} },
      { result: unknown, words: "answered 200 instead of 204. Check that DD_SITE or datadog:apiUrl", tries: 1 },
    ],
    [
      "a page with 200",
      { kind: "html" },
      { result: unknown, words: "answered 200 instead of 204. Check that DD_SITE or datadog:apiUrl", tries: 1 },
    ],
  ])("by %s is an error that says what happened and what to do, and leaves no record", async (_, fault, expected) => {
    const { result, words, tries } = expected;
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    const installed = hosted.simulator.fault({ method: "DELETE", path, times: forEver }, fault);
    const error = await failure(revoke(hosted.host, { tokenId }));
    expect(error.message).toContain(`${tokenId}: ${result}: DELETE ${path} at ${address()} ${words}`);
    expect(error.message).not.toMatch(/\n| at .*\.js/);
    expect(error.partial).toBeUndefined();
    expect(installed.hits).toBe(tries);
    expect(said(hosted.host, tokenId)).toEqual([]);
    expect(hosted.simulator.find(tokenId)?.revokedAt).toBeNull();

    // What was not done is done by the next up.
    installed.remove();
    expect((await revoke(hosted.host, { tokenId })).properties).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  });

  test("with a redirect goes nowhere else", async () => {
    const elsewhere = await startHosted({ tokens: 1 });
    const { id: tokenId } = hosted.token();
    const location = elsewhere.simulator.url + hosted.path(tokenId);
    hosted.simulator.fault({ method: "DELETE", path: hosted.path(tokenId) }, { kind: "redirect", location });
    const error = await failure(revoke(hosted.host, { tokenId }));
    expect(error.message).toMatch(
      new RegExp(
        `^${tokenId}: not revoked: .* answered 307: no body\\. Redirects are refused, as the keys would follow`,
      ),
    );
    expect(allSent(elsewhere)).toEqual([]);
    await elsewhere.stop();
  });

  test("after a lost answer says that nobody can tell, whatever the last answer was", async () => {
    const { id: tokenId } = hosted.token();
    const path = hosted.path(tokenId);
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "resetAfter" });
    hosted.simulator.fault({ method: "DELETE", path }, { kind: "status", status: 403, body: { errors: ["no"] } });
    const error = await failure(revoke(hosted.host, { tokenId }));
    expect(error.message).toContain(`${tokenId}: ${unknown}: DELETE ${path} at ${address()} answered 403: "no".`);
    expect(error.partial).toBeUndefined();
  });

  test("in time: no longer than the stack's timeout, however slow the server", async () => {
    const host = await hosted.start({ config: { "datadog:httpClientRetryTimeout": "1" } });
    const { id: tokenId } = hosted.token();
    hosted.simulator.fault(
      { method: "DELETE", path: hosted.path(tokenId), times: forEver },
      { kind: "hang", after: true },
    );
    const { inputs } = await host.check({}, { tokenId });
    const started = performance.now();
    const error = await failure(host.create(inputs));
    expect(performance.now() - started).toBeLessThan(4_000);
    expect(error.message).toBe(
      `${tokenId}: ${unknown}: DELETE ${hosted.path(tokenId)} at ${address()} gave no answer: it took too long`,
    );
  });
});

describe("a guard", () => {
  const wrong = { name: [{ name: "another" }], ownerId: [{ ownerId: noToken }] };

  test.each(Object.entries(wrong))(
    "expect.%s refuses another token, and no DELETE is sent",
    async (guard, [expectation]) => {
      const { id: tokenId } = hosted.token();
      const error = await failure(hosted.host.create({ tokenId, expect: expectation, status: "revoked" }));
      expect(error.message).toMatch(new RegExp(`^${tokenId}: refused, not revoked: its .* as expect\\.${guard} says$`));
      expect(error.partial).toBeUndefined();
      expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
    },
  );

  test("that holds lets the token be revoked, whatever the case of the owner's id", async () => {
    const { id: tokenId, name } = hosted.token();
    const ownerId = hosted.simulator.find(tokenId)?.owner.id.toUpperCase();
    const { properties } = await revoke(hosted.host, { tokenId, expect: { name, ownerId } });
    expect(properties).toMatchObject({ outcome: "revoked" });
  });

  test("does not judge a token that is gone: the outcome says that nobody saw it", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.revoke(tokenId);
    const { properties } = await revoke(hosted.host, { tokenId, expect: { name: "another" } });
    expect(properties).toMatchObject({ outcome: "alreadyRevoked" });
  });
});

describe("permissions", () => {
  test("to revoke anyone's are enough; what may not be read is left out, and said", async () => {
    const host = await hosted.start({ keys: hosted.simulator.createKeys(["org_app_keys_write"]) });
    const { id: tokenId } = hosted.token();
    const { properties } = await revoke(host, { tokenId });
    expect(properties).toEqual({
      tokenId,
      status: "revoked",
      outcome: "revoked",
      httpStatus: 204,
      revokedAt: time,
      apiUrl: hosted.simulator.url,
      actor: actor(hosted),
    });
    expect(said(host, tokenId)).toEqual([
      expect.stringMatching(/^warning .*: its name and owner cannot be shown: GET .* answered 403: /),
      expect.stringMatching(
        /^warning .*: Datadog accepted the revocation, but it is not verified: GET .* answered 403: /,
      ),
    ]);
  });

  test("for one's own tokens are enough for these, and refused for another's", async () => {
    const { keyOwner } = hosted.simulator;
    const host = await hosted.start({ keys: hosted.simulator.createKeys(["user_app_keys"]) });
    const own = hosted.simulator.tokens.find(({ id }) => {
      const token = hosted.simulator.find(id);
      return token?.owner.id === keyOwner.id && token.revokedAt === null;
    });
    expect((await revoke(host, { tokenId: own?.id })).properties).toMatchObject({
      outcome: "revoked",
      verifiedAt: time,
    });
    const other = hosted.simulator.tokens.find(({ id }) => {
      const token = hosted.simulator.find(id);
      return token?.owner.id !== keyOwner.id && token?.owner.type === "users" && token.revokedAt === null;
    });
    const error = await failure(revoke(host, { tokenId: other?.id }));
    expect(error.message).toMatch(/answered 403: ".*"\. The credentials need .*org_app_keys_write for anyone/);
  });
});

test("a dozen at once are each revoked and verified, with one look-up each", async () => {
  const ids = Array.from({ length: 12 }, () => hosted.token().id);
  const created = await Promise.all(ids.map((tokenId) => revoke(hosted.host, { tokenId })));
  for (const [index, { id, properties }] of created.entries()) {
    expect(id).toBe(ids[index]);
    expect(properties).toMatchObject({ tokenId: id, outcome: "revoked", verifiedAt: time });
    expect(sent(hosted, id)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  }
});

test("a quiet run prints nothing", () => {
  expect(hosted.host.printed).toBe("");
});
