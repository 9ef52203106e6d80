import {
  CRITERIA_VALIDATORS,
  contradictions,
  type Exempt,
  matcher,
  type Where,
} from "../../../../provider/core/criteria";
import { demandValid } from "../../../../provider/core/validators";
import type { Token } from "../../../../provider/datadog/answers";
import { fc } from "../../../support/cases";
import { tokenAnswer } from "../datadog/datadogClient";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

const OWNER = "11111111-2222-3333-4444-555555555555";
const ACCOUNT = "aaaaaaaa-2222-3333-4444-555555555555";

function token(
  attributes: object,
  owner: { id: string; type: "users" | "service_account" } = { id: OWNER, type: "users" },
) {
  const { data } = tokenAnswer(attributes);
  return { ...data, relationships: { owned_by: { data: owner } } } as Token;
}

const matches = (each: Token, where: Where, exempt: Exempt = {}) => matcher(where, exempt, NOW)(each);

describe("a token matches", () => {
  const old = { created_at: ago(100), expires_at: "2027-05-01T00:00:00Z" };

  test.each<[string, Token, Where, string[] | undefined]>([
    ["by its owner", token(old), { ownedBy: [ACCOUNT, OWNER] }, ["ownedBy"]],
    ["not by another's", token(old), { ownedBy: ACCOUNT }, undefined],
    ["by its kind", token(old, { id: ACCOUNT, type: "service_account" }), { kind: "service" }, ["kind: service"]],
    ["by all of the scopes", token({ ...old, scopes: ["a", "b", "c"] }), { scopes: ["a", "c"] }, ["scopes"]],
    ["not by some of the scopes", token({ ...old, scopes: ["a"] }), { scopes: ["a", "c"] }, undefined],
    ["not by scopes that were not sent", token({ ...old, scopes: null }), { scopes: "a" }, undefined],
    ["by its whole name", token({ ...old, name: "team/ci-1" }), { namePattern: "*/ci-?" }, ["namePattern"]],
    ["by its last use", token({ ...old, last_used_at: ago(91) }), { unusedFor: "90d" }, ["unusedFor: 91d"]],
    [
      "by a last use just so long ago",
      token({ ...old, last_used_at: ago(90) }),
      { unusedFor: "90d" },
      ["unusedFor: 90d"],
    ],
    ["by what is given alone", token(old), { olderThan: "99d", kind: undefined }, ["olderThan: 100d"]],
    ["not by a later use", token({ ...old, last_used_at: ago(89) }), { unusedFor: "90d" }, undefined],
    ["never used, by its age", token({ ...old, last_used_at: null }), { unusedFor: "90d" }, ["unusedFor: never used"]],
    ["not never used and young", token({ ...old, last_used_at: null }), { unusedFor: "101d" }, undefined],
    ["not by a last use that was not sent", token({ ...old, last_used_at: undefined }), { unusedFor: "0s" }, undefined],
    ["by its age", token(old), { olderThan: "2w" }, ["olderThan: 100d"]],
    ["not by a greater age", token(old), { olderThan: "100d" }, undefined],
    ["by its end", token({ ...old, expires_at: ago(-31) }), { expiresAfter: "30d" }, ["expiresAfter: 31d"]],
    ["not by an earlier end", token({ ...old, expires_at: ago(-30) }), { expiresAfter: "30d" }, undefined],
    ["without an end", token({ ...old, expires_at: null }), { expiresAfter: "900w" }, ["expiresAfter: never"]],
    ["by having no end", token({ ...old, expires_at: null }), { neverExpires: true }, ["neverExpires: true"]],
    ["by having one", token(old), { neverExpires: false }, ["neverExpires: false"]],
    ["not by an end that was not sent", token({ ...old, expires_at: undefined }), { neverExpires: true }, undefined],
    [
      "by all at once",
      token(old),
      { olderThan: "99d", kind: ["personal", "service"] },
      ["olderThan: 100d", "kind: personal"],
    ],
    ["not when one does not hold", token(old), { olderThan: "99d", kind: "service" }, undefined],
  ])("%s", (_, each, where, expected) => {
    expect(matches(each, where)).toEqual(expected);
  });

  test.each<[string, Exempt]>([
    ["its id", { tokenIds: [token({}).id] }],
    ["its name", { names: "ci-deploy" }],
    ["its owner", { ownerIds: [ACCOUNT, OWNER] }],
  ])("never when %s is exempt", (_, exempt) => {
    expect(matches(token(old), { olderThan: "1d" })).toBeDefined();
    expect(matches(token(old), { olderThan: "1d" }, exempt)).toBeUndefined();
  });

  test("by ids however they are written", () => {
    const capitals = {
      ...token(old, { id: ACCOUNT.toUpperCase(), type: "service_account" }),
      id: "ABCDEF00-0000-4000-8000-000000000000",
    };
    expect(matches(capitals, { ownedBy: ACCOUNT })).toBeDefined();
    expect(
      matches(capitals, { ownedBy: ACCOUNT }, { tokenIds: "abcdef00-0000-4000-8000-000000000000" }),
    ).toBeUndefined();
  });
});

