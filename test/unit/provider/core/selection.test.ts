import { countLine, select, visible } from "../../../../provider/core/selection";
import type { Token } from "../../../../provider/datadog/answers";
import { tokenAnswer } from "../datadog/datadogClient";

const OWNERS = ["11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555"];

function token(id: string, created: string, { owner = OWNERS[0], ...attributes }: Record<string, unknown> = {}): Token {
  const { data } = tokenAnswer({ created_at: created, ...attributes }, id);
  return { ...data, relationships: { owned_by: { data: { id: owner, type: "users" } } } } as Token;
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
