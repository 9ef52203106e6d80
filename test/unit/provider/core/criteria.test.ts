import {
  CRITERIA_VALIDATORS,
  contradictions,
  demandJudgeable,
  type Exempt,
  matcher,
  type Where,
} from "../../../../provider/core/criteria";
import { demandValid } from "../../../../provider/core/validators";
import type { Token } from "../../../../provider/datadog/token";
import { describedToken } from "../datadog/datadogClient";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW - days * DAY).toISOString();

const OWNER = "11111111-2222-3333-4444-555555555555";
const ACCOUNT = "aaaaaaaa-2222-3333-4444-555555555555";

const token = (attributes: object, owner: object = { id: OWNER, type: "users" }, relationships = {}): Token =>
  describedToken(attributes, { owner, ...relationships });

const PERSON = { id: OWNER, type: "users" };
const LEAKED = { leak_information: { data: { id: "7", type: "leaked_keys" } } };
const NOT_LEAKED = { leak_information: { data: null } };

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
    ["by its last use just then", token({ ...old, last_used_at: ago(90) }), { unusedFor: "90d" }, ["unusedFor: 90d"]],
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
    ["not by one unsent", token({ ...old, expires_at: undefined }), { neverExpires: false }, undefined],
    ["not by an unsent end", token({ ...old, expires_at: undefined }), { expiresAfter: "0s" }, undefined],
    ["not by having one when there is none", token({ ...old, expires_at: null }), { neverExpires: false }, undefined],
    ["not by having none when there is one", token(old), { neverExpires: true }, undefined],
    ["not by its kind when it is another's", token(old), { kind: ["service"] }, undefined],
    ["by a leak", token(old, PERSON, LEAKED), { leaked: true }, ["leaked: true"]],
    [
      "by a leak of which no more is told",
      token(old, PERSON, LEAKED),
      { leaked: true, kind: "personal" },
      ["leaked: true", "kind: personal"],
    ],
    ["not by a leak that is none", token(old, PERSON, NOT_LEAKED), { leaked: true }, undefined],
    ["not by a leak of which nothing was sent", token(old), { leaked: true }, undefined],
    ["by no leak", token(old, PERSON, NOT_LEAKED), { leaked: false }, ["leaked: false"]],
    ["not by no leak where nothing was sent", token(old), { leaked: false }, undefined],
    ["not by its age where none was sent", token({ ...old, created_at: null }), { olderThan: "0s" }, undefined],
    ["not by an age never used where none was sent", token({ ...old, created_at: 7 }), { unusedFor: "0s" }, undefined],
    [
      "by its last use without an age",
      token({ ...old, created_at: 7, last_used_at: ago(91) }),
      { unusedFor: "90d" },
      ["unusedFor: 91d"],
    ],
    ["not by any name where none was sent", token({ ...old, name: null }), { namePattern: "*" }, undefined],
    ["not by an owner who was not sent", token(old, { id: OWNER, type: "robots" }), { ownedBy: OWNER }, undefined],
    [
      "not by any kind where none is known",
      token(old, { id: OWNER, type: "robots" }),
      { kind: ["personal", "service"] },
      undefined,
    ],
    ["by what is known, whatever is not", token({ ...old, name: null }), { olderThan: "99d" }, ["olderThan: 100d"]],
    ["not by another name", token({ ...old, name: "ci-10" }), { namePattern: "ci-?" }, undefined],
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
    ["its id", { tokenIds: [token({}).tokenId] }],
    ["its name", { names: "ci-deploy" }],
    ["its owner", { ownerIds: [ACCOUNT, OWNER] }],
  ])("never when %s is exempt", (_, exempt) => {
    expect(matches(token(old), { olderThan: "1d" })).toBeDefined();
    expect(matches(token(old), { olderThan: "1d" }, exempt)).toBeUndefined();
  });

  test.each<[string, Token, Exempt, boolean]>([
    ["name", token({ ...old, name: null }), { names: ["break-glass"] }, true],
    ["owner", token(old, { id: ACCOUNT, type: "robots" }), { ownerIds: ACCOUNT }, true],
    ["name, where no name is", token({ ...old, name: null }), { names: [], ownerIds: ACCOUNT }, false],
  ])("never without the %s that may be exempt", (_, each, exempt, isExempt) => {
    expect(matches(each, { olderThan: "1d" }, exempt) === undefined).toBe(isExempt);
  });

  test("by ids however they are written", () => {
    const owner = { id: ACCOUNT.toUpperCase(), type: "service_account" };
    const capitals = describedToken(old, { owner, id: "ABCDEF00-0000-4000-8000-000000000000" });
    expect(matches(capitals, { ownedBy: ACCOUNT })).toBeDefined();
    expect(
      matches(capitals, { ownedBy: ACCOUNT }, { tokenIds: "abcdef00-0000-4000-8000-000000000000" }),
    ).toBeUndefined();
  });
});

test.each<[string, Where, Token[], boolean]>([
  ["whether tokens are leaked", { leaked: true }, [token({}), token({})], false],
  ["that they are not", { leaked: false }, [token({})], false],
  ["anything else", { olderThan: "1d" }, [token({})], true],
  ["leaks, where at least one token tells", { leaked: true }, [token({}), token({}, PERSON, NOT_LEAKED)], true],
  ["leaks, where no token is", { leaked: true }, [], true],
])("what a site that tells of no leaks can be asked: %s", (_, where, tokens, canBeJudged) => {
  const judge = (): void => demandJudgeable(where, tokens);
  if (canBeJudged) expect(judge).not.toThrow();
  else expect(judge).toThrow(/^where\.leaked cannot be judged: Datadog's answer does not say/);
});

describe("criteria", () => {
  const read = (values: object) => demandValid(CRITERIA_VALIDATORS, values) as { where: Where; exempt?: Exempt };

  test.each<[object, RegExp]>([
    [{ where: {} }, /^where is empty: set ownedBy, kind, .*neverExpires or leaked$/],
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
    [{ where: { scopes: [""] } }, /^where\.scopes\.0 is empty: give it a value$/],
    [{ where: { namePattern: "" } }, /^where\.namePattern is empty: give it a value$/],
    [{ where: { namePattern: ["ci-*"] } }, /^where\.namePattern must be a string, not a list$/],
    [{ where: { neverExpires: "yes" } }, /^where\.neverExpires must be true or false/],
    [{ where: { unusedFor: "90" } }, /^where\.unusedFor is not a duration: .*"90d"$/],
    [{ where: { unusedFor: 90 } }, /^where\.unusedFor must be a string, not a number$/],
    [{ where: { olderThan: "" } }, /^where\.olderThan is empty: give it a value$/],
    [{ where: { unusedfor: "90d" } }, /^where\.unusedfor is not an argument: did you mean unusedFor\?/],
    [{ where: { kind: "service" }, exempt: {} }, /^exempt is empty: set tokenIds, names or ownerIds$/],
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