describe("criteria", () => {
  const read = (values: object) => demandValid(CRITERIA_VALIDATORS, values) as { where: Where; exempt?: Exempt };

  test.each<[object, RegExp]>([
    [{ where: {} }, /^where is empty: give ownedBy, kind, .*expiresAfter or neverExpires$/],
    [{ where: { ownedBy: undefined } }, /^where is empty/],
    [{ where: [] }, /^where must be an object like \{ unusedFor: "90d" \}, not a list$/],
    [{ where: "90d" }, /^where must be an object/],
    [{ where: { ownedBy: [] } }, /^where\.ownedBy is an empty list: give at least one, or leave it out$/],
    [{ where: { ownedBy: "ada@example.com" } }, /^where\.ownedBy is not a UUID: write the id/],
    [{ where: { ownedBy: [OWNER, "ada"] } }, /^where\.ownedBy\.1 is not a UUID/],
    [{ where: { kind: "human" } }, /^where\.kind must be "personal" or "service"$/],
    [{ where: { kind: ["personal", 7] } }, /^where\.kind\.1 must be/],
    [{ where: { scopes: [null] } }, /^where\.scopes\.0 must be a string, not nothing$/],
    [{ where: { scopes: [undefined] } }, /^where\.scopes\.0 must be a string, not nothing$/],
    [
      { where: { kind: "service" }, exempt: "ci" },
      /^exempt must be an object like \{ names: \["break-glass"\] \}, not a/,
    ],
    [{ where: { scopes: [""] } }, /^where\.scopes\.0 is empty$/],
    [{ where: { namePattern: "" } }, /^where\.namePattern is empty$/],
    [{ where: { namePattern: ["ci-*"] } }, /^where\.namePattern must be a string, not a list$/],
    [{ where: { neverExpires: "yes" } }, /^where\.neverExpires must be true or false/],
    [{ where: { unusedFor: "90" } }, /^where\.unusedFor is not a duration: .*"90d"$/],
    [{ where: { unusedFor: 90 } }, /^where\.unusedFor must be a string, not a number$/],
    [{ where: { olderThan: "" } }, /^where\.olderThan is empty$/],
    [{ where: { unusedfor: "90d" } }, /^where\.unusedfor is not an argument: did you mean unusedFor\?/],
    [{ where: { kind: "service" }, exempt: {} }, /^exempt is empty: give tokenIds, names or ownerIds$/],
    [{ where: { kind: "service" }, exempt: { tokenIds: "ci" } }, /^exempt\.tokenIds is not a token id/],
    [{ where: { kind: "service" }, exempt: { ids: [] } }, /^exempt\.ids is not an argument/],
  ])("%j is refused", (values, problem) => {
    expect(() => read(values)).toThrow(problem);
  });

  test("never repeats a token value that stands in it by mistake", () => {
    const value = `ddpat_1vCPtzKGJML79G0rwH3qpw_${"x".repeat(36)}`;
    for (const where of [{ namePattern: value }, { scopes: value }, { unusedFor: value }, { ownedBy: value }]) {
      expect(() => read({ where })).toThrow(/^where\.\w+ (holds a token value|is not a)(?!.*xxx)/);
    }
  });

  test("is the same whatever the order of its lists, and however often something stands in one", () => {
    const where = { ownedBy: [OWNER, ACCOUNT.toUpperCase(), OWNER], scopes: ["b", "a"], kind: "service" };
    expect(read({ where, exempt: { names: ["b", "a", "b"], tokenIds: [], ownerIds: [] } })).toEqual({
      where: { ownedBy: [OWNER, ACCOUNT], scopes: ["a", "b"], kind: "service" },
      exempt: { names: ["a", "b"], tokenIds: [], ownerIds: [] },
    });
  });

  test.each<[string, Where, Exempt, string[]]>([
    ["all owners are exempt", { ownedBy: [OWNER, ACCOUNT] }, { ownerIds: [ACCOUNT, OWNER] }, ["where.ownedBy"]],
    ["the only name is exempt", { namePattern: "ci" }, { names: "ci" }, ["where.namePattern"]],
    ["an owner is left", { ownedBy: [OWNER, ACCOUNT] }, { ownerIds: ACCOUNT }, []],
    ["a pattern is no name", { namePattern: "ci*" }, { names: "ci*" }, []],
    ["nothing is exempt", { neverExpires: true, expiresAfter: "1d", olderThan: "1d", unusedFor: "2d" }, {}, []],
  ])("of which %s contradicts itself: %#", (_, where, exempt, paths) => {
    const problems = contradictions(where, exempt);
    expect(problems.map(({ path }) => path)).toEqual(paths);
    for (const { problem } of problems) expect(problem).toMatch(/ contradict each other: /);
  });
});

