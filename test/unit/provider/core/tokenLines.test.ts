import { Messages } from "../../../../provider/core/messages";
import type { Recorded, RevocationRecord, Snapshot } from "../../../../provider/core/records";
import { TokenLines } from "../../../../provider/core/tokenLines";
import { ACCOUNT, idOf, listener, PERSON, snapshotOf } from "./sessionFor";

function start() {
  const { lines, ...sink } = listener();
  return { lines, tokenLines: new TokenLines(new Messages(sink)) };
}

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000 - 1_000).toISOString();
const snapshot = { ...snapshotOf(PERSON, idOf(1)), lastUsedAt: hoursAgo(3) };
const whose = `"${snapshot.name}", personal token of ${PERSON.id}, last used 3h ago`;
const recordOf = (more: Partial<RevocationRecord> = {}): Recorded => ({
  record: {
    ...{ tokenId: idOf(1), status: "revoked", outcome: "revoked", revokedAt: "2026-01-02T00:00:00.000Z" },
    ...{ httpStatus: 204, snapshot, ...more },
  },
});

test("a token that is to be revoked is shown once: its name, kind, owner and last use", async () => {
  const { lines, tokenLines } = start();
  await tokenLines.toRevoke(snapshot);
  await tokenLines.toRevoke(snapshot);
  await tokenLines.toRevoke({ ...snapshotOf(ACCOUNT, idOf(2)), lastUsedAt: null });
  await tokenLines.toRevoke({ ...snapshot, tokenId: idOf(3), owner: { ...snapshot.owner, handle: "ana@example.com" } });
  await tokenLines.end();
  expect(lines).toEqual([
    `INFO ${idOf(1)}: to revoke: ${whose}`,
    `INFO ${idOf(2)}: to revoke: "${snapshot.name}", service account token of ${ACCOUNT.id}, never used`,
    `INFO ${idOf(3)}: to revoke: "${snapshot.name}", personal token of ana@example.com, last used 3h ago`,
  ]);
});

test.each<[string, Snapshot, string]>([
  [
    "a leak",
    { ...snapshot, leak: { detectedAt: hoursAgo(50), source: "github" } },
    `${whose}, found leaked by Datadog 2d ago (github)`,
  ],
  [
    "a leak without its source",
    { ...snapshot, leak: { detectedAt: hoursAgo(2) } },
    `${whose}, found leaked by Datadog 2h ago`,
  ],
  ["a leak of which no more is known", { ...snapshot, leak: {} }, `${whose}, found leaked by Datadog`],
  ["no leak", { ...snapshot, leak: null }, whose],
  ["nothing but its id", { tokenId: idOf(1), owner: {} }, "name unknown, token of an unknown owner, last use unknown"],
  [
    "a service account's name",
    {
      ...snapshotOf(ACCOUNT, idOf(1)),
      owner: { ...ACCOUNT, handle: "bot@example.com", name: "deploy-bot" },
      lastUsedAt: null,
    },
    `"${snapshot.name}", service account token of deploy-bot, never used`,
  ],
  [
    "a service account's address",
    { ...snapshotOf(ACCOUNT, idOf(1)), owner: { ...ACCOUNT, handle: "bot@example.com" }, lastUsedAt: null },
    `"${snapshot.name}", service account token of bot@example.com, never used`,
  ],
  [
    "a service account's id once, as in records of 0.1.0",
    { ...snapshotOf(ACCOUNT, idOf(1)), owner: { ...ACCOUNT, handle: ACCOUNT.id }, lastUsedAt: null },
    `"${snapshot.name}", service account token of ${ACCOUNT.id}, never used`,
  ],
])("a token's line shows %s", async (_, each, expected) => {
  const { lines, tokenLines } = start();
  await tokenLines.toRevoke(each);
  expect(lines).toEqual([`INFO ${idOf(1)}: to revoke: ${expected}`]);
});

const verifiedAt = "2026-01-02T00:00:01.000Z";
test.each<[string, Recorded, Recorded | undefined, string | undefined]>([
  ["revoked", recordOf(), undefined, `revoked now, not verified: ${whose}`],
  ["revoked and seen gone", recordOf({ verifiedAt }), undefined, `revoked now, verified gone: ${whose}`],
  [
    "gone before",
    recordOf({ outcome: "alreadyRevoked" }),
    undefined,
    `alreadyRevoked, Datadog no longer knows it: ${whose}`,
  ],
  [
    "never seen",
    { record: { tokenId: idOf(1), status: "revoked", outcome: "alreadyRevoked", revokedAt: "…", httpStatus: 404 } },
    undefined,
    "alreadyRevoked, Datadog does not know it; this stack never saw it",
  ],
  [
    "revoked again",
    recordOf({ revokedAt: "2026-02-02T00:00:00.000Z" }),
    recordOf({ status: "alive" }),
    `revoked now, not verified: ${whose}`,
  ],
  [
    "gone since it was alive",
    recordOf(),
    recordOf({ status: "alive" }),
    `already gone; the record of 2026-01-02T00:00:00.000Z is kept: ${whose}`,
  ],
  [
    "verified later",
    recordOf({ verifiedAt }),
    recordOf(),
    `verified gone now, revoked 2026-01-02T00:00:00.000Z: ${whose}`,
  ],
  ["merely edited", recordOf(), recordOf(), undefined],
  ["still alive, which is an error", recordOf({ status: "alive" }), undefined, undefined],
])("what became of a token that is %s", async (_, recorded, previous, expected) => {
  const { lines, tokenLines } = start();
  await tokenLines.became(recorded, previous);
  expect(lines).toEqual(expected === undefined ? [] : [`INFO ${idOf(1)}: ${expected}`]);
});

const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test("of many to be revoked the first twenty are shown, and how many more there are", async () => {
  const { lines, tokenLines } = start();
  for (const index of many(23)) await tokenLines.toRevoke(snapshotOf(PERSON, idOf(index)));
  await tokenLines.end();
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toBe("INFO … and 3 more tokens to revoke");
});

test("of many that were revoked the first twenty are shown, and what became of how many more", async () => {
  const { lines, tokenLines } = start();
  for (const index of many(23)) await tokenLines.toRevoke(snapshotOf(PERSON, idOf(index)));
  for (const index of many(23)) {
    await tokenLines.became(recordOf({ tokenId: idOf(index), ...(index > 20 && { outcome: "alreadyRevoked" }) }));
  }
  await tokenLines.end();
  expect(lines.slice(20)).toHaveLength(21);
  expect(lines.at(-1)).toBe("INFO … and 3 more tokens: 1 revoked, 2 alreadyRevoked");
});

test("of thousands, every number is written the same way", async () => {
  const { lines, tokenLines } = start();
  for (const index of many(2020)) await tokenLines.became(recordOf({ tokenId: idOf(index) }));
  await tokenLines.end();
  expect(lines.at(-1)).toBe("INFO … and 2,000 more tokens: 2,000 revoked");
});

test("edits of twenty records take no token's place", async () => {
  const { lines, tokenLines } = start();
  for (const _ of many(25)) await tokenLines.became(recordOf(), recordOf());
  await tokenLines.became(recordOf());
  await tokenLines.end();
  expect(lines).toHaveLength(1);
});
