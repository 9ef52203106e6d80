import { BATCH_VALIDATORS, REVOCATION_VALIDATORS, SWEEP_VALIDATORS } from "../../../provider/core/arguments";
import { tokenIdList, tokenList } from "../../../provider/core/tokenLists";
import { ArgumentError, demandValid, type Validators, validate } from "../../../provider/core/validators";
import { toInputs } from "../../../provider/resources/programArguments";
import { sentence } from "../../../provider/text/plainLine";
import { hostileJson, hostileKey, hostileText } from "../../support/arbitraryText";
import { expectHarmless, NASTY_NAMES, PLANTED_SECRET, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc, part } from "./hostileCases";

const ID = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
const text = fc.oneof(hostileText, fc.constantFrom("leaked", "INC-1"));
const duration = fc.oneof(fc.constantFrom("90d", "0s", "1w", "90", "-1d", "365001d", PLANTED_VALUE), hostileText);
const id = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(ID, ID.toUpperCase()) }, hostileText);
const some = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> => fc.oneof(each, fc.array(each, { maxLength: 4 }));

const where = fc.record(
  {
    ...{ ownedBy: some(id), kind: some(fc.constantFrom("personal", "service", "Personal")), scopes: some(text) },
    ...{ namePattern: text, unusedFor: duration, olderThan: duration, expiresAfter: duration },
    neverExpires: fc.oneof(fc.boolean(), text),
  },
  { requiredKeys: [] },
);
const exempt = fc.record({ tokenIds: some(id), names: some(text), ownerIds: some(id) }, { requiredKeys: [] });
const expectation = fc.record({ name: text, ownerId: id, organizationId: id }, { requiredKeys: [] });
const common = {
  ...{ reason: text, ticket: text, requestedBy: text, serviceAccountId: id, expect: expectation },
  reportedAt: fc.oneof(fc.constantFrom("2026-01-01T00:00:00Z", "2026-02-31T00:00:00Z", "9999-01-01T00:00:00Z"), text),
  onNotFound: fc.oneof(fc.constantFrom("accept", "fail"), text),
  ...{ verify: fc.oneof(fc.boolean(), text), allowSelf: fc.oneof(fc.boolean(), text) },
};
const count = fc.constantFrom<unknown>(1, 32, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "10", 10n, [1]);

const RESOURCES: [string, Validators, Record<string, fc.Arbitrary<unknown>>][] = [
  ["a revocation", REVOCATION_VALIDATORS, { ...common, tokenId: id }],
  [
    "a batch",
    { tokens: tokenList, tokenIds: tokenIdList, ...BATCH_VALIDATORS },
    { ...common, tokens: some(id), tokenIds: some(id), concurrency: count, maxRevocations: count },
  ],
  ["a sweep", SWEEP_VALIDATORS, { ...common, where, exempt, enforce: fc.boolean(), maxRevocations: count }],
];

/** What no JSON holds, and a program may pass all the same. */
const circle: Record<string, unknown> = { name: "n" };
circle.expect = circle;
const unusual = fc.oneof(
  fc.constantFrom<unknown>(circle, [circle], Symbol("s"), 10n, () => 1, new Map(), new Date(Number.NaN), /x/),
  hostileJson,
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
);

describe("any arguments are taken or refused in plain words, by the program and by the host alike:", () => {
  test.each(RESOURCES)("%s", (_, validators, fields) => {
    const names = Object.keys(fields);
    const field = fc
      .constantFrom(...names)
      .chain((name) =>
        fc.tuple(fc.constant(name), fc.oneof({ weight: 6, arbitrary: fields[name] as fc.Arbitrary<unknown> }, unusual)),
      );
    const other = fc.tuple(fc.oneof(hostileKey, hostileText), unusual);
    const args = fc
      .array(fc.oneof({ weight: 8, arbitrary: field }, other), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries));
    let taken = 0;
    fc.assert(
      fc.property(args, (args) => {
        const { problems } = validate(validators, args);
        for (const { path, problem } of problems) expectHarmless(`${path} ${problem}`);
        const inHost = hostSays(validators, args);
        if (typeof inHost === "string") expectHarmless(inHost);
        // Promises and Outputs aside, which only the program knows.
        if ((typeof inHost === "string") !== problems.length > 0)
          throw new Error(`${inHost}, but ${JSON.stringify(problems)}`);
        if (typeof inHost === "string") return;
        taken++;
        if (JSON.stringify(inHost)?.includes(PLANTED_SECRET)) throw new Error("takes a token value");
        expect(toInputs("TokenRevocation", validators, args)).toEqual(inHost);
        // What was taken is taken again: the host checks a second time, except that lists of tokens are read by then.
        if (!("tokens" in inHost || "tokenIds" in inHost)) expect(hostSays(validators, inHost)).toEqual(inHost);
      }),
      cases(5_000),
    );
    expect(taken).toBeGreaterThan(part(300));
  });
});

/** What the host takes, or why it does not. */
function hostSays(validators: Validators, args: object): object | string {
  try {
    return demandValid<object>(validators, args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return sentence(error);
  }
}

test("as free text, every nasty name is refused or taken as it is", () => {
  for (const reason of NASTY_NAMES) {
    const taken = hostSays(REVOCATION_VALIDATORS, { reason });
    if (reason.includes(PLANTED_SECRET)) expect(taken).toMatch(/^reason holds a token value/);
    else expect(taken).toEqual({ reason });
  }
});
