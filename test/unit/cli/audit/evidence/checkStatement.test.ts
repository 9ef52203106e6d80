import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { toText } from "../../../../../cli/audit/evidence/checkText";
import { parseStatement } from "../../../../../cli/audit/evidence/readStatement";
import { type Statement, toStatement } from "../../../../../cli/audit/evidence/statement";
import { toJsonText } from "../../../../../cli/safeJson";
import { expectHarmless, PLANTED_VALUE } from "../../../../support/nastyNames";
import { tokenId } from "../../../../support/stackHistory";
import { EvidenceFolder } from "./evidenceFolder";

// Many folders are written and read.
jest.setTimeout(60_000);

const STATE = /^stacks\/shop\/dev\.json$/;
const ENTRY = /\.history\.json$/;
const OLD_STATE = /\.checkpoint\.json$/;

let stand: EvidenceFolder;
/** Of two deployments. */
let statement: Statement;
beforeEach(async () => {
  stand = new EvidenceFolder();
  stand.revoke(1);
  stand.revoke(2);
  statement = await stand.statement();
});
afterEach(() => stand.remove());

/** What the check says of the one stack. */
async function checked() {
  const check = await stand.check(statement);
  const [stack] = check.stacks;
  if (!stack || check.stacks.length > 1) throw new Error("There is not one stack");
  return { ...stack, text: toText(check) };
}

test("nothing happened: unchanged", async () => {
  const { text, ...stack } = await checked();
  expect(stack).toEqual({ stack: "shop/dev", since: [], changed: [], unchecked: [] });
  expect(text).toContain("shop/dev: unchanged\n");
});

test("deployments that ran since are named, and are no complaint", async () => {
  stand.revoke(3);
  stand.revoke(4);
  const { since, changed, unchecked, text } = await checked();
  expect({ changed, unchecked }).toEqual({ changed: [], unchecked: [] });
  expect(since).toMatchObject([
    { version: 3, kind: "update" },
    { version: 4, kind: "update" },
  ]);
  expect(text).toContain(
    "shop/dev: deployment 3 (update, 2026-01-01T00:20:00.000Z), deployment 4 (update, 2026-01-01T00:30:00.000Z) ran since; " +
      "the history and records before are unchanged\n",
  );
});

test("a state that was edited by hand is told from one that a deployment changed", async () => {
  stand.edit(STATE, (text) => text.replaceAll("SEC-1", "SEC-2"));
  const { changed, text } = await checked();
  expect(changed).toEqual([expect.stringContaining("the state was edited: it differs, and no deployment ran since")]);
  expect(text).toContain("shop/dev: CHANGED: the state was edited");
});

test("an old record that was edited in state differs, though a deployment ran since", async () => {
  const { resources } = stand.history;
  for (const [urn, resource] of resources) {
    resources.set(urn, JSON.parse(JSON.stringify(resource).replace("SEC-1", "SEC-2")));
  }
  stand.revoke(3);
  const { since, changed, text } = await checked();
  expect(since).toMatchObject([{ version: 3 }]);
  const differs = (n: number) =>
    expect.stringMatching(
      `^the record of token ${tokenId(n)}, revoked at .*, differs, though its deployment is over: ticket$`,
    );
  expect(changed).toEqual([differs(1), differs(2)]);
  expect(text).toMatch(/^shop\/dev: deployment 3 \(.*\) ran since$/m);
});

test("a record that state and old states lost is missed", async () => {
  stand.edit(STATE, (text) => text.replaceAll(tokenId(2), tokenId(9)));
  for (const file of stand.files().filter((name) => OLD_STATE.test(name))) {
    rmSync(join(stand.folder, ".pulumi", file));
  }
  const { changed } = await checked();
  expect(changed.join("\n")).toMatch(/^the record of token 00000002-.*, revoked at .*, is not there any more$/m);
  expect(changed.join("\n")).toMatch(/^the old state of deployment \d \(.*\) is missing$/m);
});

test.each([
  ["a history entry that was edited", ENTRY, "the history entry of deployment 1 (", ") was edited"],
  ["an old state that was edited", OLD_STATE, "the old state of deployment ", ") was edited"],
])("%s is named with its deployment", async (_, kind, begin, end) => {
  const [read] = statement.predicate.stacks[0]?.read.filter(({ name }) => kind.test(name)) ?? [];
  stand.edit(new RegExp(read?.name.slice(".pulumi/".length) ?? ""), (text) => `${text} `);
  const { changed } = await checked();
  expect(changed).toEqual([expect.stringContaining(begin)]);
  expect(changed[0]).toContain(end);
});

test("a history entry that is missing is named, and later ones do not hide it", async () => {
  rmSync(stand.file(ENTRY));
  stand.revoke(3);
  rmSync(stand.file(ENTRY));
  const { changed } = await checked();
  expect(changed[0]).toMatch(/^the history entry of deployment 1 \(\.pulumi\/history\/.*\) is missing$/);
});

