import { REVOCATION_VALIDATORS } from "../../../../provider/core/arguments";
import { ArgumentError, demandValid } from "../../../../provider/core/validators";
import { fc } from "../../../support/cases";

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

test("good arguments go into state as they are", () => {
  const args = {
    tokenId: TOKEN_ID,
    reason: "Found in a public repository: https://github.com/example/app (commit 1a2b3c)",
    ticket: "SEC-1234",
    requestedBy: "ada@example.com",
    reportedAt: "2026-05-01T09:30:00.123456789Z",
    expect: { name: "ci-deploy", ownerId: OWNER_ID },
    onNotFound: "fail",
    verify: false,
  };
  expect(check(args)).toEqual(args);
});

test("ids go into state in lower case", () => {
  expect(check({ tokenId: TOKEN_ID.toUpperCase(), expect: { ownerId: OWNER_ID.toUpperCase() } })).toEqual({
    tokenId: TOKEN_ID,
    expect: { ownerId: OWNER_ID },
  });
});

test("arguments that are undefined or null are not given", () => {
  const expected = { name: undefined, ownerId: TOKEN_ID };
  expect(check({ tokenId: TOKEN_ID, reason: undefined, ticket: null, expect: expected })).toEqual({
    tokenId: TOKEN_ID,
    expect: { ownerId: TOKEN_ID },
  });
});

test.each([{}, { name: undefined }])("an expectation of nothing guards nothing, and is refused: %j", (expected) => {
  expect(() => check({ tokenId: TOKEN_ID, expect: expected })).toThrow(
    "expect is empty: give name, ownerId or organizationId",
  );
});

test("texts may be empty: programs fill them from elsewhere", () => {
  expect(check({ reason: "", expect: { name: "" } })).toEqual({ reason: "", expect: { name: "" } });
});

describe("times", () => {
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
    "yesterday",
    "2026-05-01",
    "2026-05-01T09:30:00",
    "2026-05-01 09:30:00Z",
    "20260501T093000Z",
    "1777627800",
    "2026-13-01T09:30:00Z",
    "2026-02-30T09:30:00Z",
    "2025-02-29T09:30:00+01:00",
    "2026-04-31T09:30:00Z",
    "2026-05-01T24:00:00Z",
    "2026-05-01T09:60:00Z",
    "2026-05-01T09:30:00+25:00",
    "2026-05-01T09:30:00Z\n",
    " 2026-05-01T09:30:00Z",
  ])("%j is refused, with an example", (text) => {
    expect(errorOf({ reportedAt: text }).message).toMatch(/^reportedAt .*RFC 3339 time.*20\d\d-\d\d-\d\dT\S+Z/);
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

  test("that are taken stand in state as the same moment, in UTC", () => {
    const moment = fc.date({
      min: new Date("2000-01-01T00:00:00Z"),
      max: new Date("2026-01-01T00:00:00Z"),
      noInvalidDate: true,
    });
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(moment, minutes, (moment, minutes) => {
        const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const two = (number: number) => String(number).padStart(2, "0");
        const zone = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
        expect(check({ reportedAt: local + zone })).toEqual({ reportedAt: moment.toISOString() });
      }),
    );
  });
});

describe("wrong types are named", () => {
  test.each([
    [{ tokenId: 7 }, "tokenId must be a string, not a number"],
    [{ tokenId: [TOKEN_ID] }, "tokenId must be a string, not a list"],
    [{ reason: { text: "leaked" } }, "reason must be a string, not an object"],
    [{ ticket: 1234 }, "ticket must be a string, not a number"],
    [{ requestedBy: true }, "requestedBy must be a string, not a boolean"],
    [{ reportedAt: new Date(0) }, "reportedAt must be a string, not an object"],
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
    expect(errorOf({ tokenId: "" }).message).toBe("tokenId is empty");
    expect(errorOf({ tokenId: "ci-deploy" }).message).toMatch(/^tokenId .*UUID/);
    expect(errorOf({ expect: { ownerId: "" } }).message).toBe("expect.ownerId is empty");
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
    [{ raeson: "leaked" }, "raeson", "reason"],
    [{ requestedby: "ada" }, "requestedby", "requestedBy"],
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
  const texts = fc.tuple(fc.string({ unit: "binary" }), fc.integer({ min: 37, max: 65 }), fc.string()).map(
    // Cut values count: eight letters of a secret are too many.
    ([before, length, after]) => before + TOKEN_VALUE.slice(0, length) + after,
  );

  test.each<[string, (text: string) => object]>([
    ["reason", (reason) => ({ reason })],
    ["ticket", (ticket) => ({ ticket })],
    ["requestedBy", (requestedBy) => ({ requestedBy })],
    ["expect.name", (name) => ({ expect: { name } })],
  ])("anywhere in %s is refused, and not printed", (path, args) => {
    fc.assert(
      fc.property(texts, (text) => {
        const error = errorOf(args(text));
        expect(error.message).toMatch(new RegExp(`^${path.replace(".", "\\.")} holds a token value`));
        expect(error.stack).not.toContain(SECRET.slice(0, 8));
      }),
    );
  });

  test("given for any argument is never taken nor printed", () => {
    for (const argument of [...Object.keys(REVOCATION_VALIDATORS)]) {
      const error = errorOf({ [argument]: TOKEN_VALUE });
      expect(error.message.startsWith(`${argument} `)).toBe(true);
      expect(error.stack).not.toContain(SECRET.slice(0, 8));
    }
    expect(errorOf({ expect: { ownerId: TOKEN_VALUE } }).stack).not.toContain(SECRET.slice(0, 8));
  });

  test("is more than a public portion, which is no secret", () => {
    const reason = `leaked as ${TOKEN_VALUE.slice(0, 28)}`;
    expect(check({ reason })).toEqual({ reason });
  });
});

test("whatever is passed, it is taken or refused in words, and what was taken is taken again", () => {
  const args = fc.dictionary(
    fc.oneof(fc.constantFrom(...Object.keys(REVOCATION_VALIDATORS)), fc.string()),
    fc.oneof(fc.anything(), fc.uuid(), fc.constantFrom("accept", "fail", true, "2026-05-01T09:30:00+02:00")),
  );
  fc.assert(
    fc.property(args, (args) => {
      let taken: object;
      try {
        taken = check(args);
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError);
        return;
      }
      expect(check(taken)).toEqual(taken);
    }),
    { numRuns: 200 },
  );
});