/** The same criteria, written the other way round and without regard to speed. */
function naively(each: Token, where: Where, exempt: Exempt): boolean {
  const { attributes: a } = each;
  const { id, type } = each.relationships.owned_by.data;
  const days = (duration: string): number =>
    Number(duration.slice(0, -1)) * { h: 1 / 24, d: 1, w: 7 }[duration.slice(-1) as "d"];
  const daysSince = (time: string): number => (NOW - new Date(time).getTime()) / DAY;
  const among = (one: string, some?: string | readonly string[]): boolean =>
    some !== undefined && [some].flat().includes(one);
  if (among(each.id, exempt.tokenIds) || among(a.name, exempt.names) || among(id, exempt.ownerIds)) return false;
  if (where.ownedBy && !among(id, where.ownedBy)) return false;
  if (where.kind && !among(type === "users" ? "personal" : "service", where.kind)) return false;
  if (where.scopes && [where.scopes].flat().some((scope) => !(a.scopes ?? []).includes(scope))) return false;
  if (where.namePattern) {
    const pattern = where.namePattern
      .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
      .replaceAll("*", "[^]*")
      .replaceAll("?", "[^]");
    if (!new RegExp(`^${pattern}$`, "u").test(a.name)) return false;
  }
  if (where.unusedFor) {
    if (a.last_used_at === undefined) return false;
    if (daysSince(a.last_used_at === null ? a.created_at : a.last_used_at) < days(where.unusedFor)) return false;
  }
  if (where.olderThan && daysSince(a.created_at) <= days(where.olderThan)) return false;
  if (where.expiresAfter) {
    if (a.expires_at === undefined) return false;
    if (a.expires_at !== null && -daysSince(a.expires_at) <= days(where.expiresAfter)) return false;
  }
  if (where.neverExpires === true && a.expires_at !== null) return false;
  if (where.neverExpires === false && (a.expires_at === null || a.expires_at === undefined)) return false;
  return true;
}

test("any criteria match what an independently written filter does", () => {
  const uuids = [OWNER, ACCOUNT, "bbbbbbbb-2222-3333-4444-555555555555"];
  const names = ["ci-deploy", "ci", "team/ci-1", "a.b", "a+b", "", "👍 ok", "*"];
  const some = <T>(...all: T[]) => fc.oneof(fc.constantFrom(...all), fc.subarray(all, { minLength: 1 }));
  const duration = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom("h", "d", "w"))
    .map(([n, unit]) => `${n}${unit}`);
  // Whole hours, so that what lies exactly on a border is met often.
  const hours = (min: number, max: number) =>
    fc.integer({ min, max }).map((hours) => new Date(NOW - hours * 3_600_000).toISOString());
  const tokens = fc.array(
    fc.record({
      type: fc.constant("personal_access_tokens"),
      id: fc.constantFrom(...uuids),
      attributes: fc.record(
        {
          name: fc.constantFrom(...names),
          created_at: hours(0, 4_000),
          scopes: fc.option(fc.subarray(["a", "b", "c"])),
          expires_at: fc.option(hours(-4_000, 100)),
          last_used_at: fc.option(hours(0, 4_000)),
        },
        { requiredKeys: ["name", "created_at"] },
      ),
      relationships: fc.record({
        owned_by: fc.record({
          data: fc.record({
            id: fc.constantFrom(...uuids),
            type: fc.constantFrom("users" as const, "service_account" as const),
          }),
        }),
      }),
    }) as fc.Arbitrary<Token>,
    { minLength: 1, maxLength: 20 },
  );
  const all = fc.record({
    ownedBy: some(...uuids),
    kind: some("personal" as const, "service" as const),
    scopes: some("a", "b", "c"),
    namePattern: fc.oneof(
      fc.constantFrom("*", "ci*", "*/*", "?", "a?b", "a.b", "*ok", "*c*i*"),
      fc.constantFrom(...names.filter(Boolean)),
    ),
    unusedFor: duration,
    olderThan: duration,
    expiresAfter: duration,
    neverExpires: fc.boolean(),
  });
  // A few criteria at a time: all of them together match next to nothing.
  const where = fc
    .tuple(all, fc.integer({ min: 1, max: 255 }))
    .map(([all, chosen]) => Object.fromEntries(Object.entries(all).filter((_, bit) => chosen & (1 << bit))) as Where)
    .filter((where) => Object.keys(where).length <= 3);
  const exempt = fc.record(
    { tokenIds: some(...uuids), names: some(...names), ownerIds: some(...uuids) },
    { requiredKeys: [] },
  );
  let matched = 0;
  fc.assert(
    fc.property(tokens, where, fc.oneof(fc.constant({}), exempt), (tokens, where, exempt) => {
      const read = demandValid(CRITERIA_VALIDATORS, { where, ...(Object.keys(exempt).length > 0 && { exempt }) }) as {
        where: Where;
        exempt?: Exempt;
      };
      const matching = matcher(read.where, read.exempt ?? {}, NOW);
      for (const each of tokens) {
        const met = matching(each);
        expect(met !== undefined).toBe(naively(each, where, exempt));
        if (met) matched++;
        if (met) expect(met.map((words) => words.split(":")[0])).toEqual(Object.keys(where));
      }
    }),
    { numRuns: 300 },
  );
  expect(matched).toBeGreaterThan(100);
});
