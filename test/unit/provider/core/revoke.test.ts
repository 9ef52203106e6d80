import { lookUp } from "../../../../provider/core/lookUp";
import { NotRevokedError } from "../../../../provider/core/notRevokedError";
import type { RevocationRecord } from "../../../../provider/core/records";
import { revoke, revokeOnce, verify } from "../../../../provider/core/revoke";
import { TIME_LIMITS } from "../../../../provider/core/timeLimits";
import { type Answer, answer, json, reset } from "../../../support/server";
import { TOKEN_ID, TOKEN_PATH } from "../datadog/datadogClient";
import {
  ACCOUNT,
  ACTOR,
  askedAboutTokens,
  FORBIDDEN,
  LISTING,
  listed,
  NOT_FOUND,
  PERSON,
  sessionWith,
  snapshotOf,
  tokenOf,
  WHO,
} from "./sessionFor";

const GET = `GET ${TOKEN_PATH}`;
const DELETE = `DELETE ${TOKEN_PATH}`;
const TOKEN = json(200, { data: tokenOf(PERSON) });
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const snapshot = snapshotOf(PERSON);
const earlier: RevocationRecord = {
  ...{ tokenId: TOKEN_ID, status: "alive", outcome: "revoked", revokedAt: "2026-01-01T00:00:00.000Z" },
  ...{ httpStatus: 204, snapshot },
};

/** A Datadog that has one token, or none, and answers so to its DELETE. */
const start = (answers: Record<string, Answer | Answer[]>) =>
  sessionWith({ [WHO]: ACTOR, [LISTING]: listed(), ...answers }, { retry: { maxRetries: 1, backoffBase: 1 } });

afterEach(() => jest.restoreAllMocks());

describe("a token whose owner Datadog does not say, and that a DELETE does not find", () => {
  const { relationships: _, ...ownerless } = tokenOf(PERSON);
  const account = ACCOUNT.id;
  const path = `/api/v2/service_accounts/${account}/access_tokens/${TOKEN_ID}`;

  test.each<[string, object, Answer[], string, RegExp]>([
    [
      "among personal tokens",
      {},
      [NOT_FOUND],
      TOKEN_PATH,
      /: not revoked: .* among personal tokens\. If it belongs to a service account, set/,
    ],
    ["after a lost answer", {}, [reset, NOT_FOUND], TOKEN_PATH, /: outcome unknown: .* among personal tokens\. /],
    [
      "by its account's path",
      { serviceAccountId: account },
      [NOT_FOUND],
      path,
      /: not revoked: .* account's tokens\. Check serviceAccountId, or leave it out\. /,
    ],
  ])("%s is not claimed to be gone", async (_, given, deletes, asked, words) => {
    const answers = { [`GET ${asked}`]: json(200, { data: ownerless }), [`DELETE ${asked}`]: deletes };
    const { session } = await start(answers);
    const revoking = revoke(session, { tokenId: TOKEN_ID, ...given });
    await expect(revoking).rejects.toThrow(NotRevokedError);
    await expect(revoking).rejects.toThrow(words);
  });
});

test("a verification that no further look would change ends at once", async () => {
  const refused = json(400, { errors: ["no"] });
  const { session, said } = await start({ [GET]: [TOKEN, refused], [DELETE]: answer(204) });
  const began = Date.now();
  const { record } = await revoke(session, { tokenId: TOKEN_ID });
  expect(record).not.toHaveProperty("verifiedAt");
  expect(said.at(-1)).toMatch(/accepted the revocation, but it is not verified: GET .* answered 400/);
  expect(Date.now() - began).toBeLessThan(TIME_LIMITS.verification / 2);
});

const verified = { outcome: "revoked", httpStatus: 204, verifiedAt: time, snapshot };

test.each<[string, Record<string, Answer | Answer[]>, object, object]>([
  ["accepted, and seen gone", { [GET]: [TOKEN, NOT_FOUND], [DELETE]: answer(204) }, {}, verified],
  [
    "accepted, and still there at the first look",
    { [GET]: [TOKEN, TOKEN, NOT_FOUND], [DELETE]: answer(204) },
    {},
    verified,
  ],
  [
    "accepted, and not to be verified",
    { [GET]: TOKEN, [DELETE]: answer(204) },
    { verify: false },
    { outcome: "revoked", httpStatus: 204, snapshot },
  ],
  [
    "carried out, its answer lost",
    { [GET]: TOKEN, [DELETE]: [reset, NOT_FOUND] },
    {},
    { outcome: "revoked", httpStatus: 404, verifiedAt: time, snapshot },
  ],
  [
    "too late: somebody was there before",
    { [GET]: TOKEN, [DELETE]: NOT_FOUND },
    {},
    { outcome: "alreadyRevoked", httpStatus: 404, verifiedAt: time, snapshot },
  ],
  ["for a token that nobody ever saw", {}, {}, { outcome: "alreadyRevoked", httpStatus: 404 }],
])("the record of a DELETE that was %s", async (_, answers, given, expected) => {
  const { session } = await start(answers);
  const { record, act } = await revoke(session, { tokenId: TOKEN_ID, ...given });
  expect(record).toEqual({ tokenId: TOKEN_ID, status: "revoked", revokedAt: time, ...expected });
  expect(act).toMatchObject({ actor: { handle: "grace@example.com" }, apiUrl: session.client.apiUrl });
});

