import type { Properties } from "../support/host";
import { unknown } from "../support/host";
import { allSent, answered, noToken, said, sent, useHosted } from "../support/hosted";

const hosted = useHosted();


/** What check says when it refuses. */
async function reasons(news: Properties, olds: Properties = {}): Promise<string[]> {
  const { failures } = await hosted.host.check(olds, news);
  for (const { property } of failures) expect(property).toBe("");
  return failures.map(({ reason }) => reason);
}

describe("a token that is to be revoked", () => {
  test("is shown with its name and owner, and without its last use", async () => {
    const { id: tokenId } = hosted.token();
    const token = hosted.simulator.find(tokenId);
    const { inputs, failures } = await hosted.host.check({}, { tokenId, reason: "found in a log", verify: true });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({
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
    });
    expect(said(hosted.host, tokenId)).toEqual([]);
  });

  test("is named in lowercase, however the program wrote it", async () => {
    const { id: tokenId } = hosted.token();
    const { inputs } = await hosted.host.check({}, { tokenId: tokenId.toUpperCase() });
    expect(inputs).toMatchObject({ tokenId, snapshot: { tokenId } });
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });

  test("is looked up once for both checks of a run and its create", async () => {
    const { id: tokenId } = hosted.token();
    const [first, second] = await Promise.all([1, 2].map(() => hosted.host.check({}, { tokenId })));
    expect(second).toEqual(first);
    expect((await hosted.host.check({}, { tokenId })).inputs).toEqual(first?.inputs);
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
    await hosted.host.create(first?.inputs ?? {});
    expect(sent(hosted, tokenId)).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  });

  test("is not what the program says it is: what it passes as snapshot, status and kind is discarded", async () => {
    const { id: tokenId, name } = hosted.token();
    const forged = { snapshot: { name: "forged" }, status: "alive", kind: "personal" };
    const { inputs } = await hosted.host.check({}, { tokenId, ...forged });
    expect(inputs).toMatchObject({ status: "revoked", snapshot: { name } });
    const unseen = await hosted.host.check({}, { tokenId: noToken, ...forged });
    expect(unseen.inputs).toEqual({ tokenId: noToken, status: "revoked", kind: "personal" });
  });

  test("shows without a snapshot when Datadog does not know it, and that is said once", async () => {
    const { id: tokenId } = hosted.token();
    hosted.simulator.revoke(tokenId);
    for (const _ of ["preview", "update"]) {
      const { inputs, failures } = await hosted.host.check({}, { tokenId });
      expect({ inputs, failures }).toEqual({ inputs: { tokenId, status: "revoked" }, failures: [] });
    }
    expect(said(hosted.host, tokenId)).toEqual([
      `warning ${tokenId}: ${answered(hosted)} does not know this token: it was revoked before, or the id, the site or ` +
        "the organization is wrong. It counts as alreadyRevoked",
    ]);
  });

  test('says in a preview that onNotFound: "fail" will make an unknown token an error', async () => {
    const tokenId = "00000000-0000-4000-8000-0000000000f1";
    expect(await reasons({ tokenId, onNotFound: "fail" })).toEqual([]);
    expect(said(hosted.host, tokenId)).toEqual([expect.stringMatching(/onNotFound: "fail" makes that an error$/)]);
  });
});

describe("a token that is recorded as revoked", () => {
  test.each([
    ["with a snapshot", { kind: "personal", snapshot: { name: "as it was", scopes: ["a", "b"] } }],
    ["without one", {}],
  ])("keeps what was recorded, %s, and no request is sent", async (_, recorded) => {
    const { id: tokenId } = hosted.token();
    const before = hosted.simulator.requests().length;
    const olds = { tokenId, status: "revoked", reason: "old", ...recorded };
    const news = { tokenId, reason: "new", expect: { name: "edited after the act" } };
    const { inputs, failures } = await hosted.host.check(olds, news);
    expect({ inputs, failures }).toEqual({ inputs: { ...news, status: "revoked", ...recorded }, failures: [] });
    expect(allSent(hosted, before)).toEqual([]);
  });

  test.each([
    ["a refresh found it alive", { status: "alive" }],
    ["it was another token", { status: "revoked", tokenId: noToken }],
    ["nothing says so", {}],
  ])("is looked up again when %s", async (_, olds) => {
    const { id: tokenId, name } = hosted.token();
    const recorded = { tokenId, kind: "personal", snapshot: { name: "as it was" }, ...olds };
    const { inputs } = await hosted.host.check(recorded, { tokenId });
    expect(inputs).toMatchObject({ status: "revoked", snapshot: { name } });
    expect(sent(hosted, tokenId)).toEqual(["GET 200"]);
  });
});

