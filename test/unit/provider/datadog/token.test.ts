import { isAlive, readToken, type Token } from "../../../../provider/datadog/token";
import { TOKEN_ID } from "./datadogClient";

const OWNER = { id: "11111111-2222-3333-4444-555555555555", type: "users" };
const LEAK_ID = "77777777-2222-4333-8444-555555555555";

/** A token whose value Datadog found in a public repository. */
const ROW = {
  type: "personal_access_tokens",
  id: TOKEN_ID,
  attributes: {
    name: "ci-deploy",
    public_portion: "1vCPtzKGJML79G0rwH3qpw",
    scopes: ["metrics_read", "dashboards_read"],
    created_at: "2026-05-01T08:00:00.123456789Z",
    expires_at: "2027-05-01T10:00:00+02:00",
    last_used_at: "2026-11-20T08:00:00Z",
    modified_at: "2026-06-01T08:00:00Z",
    revoker_uuid: null,
  },
  relationships: {
    owned_by: { data: OWNER },
    leak_information: { data: { id: LEAK_ID, type: "leaked_keys" } },
  },
};
const FOUND = { id: LEAK_ID, type: "leaked_keys", attributes: { date: "2026-11-21T08:00:00Z", leak_source: "github" } };
const INCLUDED: readonly unknown[] = [null, 7, { ...FOUND, id: "another" }, { ...FOUND, type: "users" }, FOUND];

const READ: Token = {
  tokenId: TOKEN_ID,
  kind: "personal",
  name: "ci-deploy",
  owner: { id: OWNER.id, type: "users" },
  scopes: ["dashboards_read", "metrics_read"],
  createdAt: "2026-05-01T08:00:00.123Z",
  expiresAt: "2027-05-01T08:00:00.000Z",
  lastUsedAt: "2026-11-20T08:00:00.000Z",
  leak: { detectedAt: "2026-11-21T08:00:00.000Z", source: "github" },
  isRevoked: false,
  unclear: [],
};

/** The same with another value at a path; without it for undefined. */
function changed<T extends object>(object: T, path: string, value: unknown): T {
  const copy = structuredClone(object);
  const names = path.split(".");
  const last = names.pop() as string;
  const parent = names.reduce((part: Record<string, unknown>, name) => part[name] as never, copy as never);
  parent[last] = value;
  return JSON.parse(JSON.stringify(copy)) as T;
}

test("a token is read whole, and what is new in it does no harm", () => {
  expect(readToken(changed(ROW, "attributes.brand_new", { nested: true }), INCLUDED)).toEqual(READ);
});

const MISSING_OR_ODD: readonly unknown[] = [undefined, 7, true, "", "yesterday", "1", [], [null], {}, { data: null }];
const FIELDS: readonly [path: string, reads: keyof Token, ...valid: unknown[]][] = [
  ["attributes.name", "name", "", "yesterday", "1"],
  ["attributes.scopes", "scopes", []],
  ["attributes.created_at", "createdAt"],
  ["attributes.expires_at", "expiresAt", null],
  ["attributes.last_used_at", "lastUsedAt", null],
  ["relationships.owned_by.data", "owner"],
  ["relationships.owned_by.data.id", "owner", "yesterday", "1"],
  ["relationships.owned_by.data.type", "owner"],
];

describe.each(FIELDS)("%s", (path, reads, ...valid) => {
  const odd = [...MISSING_OR_ODD, null].filter(
    (value) => !valid.some((one) => JSON.stringify(one) === JSON.stringify(value)),
  );
  test.each(odd.map((value) => [value]))("as %j makes the token unknown in this respect alone", (value) => {
    const token = readToken(changed(ROW, path, value), INCLUDED);
    const kind = reads === "owner" ? undefined : "personal";
    const unclear = [path.replace(/(data)\.\w+$/, "$1")];
    expect(token).toEqual({ ...READ, kind, [reads]: undefined, unclear });
  });
});

test.each(["attributes", "relationships"])("without any %s a token is known by its id", (part) => {
  for (const value of MISSING_OR_ODD) {
    expect(readToken(changed(ROW, part, value), INCLUDED)).toMatchObject({ tokenId: TOKEN_ID, isRevoked: false });
  }
});

test.each(["attributes.public_portion", "attributes.modified_at"])("what %s holds makes no difference", (path) => {
  for (const value of [null, ...MISSING_OR_ODD]) {
    expect(readToken(changed(ROW, path, value), INCLUDED)).toEqual(READ);
  }
});