test("a history entry that was slipped in before known ones is no deployment since", async () => {
  const file = stand.file(ENTRY);
  writeFileSync(file.replace(/dev-\d+/, "dev-1000000000000000000"), JSON.stringify({ kind: "update", startTime: 1 }));
  const { since, changed } = await checked();
  expect(since).toEqual([]);
  expect(changed).toEqual([
    expect.stringMatching(/^history entries were added that are older .*dev-1000000000000000000/),
  ]);
});

test("a stack that is gone is said to be", async () => {
  rmSync(join(stand.folder, ".pulumi"), { recursive: true });
  expect((await checked()).changed).toEqual([
    `it is not in ${stand.folder}: it was removed or renamed, or pulumi is logged in to another backend`,
  ]);
});

test.each([
  ["a state", STATE, "the state"],
  ["a history entry", ENTRY, "the history entry of deployment 1"],
])("%s that cannot be read is not called changed, nor are its records called missing", async (_, kind, what) => {
  const file = stand.file(kind);
  // Whoever runs this cannot read it: it leads out of the backend.
  renameSync(file, join(stand.folder, "elsewhere"));
  symlinkSync(join(stand.folder, "elsewhere"), file);
  const { changed, unchecked } = await checked();
  expect(changed).toEqual([]);
  expect(unchecked).toEqual([expect.stringMatching(`^${what}.* cannot be read: .*leads out of the backend`)]);
});

test("while a run is under way, a state that differs proves nothing", async () => {
  const locks = join(stand.folder, ".pulumi/locks/organization/shop/dev");
  mkdirSync(locks, { recursive: true });
  const lock = { pid: process.pid, username: "ann", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" };
  writeFileSync(join(locks, "a.json"), JSON.stringify(lock));
  stand.edit(STATE, (text) => `${text} `);
  const { changed, unchecked } = await checked();
  expect(changed).toEqual([]);
  expect(unchecked).toEqual(["the state differs, and a run is under way: check again when it is done"]);
});

test("a statement follows the one that it names, and no other", async () => {
  const { sha256 } = parseStatement(toJsonText(statement));
  const other = await stand.statement([{ file: "a.csv", text: "" }]);
  stand.revoke(3);
  const next = await stand.statement([], sha256);
  expect((await stand.check(next, statement)).broken).toEqual([]);
  expect((await stand.check(next, other)).broken).toEqual([
    "the statement that was given is not its previous one: the digest differs",
  ]);
  expect((await stand.check(other, statement)).broken).toEqual([
    "it names no statement before it, so the one that was given is not its previous one",
  ]);
});

test("a record in the statement that no state holds is found, though its digests are right", async () => {
  const { report, stacks } = statement.predicate;
  const [first, ...rest] = report.records;
  const forged = { ...report, records: [{ ...first, outcome: "alreadyRevoked" }, ...rest] } as typeof report;
  statement = toStatement(forged, stacks, [], undefined);
  expect((await checked()).changed).toEqual([
    expect.stringMatching(/differs, though its deployment is over: outcome$/),
  ]);
});

test("whatever names stand in a statement, the terminal gets plain lines, and no token value", async () => {
  const name = `shop/\u001b[31m\r\u202e${PLANTED_VALUE}`;
  const { report, stacks } = statement.predicate;
  const renamed = <T extends { readonly stack: string }>(all: readonly T[]): T[] =>
    all.map((each) => ({ ...each, stack: name }));
  const altered = { ...report, stacks: renamed(report.stacks), records: renamed(report.records) };
  const text = toText(await stand.check(toStatement(altered, renamed(stacks), [], undefined)));
  expectHarmless(text, "lines");
  expect(text).toMatch(/^shop.*CHANGED: it is not in/m);
});

test("any single byte that changes in any file that was read is found", async () => {
  const names = statement.predicate.stacks.flatMap(({ read }) => read.map(({ name }) => join(stand.folder, name)));
  expect(names.length).toBeGreaterThan(3);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      async (file, where, difference) => {
        const bytes = readFileSync(file);
        const edited = Buffer.from(bytes);
        const index = Math.floor(where * bytes.length);
        edited[index] = (bytes[index] as number) ^ difference;
        writeFileSync(file, edited);
        try {
          const { changed } = await checked();
          expect(changed.length).toBeGreaterThan(0);
        } finally {
          writeFileSync(file, bytes);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("a stack without projects' folders, whose project is known later, is not called gone", async () => {
  const file = join(stand.folder, ".pulumi/stacks/old.json");
  const state = (resources: object[]): string => JSON.stringify({ version: 3, checkpoint: { latest: { resources } } });
  writeFileSync(file, state([]));
  statement = await stand.statement();
  expect(statement.predicate.stacks.map(({ stack }) => stack)).toEqual(["shop/dev", "old"]);
  expect((await stand.check(statement)).stacks.map(({ changed }) => changed)).toEqual([[], []]);
  writeFileSync(file, state([{ urn: "urn:pulumi:old::shop::a:b:C::d", type: "a:b:C" }]));
  const { changed } = (await stand.check(statement)).stacks[1] ?? {};
  expect(changed).toEqual([expect.stringContaining("the state was edited")]);
});
