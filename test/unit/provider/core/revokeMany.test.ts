import type { RevocationRecord } from "../../../../provider/core/records";
import { revokeMany, type Target } from "../../../../provider/core/revokeMany";
import { type Answer, answer, json } from "../../../support/server";
import { type ClientOptions, TOKEN_ID } from "../datadog/datadogClient";
import { ACTOR, FORBIDDEN, idOf, LISTING, listed, PERSON, sessionWith, snapshotOf, tokenOf, WHO } from "./sessionFor";

/** Its id in base62 is that of {@link TOKEN_ID}. */
const OWN_VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");
const path = (tokenId: string): string => `/api/v2/personal_access_tokens/${tokenId}`;
const revoking = (tokenId: string): Target => ({ revocation: { tokenId, verify: false } });

/** A Datadog with these tokens, which accepts each DELETE unless it is told otherwise. */
async function start(
  ids: readonly string[],
  answers: Record<string, Answer> = {},
  options: ClientOptions & { requireEngine?: () => Promise<void> } = {},
) {
  const each = ids.flatMap((id): [string, Answer][] => [
    [`GET ${path(id)}`, json(200, { data: tokenOf(PERSON, id) })],
    [`DELETE ${path(id)}`, answer(204)],
  ]);
  const listing = listed(...ids.map((id) => tokenOf(PERSON, id)));
  const known = { [WHO]: ACTOR, [LISTING]: listing, ...Object.fromEntries(each) };
  const { server, session } = await sessionWith({ ...known, ...answers }, { retry: { enabled: false }, ...options });
  const deleted = (): string[] =>
    server.received.filter(({ method }) => method === "DELETE").map(({ url }) => url.slice(path("").length));
  return { deleted, session };
}

test("tokens that fail stop nothing: what became of each is told", async () => {
  const ids = [3, 1, 2].map(idOf);
  const { session } = await start(ids, { [`DELETE ${path(idOf(2))}`]: FORBIDDEN });
  let done = 0;
  const { recorded, failures } = await revokeMany(session, ids.map(revoking), {
    concurrency: 2,
    onDone: async () => {
      done++;
    },
  });
  expect(recorded.map(({ record: { tokenId, outcome } }) => [tokenId, outcome]).sort()).toEqual([
    [idOf(1), "revoked"],
    [idOf(3), "revoked"],
  ]);
  expect(failures).toEqual([
    { tokenId: idOf(2), httpStatus: 403, message: expect.stringMatching(`^${idOf(2)}: not revoked: .* answered 403`) },
  ]);
  for (const { act } of recorded) expect(act).toMatchObject({ actor: { handle: "grace@example.com" } });
  expect(done).toBe(3);
});

test("a token that was alive at a refresh, and whose DELETE is refused now, keeps its earlier record", async () => {
  const previous: RevocationRecord = {
    ...{ tokenId: idOf(1), status: "alive", outcome: "revoked", revokedAt: "2026-01-01T00:00:00.000Z" },
    ...{ httpStatus: 204, snapshot: snapshotOf(PERSON, idOf(1)) },
  };
  const { session, deleted } = await start([idOf(1)], { [`DELETE ${path(idOf(1))}`]: FORBIDDEN });
  const { recorded, failures } = await revokeMany(session, [{ ...revoking(idOf(1)), previous: { record: previous } }], {
    concurrency: 1,
  });
  expect(deleted()).toEqual([idOf(1)]);
  expect(recorded).toEqual([{ record: previous }]);
  expect(failures).toMatchObject([{ tokenId: idOf(1), httpStatus: 403 }]);
});

test("a record that lacks nothing but its verification gets that, and no DELETE", async () => {
  const previous: RevocationRecord = {
    ...{ tokenId: idOf(1), status: "revoked", outcome: "revoked", revokedAt: "2026-01-01T00:00:00.000Z" },
    ...{ httpStatus: 204, snapshot: snapshotOf(PERSON, idOf(1)) },
  };
  const { session, deleted } = await start([]);
  const { recorded, failures } = await revokeMany(session, [{ ...revoking(idOf(1)), previous: { record: previous } }], {
    concurrency: 1,
  });
  expect(recorded).toEqual([{ record: { ...previous, verifiedAt: expect.any(String) } }]);
  expect([deleted(), failures]).toEqual([[], []]);
});

test("the token that authenticates the run goes last, whatever its place", async () => {
  const ids = [TOKEN_ID, idOf(1), idOf(2)];
  const { session, deleted } = await start(ids, {}, { credentials: { kind: "bearer", token: OWN_VALUE } });
  const targets = ids.map((tokenId) => ({ revocation: { tokenId, verify: false, allowSelf: true } }));
  const { failures } = await revokeMany(session, targets, { concurrency: 1 });
  expect(failures).toEqual([]);
  expect(deleted()).toEqual([idOf(1), idOf(2), TOKEN_ID]);
});

test("when Datadog answers for none of a hundred in a row, the others are left for the next run", async () => {
  const ids = Array.from({ length: 120 }, (_, index) => idOf(index));
  const down = Object.fromEntries(ids.map((id) => [`DELETE ${path(id)}`, answer(503)]));
  const { session, deleted } = await start(ids, down);
  const { recorded, failures } = await revokeMany(session, ids.map(revoking), { concurrency: 1 });
  expect([deleted().length, recorded.length, failures.length]).toEqual([100, 0, 120]);
  expect(failures[99]?.message).toMatch(/: outcome unknown: .* answered 503/);
  expect(failures[100]?.message).toBe(
    `${idOf(100)}: not revoked, and not tried: Datadog did not answer for 100 tokens in a row. The next pulumi up tries it again`,
  );
});

test("without the engine, which alone can record it, nothing more is done", async () => {
  let left = 2;
  const requireEngine = async (): Promise<void> => {
    if (left-- === 0) throw new Error("the engine is gone");
  };
  const ids = [1, 2, 3, 4].map(idOf);
  const { session, deleted } = await start(ids, {}, { requireEngine });
  await expect(revokeMany(session, ids.map(revoking), { concurrency: 1 })).rejects.toThrow("the engine is gone");
  expect(deleted()).toEqual([idOf(1), idOf(2)]);
});