describe("values that a preview does not know yet", () => {
  test("pass as the token id, with the snapshot as unknown as the id, and no request", async () => {
    const before = hosted.simulator.requests().length;
    const { inputs, failures } = await hosted.host.check({}, { tokenId: unknown, reason: "known" });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ tokenId: unknown, reason: "known", status: "revoked", snapshot: unknown, kind: unknown });
    expect(allSent(hosted, before)).toEqual([]);
  });

  test("pass as any other argument, and the token is shown all the same", async () => {
    const { id: tokenId, name } = hosted.token();
    const others = { reason: unknown, ticket: unknown, reportedAt: unknown, onNotFound: unknown, verify: unknown };
    const guard = { expect: { name: unknown, ownerId: hosted.simulator.keyOwner.id } };
    const { inputs, failures } = await hosted.host.check({}, { tokenId, ...others, ...guard });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ ...others, ...guard, snapshot: { name } });
    const whole = await hosted.host.check({}, { tokenId, expect: unknown });
    expect(whole).toMatchObject({ failures: [], inputs: { expect: unknown, snapshot: { name } } });
  });

  test("do not excuse what is known and wrong", async () => {
    expect(await reasons({ tokenId: unknown, ticket: 7 })).toEqual(["ticket must be a string, not a number"]);
  });
});

describe("what a transform may have broken on the way", () => {
  const tokenId = noToken;
  test.each<[Properties, string]>([
    [{}, "tokenId is missing"],
    [{ tokenId: null }, "tokenId is missing"],
    [{ tokenId: 7 }, "tokenId must be a string, not a number"],
    [{ tokenId: ["x"] }, "tokenId must be a string, not a list"],
    [{ tokenId: {} }, "tokenId must be a string, not an object"],
    [{ tokenId: "" }, "tokenId is empty"],
    [{ tokenId: "ci-deploy" }, "tokenId is not a token id (it has 9 characters): a token id is a UUID like"],
    [{ tokenId, token: "x" }, "token is not an argument: did you mean tokenId?"],
    [{ tokenId, Reason: "x" }, "Reason is not an argument: did you mean reason?"],
    [{ tokenId, constructor: "x" }, "constructor is not an argument"],
    [{ tokenId, reason: { a: 1 } }, "reason must be a string, not an object"],
    [{ tokenId, reportedAt: "yesterday" }, "reportedAt is not an RFC 3339 time"],
    [{ tokenId, reportedAt: "2999-01-01T00:00:00Z" }, "reportedAt lies in the future"],
    [{ tokenId, onNotFound: "ignore" }, 'onNotFound must be "accept" or "fail"'],
    [{ tokenId, verify: "no" }, "verify must be true or false, not a string"],
    [{ tokenId, expect: "ci-deploy" }, "expect must be an object like"],
    [{ tokenId, expect: { ownerId: "robin@example.com" } }, "expect.ownerId is not a UUID"],
    [{ tokenId, expect: { owner: "x" } }, "expect.owner is not an argument: did you mean ownerId?"],
  ])("%j is one failure, before any request", async (news, sentence) => {
    const before = hosted.simulator.requests().length;
    expect(await reasons(news)).toEqual([expect.stringContaining(sentence)]);
    expect(allSent(hosted, before)).toEqual([]);
  });

  test("a token value is refused wherever it stands, and not repeated", async () => {
    const { value } = hosted.token();
    for (const news of [
      { tokenId: value },
      { tokenId, token: value },
      { tokenId, reason: `leaked: ${value}` },
      { tokenId, ticket: value.slice(0, 50) },
      { tokenId, expect: { name: value } },
      { tokenId, [value]: "x" },
    ]) {
      const [reason, ...more] = await reasons(news);
      expect(more).toEqual([]);
      expect(reason).not.toBe("");
      expect(reason).not.toContain(value.slice(29, 50));
    }
    expect(await hosted.host.printed()).toBe("");
  });

  test("a broken record does not stop check, and says nothing about the token", async () => {
    const { id: tokenId, name } = hosted.token();
    for (const olds of [
      { tokenId: 7, status: [] },
      { status: null, snapshot: 7 },
      { tokenId, status: {} },
    ]) {
      expect(await hosted.host.check(olds, { tokenId })).toMatchObject({
        failures: [],
        inputs: { snapshot: { name } },
      });
    }
  });
});

test.each([
  ["name", (token: string) => [{ name: "another" }, `its name is "${token}", not "another" as expect.name says`]],
  [
    "ownerId",
    () => [
      { ownerId: noToken },
      expect.stringMatching(/its owner is [0-9a-f-]{36} \(.+@example\.com\), not 0{8}-.* as expect\.ownerId says$/),
    ],
  ],
] as const)("expect.%s refuses a preview of another token than was meant", async (_, guard) => {
  const { id: tokenId, name } = hosted.token();
  const [expectation, sentence] = guard(name);
  const [reason] = await reasons({ tokenId, expect: expectation });
  expect(reason).toEqual(typeof sentence === "string" ? expect.stringContaining(sentence) : sentence);
  expect(reason?.startsWith(`${tokenId}: refused, not revoked: `)).toBe(true);
});

test("a quiet run prints nothing", async () => {
  expect(await hosted.host.printed()).toBe("");
});
