import { countLine, select, selectAndDescribe, visible, warnOfUnjudged } from "../../../../provider/core/selection";
import type { Token } from "../../../../provider/datadog/token";
import { describedToken } from "../datadog/datadogClient";
import { sessionWith } from "./sessionFor";

const OWNERS = ["11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555"];

function token(id: string, created: string, { owner = OWNERS[0], ...attributes }: Record<string, unknown> = {}): Token {
  return describedToken({ created_at: created, ...attributes }, { id, owner: { id: owner, type: "users" } });
}

test("matches come the oldest first, and those of one moment by their ids, however these are written", () => {
  const [first, second, third, fourth] = [
    token("FFFFFFFF-0000-4000-8000-000000000000", "2026-01-01T00:00:00Z"),
    token("aaaaaaaa-0000-4000-8000-000000000000", "2026-02-01T00:00:00+01:00"),
    token("BBBBBBBB-0000-4000-8000-000000000000", "2026-01-31T23:00:00Z"),
    token("cccccccc-0000-4000-8000-000000000000", "2026-01-31T23:00:00Z"),
  ] as [Token, Token, Token, Token];
  for (const tokens of [
    [first, second, third, fourth],
    [fourth, third, second, first],
    [third, first, fourth, second],
  ]) {
    const { matches } = select(tokens, {});
    expect(matches.map((match) => match.token)).toEqual([first, second, third, fourth]);
  }
});

test("what Datadog describes oddly is counted, comes last, and is said once for each oddity", async () => {
  const created = "2026-01-01T00:00:00Z";
  const tokens = [
    token("00000003-0000-4000-8000-000000000000", "soon", { name: null }),
    token("00000002-0000-4000-8000-000000000000", "soon", { name: 7 }),
    token("00000001-0000-4000-8000-000000000000", created, { scopes: undefined }),
    token("00000004-0000-4000-8000-000000000000", created),
  ];
  const { session, said } = await sessionWith({});
  for (let time = 0; time < 2; time++) {
    const { selection, snapshots } = await selectAndDescribe(session, tokens, {});
    await warnOfUnjudged(session, { tokens, unidentified: 2 }, {});
    expect(selection).toMatchObject({ seen: 4, owners: 1 });
    expect(snapshots.map(({ tokenId }) => tokenId.slice(7, 8))).toEqual(["1", "4", "2", "3"]);
    expect(snapshots[2]).toEqual({
      ...snapshots[1],
      tokenId: tokens[1]?.tokenId,
      name: undefined,
      createdAt: undefined,
    });
  }
  const [first, second] = tokens.map(({ tokenId }) => tokenId);
  const text = "Datadog's answer lacks these fields, or has them in a form that is not documented: ";
  const consequence = ". Criteria and expect never match what is missing";
  expect(said).toEqual([
    "WARNING 2 rows of Datadog's list of tokens left out, as the field id of each holds no token id",
    `WARNING ${first}, ${second}: ${text}name (attributes.name), time of creation (attributes.created_at)${consequence}`,
    `WARNING ${tokens[2]?.tokenId}: ${text}scopes (attributes.scopes)${consequence}`,
  ]);
});

test("where Datadog tells of some tokens' leaks, the others are said, and match neither way", async () => {
  const [leaked, untold] = ["1", "2"].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
  const tokens = [
    describedToken({}, { id: leaked as string, leak_information: { data: null } }),
    describedToken({}, { id: untold as string }),
  ];
  const { session, said } = await sessionWith({});
  const criteria = { where: { leaked: false } };
  const { snapshots } = await selectAndDescribe(session, tokens, criteria);
  await warnOfUnjudged(session, { tokens, unidentified: 0 }, criteria);
  expect(snapshots.map(({ tokenId, leak }) => [tokenId, leak])).toEqual([[leaked, null]]);
  expect(said).toEqual([
    `WARNING ${untold}: Datadog does not say whether it is leaked, so where.leaked does not match it`,
  ]);
  expect(() => select(tokens.slice(1), { where: { leaked: true } })).toThrow(/^where\.leaked cannot be judged/);
});

test("what is revoked is not there any more; the rest is counted with its owners, whether it matches or not", () => {
  const created = "2026-01-01T00:00:00Z";
  const tokens = [
    token("00000001-0000-4000-8000-000000000000", created, { name: "ci-1" }),
    token("00000002-0000-4000-8000-000000000000", created, { name: "ci-2", revoker_uuid: OWNERS[0], owner: "gone" }),
    token("00000003-0000-4000-8000-000000000000", created, { name: "ops", owner: OWNERS[1] }),
    token("00000004-0000-4000-8000-000000000000", created, { name: "ci-4" }),
  ];
  const selection = select(tokens, { where: { namePattern: "ci-*" }, exempt: { names: "ci-4" } });
  expect(selection).toEqual({ matches: [{ token: tokens[0], met: ["namePattern"] }], seen: 3, owners: 2 });
  expect(countLine(selection)).toBe("1 of 3 tokens of 2 owners that these credentials can see match");
  expect(visible({ matches: [], seen: 1, owners: 1 })).toBe("1 token of 1 owner that these credentials can see");
  expect(visible({ matches: [], seen: 1_234, owners: 0 })).toBe(
    "1,234 tokens of 0 owners that these credentials can see",
  );
});