test.each<[string, unknown]>([
  ["no id", undefined],
  ["null", null],
  ["a number", 7],
  ["a path", `${TOKEN_ID}/../x`],
])("%s instead of a token id is no token", (_, id) => {
  expect(readToken(changed(ROW, "id", id), INCLUDED)).toBeUndefined();
});

test.each([null, 7, "token", [], undefined])("%j is no token", (row) => {
  expect(readToken(row, INCLUDED)).toBeUndefined();
});

describe("whose a token is", () => {
  test.each<[string, object | undefined, unknown, Token["kind"]]>([
    ["is told by its owner", { ...OWNER, type: "service_account" }, "1vCPtzKGJML79G0rwH3qpw", "service"],
    ["is told by its owner, whatever its portion says", OWNER, "ddsat_1vCPtzKGJML79G0rwH3qpw", "personal"],
    ["is told by ddsat_ where no owner is", undefined, "ddsat_1vCPtzKGJML79G0rwH3qpw", "service"],
    ["is not told by ddpat_", undefined, "ddpat_1vCPtzKGJML79G0rwH3qpw", undefined],
    ["is not told by an owner of a new type", { ...OWNER, type: "robots" }, null, undefined],
  ])("%s", (_, owner, portion, kind) => {
    const row = changed(changed(ROW, "relationships.owned_by.data", owner), "attributes.public_portion", portion);
    expect(readToken(row, INCLUDED)?.kind).toBe(kind);
  });
});

describe("a leak", () => {
  const LEAK = "relationships.leak_information";
  const leakOf = (row: object, included: unknown = INCLUDED) => {
    const token = readToken(row, included);
    return { leak: token?.leak, unclear: token?.unclear };
  };

  test("is none where the relationship is null, whatever is included", () => {
    expect(leakOf(changed(ROW, `${LEAK}.data`, null))).toEqual({ leak: null, unclear: [] });
  });

  test("is not told of where there is no relationship, and that is no oddity", () => {
    expect(leakOf(changed(ROW, LEAK, undefined))).toEqual({ leak: undefined, unclear: [] });
  });

  test.each<[string, unknown]>([
    [`${LEAK}.data`, undefined],
    [`${LEAK}.data`, true],
    [`${LEAK}.data`, []],
    [`${LEAK}.data`, {}],
    [`${LEAK}.data.type`, "leaked_things"],
    [`${LEAK}.data.id`, 7],
    [LEAK, null],
    [LEAK, "leaked"],
  ])("is unknown with %s as %j", (path, value) => {
    expect(leakOf(changed(ROW, path, value))).toEqual({ leak: undefined, unclear: [`${LEAK}.data`] });
  });

  test.each<[string, unknown, object, string[]]>([
    ["nothing is included", null, {}, ["included.attributes.date"]],
    ["something else is included", [{ ...FOUND, id: "another" }], {}, ["included.attributes.date"]],
    ["it is included without anything", [{ ...FOUND, attributes: null }], {}, ["included.attributes.date"]],
    [
      "only when is said",
      [changed(FOUND, "attributes.leak_source", undefined)],
      { detectedAt: READ.leak?.detectedAt },
      [],
    ],
    ["the source is null", [changed(FOUND, "attributes.leak_source", null)], { detectedAt: READ.leak?.detectedAt }, []],
    [
      "only where is said",
      [changed(FOUND, "attributes.date", null)],
      { source: "github" },
      ["included.attributes.date"],
    ],
    [
      "where is said in a new way",
      [changed(FOUND, "attributes.leak_source", { url: "x" })],
      { detectedAt: READ.leak?.detectedAt },
      ["included.attributes.leak_source"],
    ],
  ])("stands by the relationship when %s", (_, included, leak, unclear) => {
    expect(leakOf(ROW, included)).toEqual({ leak, unclear });
  });
});

test.each<[string, unknown, boolean]>([
  ["revoker_uuid", OWNER.id, false],
  ["revoked_at", "2026-11-21T08:00:00Z", false],
  ["status", "Revoked", false],
  ["status", "active", true],
  ["revoked_at", null, true],
  ["revoked_at", "", true],
  ["revoked_at", "never", true],
  ["revoker_uuid", "", true],
  // It is not documented what this says: claimed gone, it would never be revoked.
  ["revoker_uuid", false, true],
])("with %s as %j a token is known as revoked, or alive", (name, value, alive) => {
  const token = readToken(changed(ROW, `attributes.${name}`, value), INCLUDED);
  expect(isAlive(token)).toBe(alive);
});