test("a token that nobody ever saw is warned of, with who answered", async () => {
  const { session, said, server } = await start({});
  await revoke(session, { tokenId: TOKEN_ID });
  expect(said).toEqual([
    expect.stringMatching(
      `^WARNING ${TOKEN_ID}: Datadog \\(${new URL(server.url).host}, organization .*\\) does not know this token: it was revoked before, or the id, the site or the organization is wrong\\. It may also be a service account.*serviceAccountId.* A resource that was replaced, tainted or renamed .*protect: true.* It counts as alreadyRevoked$`,
    ),
  ]);
});

test.each<[string, Record<string, Answer>, object, RegExp, object]>([
  ["403", { [DELETE]: FORBIDDEN }, {}, /: not revoked: DELETE .* answered 403/, { httpStatus: 403, isOutage: false }],
  [
    "500",
    { [DELETE]: answer(500) },
    {},
    /: outcome unknown: Datadog may have revoked it\. Run pulumi up again. .* answered 500/,
    { httpStatus: 500, isOutage: true },
  ],
  ["nothing", { [DELETE]: reset }, {}, /: outcome unknown: .* gave no answer/, { isOutage: true }],
  [
    '404, with onNotFound: "fail"',
    {},
    { onNotFound: "fail" },
    /: not revoked: Datadog .* does not know this token/,
    { httpStatus: 404, isOutage: false },
  ],
])("a DELETE that is answered by %s is an error that says what became of the token", async (...row) => {
  const [, answers, given, text, details] = row;
  const { session } = await start(answers);
  const error = await revoke(session, { tokenId: TOKEN_ID, ...given }).catch((error) => error);
  expect(error).toBeInstanceOf(NotRevokedError);
  expect(error.message).toMatch(new RegExp(`^${TOKEN_ID}${text.source}`));
  expect(error).toMatchObject(details);
});

test.each<[string, Answer, object]>([
  ["again", answer(204), { revokedAt: time, verifiedAt: time }],
  ["by somebody else, so the old record stands", NOT_FOUND, { revokedAt: earlier.revokedAt, verifiedAt: time }],
])("a token that was alive in spite of its record is revoked %s", async (_, deleted, expected) => {
  const { session } = await start({ [GET]: [TOKEN, NOT_FOUND], [DELETE]: deleted });
  const { record } = await revoke(session, { tokenId: TOKEN_ID }, { previous: { record: earlier } });
  expect(record).toEqual({ ...earlier, status: "revoked", ...expected });
});

describe("a verification", () => {
  const accepted: RevocationRecord = { ...earlier, status: "revoked" };

  test("of a token that is still known at the deadline finds it alive", async () => {
    jest.replaceProperty(TIME_LIMITS as { verification: number }, "verification", 100);
    const { session, said } = await start({ [GET]: TOKEN });
    expect(await verify(session, { tokenId: TOKEN_ID }, accepted)).toEqual({ ...accepted, status: "alive" });
    expect(said).toEqual([]);
  });

  test.each<[string, Answer, RevocationRecord, string]>([
    ["that may not be seen", FORBIDDEN, accepted, "answered 403"],
    [
      "that nobody ever saw",
      NOT_FOUND,
      { ...accepted, snapshot: undefined } as never,
      "Datadog does not know it now, but these credentials had not seen it before",
    ],
  ])("of a token %s is none, and that is said", async (_, looked, record, why) => {
    const { session, said, server } = await start({ [GET]: looked });
    expect(await verify(session, { tokenId: TOKEN_ID }, record)).toBe(record);
    expect(said).toEqual([expect.stringMatching(`accepted the revocation, but it is not verified: .*${why}`)]);
    expect(askedAboutTokens(server)).toEqual([GET]);
  });
});

test("what was seen of a token holds no more when it was acted on", async () => {
  const { session } = await start({ [GET]: [TOKEN, NOT_FOUND], [DELETE]: answer(204) });
  await revoke(session, { tokenId: TOKEN_ID, verify: false });
  expect(await lookUp(session, { tokenId: TOKEN_ID })).toEqual({ found: "gone" });
});

test("a second resource of a token is answered from the first one's act, and judged by its own guards", async () => {
  const { session, server } = await start({ [GET]: [TOKEN, NOT_FOUND], [DELETE]: answer(204) });
  const revocation = { tokenId: TOKEN_ID, verify: false };
  const [first, second] = await Promise.all([revokeOnce(session, revocation), revokeOnce(session, revocation)]);
  expect(second).toEqual(first);
  expect(first.record).toMatchObject({ outcome: "revoked", httpStatus: 204 });
  await expect(revokeOnce(session, { ...revocation, expect: { name: "other" } })).rejects.toThrow(
    "check tokenId and expect.name",
  );
  expect(askedAboutTokens(server)).toEqual([GET, DELETE]);
});

test("a token that could not be revoked is tried again for a second resource", async () => {
  const { session } = await start({ [GET]: TOKEN, [DELETE]: [FORBIDDEN, answer(204)] });
  const revocation = { tokenId: TOKEN_ID, verify: false };
  await expect(revokeOnce(session, revocation)).rejects.toThrow("answered 403");
  expect(await revokeOnce(session, revocation)).toMatchObject({ record: { outcome: "revoked" } });
});
