import { REVOCATION_VALIDATORS } from "../../../../provider/core/arguments";
import { ArgumentError, demandValid } from "../../../../provider/core/validators";

const TOKEN_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";
const OWNER_ID = "11111111-2222-3333-4444-555555555555";
const SECRET = "0123456789abcdefghijklmnopqrstuvwxyz";
const TOKEN_VALUE = `ddpat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;

const check = (args: object): object => demandValid(REVOCATION_VALIDATORS, args);

function errorOf(args: object): ArgumentError {
  try {
    check(args);
  } catch (error) {
    if (error instanceof ArgumentError) return error;
    throw error;
  }
  throw new Error("was taken");
}

test("good arguments go into state as they are, ids in lower case", () => {
  const args = {
    ...{ tokenId: TOKEN_ID, reason: "Found: https://github.com/example/app (commit 1a2b3c)", ticket: "SEC-1234" },
    ...{ requestedBy: "ada@example.com", reportedAt: "2026-05-01T09:30:00.123456789Z" },
    ...{ expect: { name: "ci-deploy", ownerId: OWNER_ID }, onNotFound: "fail", verify: false },
  };
  expect(check(args)).toEqual(args);
  const capitals = { tokenId: TOKEN_ID.toUpperCase(), expect: { ownerId: OWNER_ID.toUpperCase() } };
  expect(check(capitals)).toEqual({ tokenId: TOKEN_ID, expect: { ownerId: OWNER_ID } });
});

test("arguments that are undefined or null are not given", () => {
  const given = { tokenId: TOKEN_ID, reason: undefined, ticket: null, expect: { name: undefined, ownerId: OWNER_ID } };
  expect(check(given)).toEqual({ tokenId: TOKEN_ID, expect: { ownerId: OWNER_ID } });
});

test.each([{}, { name: undefined }])("an expectation of nothing guards nothing, and is refused: %j", (expected) => {
  expect(() => check({ tokenId: TOKEN_ID, expect: expected })).toThrow(
    "expect is empty: set name, ownerId or organizationId",
  );
});

test("texts may be empty: programs fill them from elsewhere", () => {
  expect(check({ reason: "", expect: { name: "" } })).toEqual({ reason: "", expect: { name: "" } });
});

describe("times", () => {
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ["2026-05-01T09:30:00Z", "2026-05-01T09:30:00Z"],
    ["2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.5Z"],
    ["2026-05-01T09:30:00+02:00", "2026-05-01T07:30:00.000Z"],
    ["2026-05-01T00:30:00.25-05:30", "2026-05-01T06:00:00.250Z"],
    ["2026-05-01t09:30:00z", "2026-05-01T09:30:00.000Z"],
    ["2026-05-01T09:30Z", "2026-05-01T09:30:00.000Z"],
  ])("%s goes into state as %s", (text, time) => {
    expect(check({ reportedAt: text })).toEqual({ reportedAt: time });
  });

  test.each([
    ...["yesterday", "2026-05-01", "2026-05-01T09:30:00", "2026-05-01 09:30:00Z", "20260501T093000Z", "1777627800"],
    ...["2026-13-01T09:30:00Z", "2026-02-30T09:30:00Z", "2025-02-29T09:30:00+01:00", "2026-04-31T09:30:00Z"],
    ...["2026-05-01T24:00:00Z", "2026-05-01T09:60:00Z", "2026-05-01T09:30:00+25:00"],
    ...["2026-05-01T09:30:00Z\n", " 2026-05-01T09:30:00Z"],
  ])("%j is refused, with an example", (text) => {
    expect(errorOf({ reportedAt: text }).message).toMatch(/^reportedAt .*RFC 3339 time.*20\d\d-\d\d-\d\dT\S+Z/);
  });

  test("five minutes ahead are a clock that differs, and no millisecond more is", () => {
    jest.spyOn(Date, "now").mockReturnValue(Date.parse("2026-05-01T09:30:00Z"));
    for (const text of ["2026-05-01T09:30:05Z", "2026-05-01T09:35:00Z", "2026-05-01T09:35:00.000Z"]) {
      expect(check({ reportedAt: text })).toEqual({ reportedAt: text });
    }
    expect(check({ reportedAt: "2026-05-01T11:35:00+02:00" })).toEqual({ reportedAt: "2026-05-01T09:35:00.000Z" });
    for (const text of ["2026-05-01T09:35:00.001Z", "2026-05-01T09:36:00Z", "2026-05-01T11:35:01+02:00"]) {
      expect(errorOf({ reportedAt: text }).message).toBe(
        "reportedAt is in the future: write when it was reported, like 2026-11-24T09:30:00Z",
      );
    }
  });

  test("in the future are refused: nobody can have reported it yet", () => {
    const hour = 3_600_000;
    const earlier = new Date(Date.now() - hour).toISOString();
    expect(check({ reportedAt: earlier })).toEqual({ reportedAt: earlier });
    expect(errorOf({ reportedAt: new Date(Date.now() + hour).toISOString() }).message).toMatch(/^reportedAt .*future/);
    // Later by the clock on the wall, earlier in truth.
    const elsewhere = `${new Date(Date.now() + hour).toISOString().slice(0, 19)}+05:00`;
    expect(check({ reportedAt: elsewhere })).toHaveProperty("reportedAt");
  });
});

describe("wrong types are named", () => {
  test.each([
    [{ tokenId: 7 }, "tokenId must be a string, not a number"],
    [{ tokenId: [TOKEN_ID] }, "tokenId must be a string, not a list"],
    [{ reason: { text: "leaked" } }, "reason must be a string, not an object"],
    [{ verify: "true" }, "verify must be true or false, not a string"],
    [{ verify: 1 }, "verify must be true or false, not a number"],
    [{ onNotFound: "ignore" }, 'onNotFound must be "accept" or "fail"'],
    [{ onNotFound: true }, 'onNotFound must be "accept" or "fail"'],
    [{ expect: { name: 7 } }, "expect.name must be a string, not a number"],
  ])("%j", (args, message) => {
    expect(errorOf(args).message).toBe(message);
  });

  test.each([["ci-deploy"], [["ci-deploy"]], [true]])("expect: %j, with what to write instead", (value) => {
    expect(errorOf({ expect: value }).message).toMatch(/^expect must be an object like \{ name: "ci-deploy" \}/);
  });
});

describe("ids", () => {
  test("that are empty or no UUID are refused under their argument's name", () => {
    expect(errorOf({ tokenId: "" }).message).toBe("tokenId is empty: give it a value");
    expect(errorOf({ tokenId: "ci-deploy" }).message).toMatch(/^tokenId .*UUID/);
    expect(errorOf({ expect: { ownerId: "" } }).message).toBe("expect.ownerId is empty: give it a value");
    expect(errorOf({ expect: { ownerId: "ada@example.com" } }).message).toMatch(/^expect\.ownerId .*UUID/);
  });

  test("that look like a token value or a public portion are sent to the argument token", () => {
    for (const text of [TOKEN_VALUE, TOKEN_VALUE.slice(0, 28), TOKEN_VALUE.slice(6, 28)]) {
      const { message } = errorOf({ tokenId: text });
      expect(message).toMatch(/^tokenId .*argument token$/);
      expect(message).not.toContain(SECRET.slice(0, 8));
    }
  });
});

describe("unknown arguments", () => {
  test.each([
    [{ tokenID: TOKEN_ID }, "tokenID", "tokenId"],
    [{ onNotfound: "fail" }, "onNotfound", "onNotFound"],
    [{ expect: { nmae: "ci-deploy" } }, "expect.nmae", "name"],
    [{ expect: { ownerID: OWNER_ID } }, "expect.ownerID", "ownerId"],
  ])("%j: the nearest known one is named", (args, path, nearest) => {
    const { message } = errorOf(args);
    expect(message.startsWith(`${path} is `)).toBe(true);
    expect(message).toContain(`did you mean ${nearest}?`);
  });

  test("named like parts of every object are unknown too", () => {
    for (const name of ["constructor", "toString", "hasOwnProperty", "__proto__"]) {
      expect(errorOf({ [name]: "x" }).message).toMatch(new RegExp(`^${name} is not an argument`));
      expect(errorOf({ expect: { [name]: "x" } }).message).toMatch(new RegExp(`^expect\\.${name} is not an argument`));
    }
  });
});

describe("a token value", () => {
  test("given for any argument is never taken nor printed", () => {
    const given = Object.keys(REVOCATION_VALIDATORS).map((name): object => ({ [name]: TOKEN_VALUE }));
    for (const args of [...given, { expect: { ownerId: TOKEN_VALUE } }]) {
      expect(errorOf(args).stack).not.toContain(SECRET.slice(0, 8));
    }
  });

  test("anywhere in a free text is refused, whole or cut, and not printed", () => {
    // Eight letters of a secret are too many.
    for (const text of [TOKEN_VALUE, `é${TOKEN_VALUE}x`, `see ${TOKEN_VALUE.slice(0, 37)}`]) {
      for (const args of [{ reason: text }, { ticket: text }, { requestedBy: text }, { expect: { name: text } }]) {
        const { message, stack } = errorOf(args);
        expect(message).toMatch(/^(reason|ticket|requestedBy|expect\.name) holds a token value/);
        expect(stack).not.toContain(SECRET.slice(0, 8));
      }
    }
  });

  test("is more than a public portion, which is no secret", () => {
    const reason = `leaked as ${TOKEN_VALUE.slice(0, 28)}`;
    expect(check({ reason })).toEqual({ reason });
  });
});
