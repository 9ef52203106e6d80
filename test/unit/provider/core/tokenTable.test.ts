import type { Snapshot } from "../../../../provider/core/records";
import { tokenTable } from "../../../../provider/core/tokenTable";

const NOW = Date.parse("2026-11-24T12:00:00Z");

beforeEach(() => jest.useFakeTimers({ now: NOW, doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] }));
afterEach(() => jest.useRealTimers());

function snapshot(given: Partial<Snapshot>): Snapshot {
  return {
    tokenId: "00000000-0000-1234-0000-000000000000",
    kind: "personal",
    name: "ci",
    owner: { id: "11111111-2222-3333-4444-555555555555", type: "users", handle: "ada" },
    scopes: [],
    createdAt: "2026-11-14T12:00:00Z",
    expiresAt: "2026-12-24T12:00:00Z",
    lastUsedAt: "2026-11-24T10:00:00Z",
    ...given,
  };
}

test("a table tells whose tokens are, how old, last used when, and until when they are good", async () => {
  const { owner, lastUsedAt: _, ...rest } = snapshot({ expiresAt: "2026-11-24T12:00:00Z" });
  const nameless: Snapshot = { ...rest, owner: { id: owner?.id ?? "", type: "users" } };
  expect(
    await tokenTable([snapshot({}), nameless, snapshot({ kind: "service", lastUsedAt: null, expiresAt: null })]),
  ).toEqual([
    "TOKEN ID                              NAME  OWNER                                 AGE  USED     EXPIRES",
    "00000000-0000-1234-0000-000000000000  ci    ada                                   10d  2h ago   in 30d",
    "00000000-0000-1234-0000-000000000000  ci    11111111-2222-3333-4444-555555555555  10d  unknown  expired",
    "00000000-0000-1234-0000-000000000000  ci    ada (service)                         10d  never    never",
  ]);
});

test("where Datadog found one of them leaked, a column says so of each", async () => {
  const leak = { detectedAt: "2026-11-21T12:00:00Z", source: "github" };
  const tokens = [snapshot({ leak }), snapshot({ leak: null }), snapshot({}), snapshot({ leak: {} })];
  const lines = await tokenTable(tokens, { met: [["leaked: true"]] });
  expect(lines.map((line) => line.slice(64))).toEqual([
    "EXPIRES  LEAKED          MATCHES",
    "in 30d   3d ago, github  leaked: true",
    "in 30d   no",
    "in 30d   unknown",
    "in 30d   yes",
  ]);
});

test("what Datadog did not say is unknown; a service account goes by its name", async () => {
  const owner = { id: "11111111-2222-3333-4444-555555555555", type: "service_account", name: "deploy-bot" } as const;
  const { tokenId } = snapshot({});
  expect(await tokenTable([{ tokenId, owner: {} }, snapshot({ kind: "service", owner })])).toEqual([
    "TOKEN ID                              NAME     OWNER                 AGE      USED     EXPIRES",
    `${tokenId}  unknown  unknown               unknown  unknown  unknown`,
    `${tokenId}  ci       deploy-bot (service)  10d      2h ago   in 30d`,
  ]);
});

test("criteria that were met stand in a column of their own", async () => {
  expect(await tokenTable([snapshot({}), snapshot({})], { met: [["kind: personal", "ownedBy"]] })).toEqual([
    "TOKEN ID                              NAME  OWNER  AGE  USED    EXPIRES  MATCHES",
    "00000000-0000-1234-0000-000000000000  ci    ada    10d  2h ago  in 30d   kind: personal, ownedBy",
    "00000000-0000-1234-0000-000000000000  ci    ada    10d  2h ago  in 30d",
  ]);
});

test("of more tokens than are to be shown, the last line says how many there are", async () => {
  const lines = await tokenTable(
    Array.from({ length: 1_025 }, () => snapshot({})),
    { atMost: 20 },
  );
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("… and 1,005 more");
});
