import {
  isUuid,
  parseToken,
  parseTokenId,
  publicPortion,
  TokenSyntaxError,
  UNKNOWN,
} from "../../../../provider/tokens/tokenIds";
import { token, tokenId } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

function syntaxErrorOf(parse: () => unknown): TokenSyntaxError {
  try {
    parse();
  } catch (error) {
    if (error instanceof TokenSyntaxError) return error;
    throw error;
  }
  throw new Error("was parsed");
}

describe("public portions", () => {
  // Worked out with another program: the UUID as one number in base62, digits before capitals before small letters.
  test.each([
    ["00000000-0000-0000-0000-000000000000", "0000000000000000000000"],
    ["00000000-0000-0000-0000-00000000003e", "0000000000000000000010"],
    ["00000000-0000-1234-0000-000000000000", "000000000Qdww5P8dQtGsa"],
    ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", "1vCPtzKGJML79G0rwH3qpw"],
    ["ffffffff-ffff-ffff-ffff-ffffffffffff", "7n42DGM5Tflk9n8mt7Fhc7"],
  ])("%s is %s", (id, portion) => {
    expect(publicPortion(id)).toBe(portion);
    expect(parseToken(portion)).toEqual({ tokenId: id });
  });

  test("stand for their token id, bare or with either prefix", () => {
    fc.assert(
      fc.property(tokenId, (id) => {
        const portion = publicPortion(id);
        expect(portion).toMatch(/^[0-9A-Za-z]{22}$/);
        expect(parseToken(portion)).toEqual({ tokenId: id });
        expect(parseToken(`ddpat_${portion}`)).toEqual({ tokenId: id, kind: "personal" });
        expect(parseToken(`ddsat_${portion}`)).toEqual({ tokenId: id, kind: "service" });
      }),
    );
  });

  test("that are larger than any UUID are refused", () => {
    expect(() => parseToken("7n42DGM5Tflk9n8mt7Fhc8")).toThrow(/stands for no UUID/);
    expect(() => parseToken(`ddpat_${"z".repeat(22)}`)).toThrow(/stands for no UUID/);
  });
});

describe("token values", () => {
  test("name their token, and nothing of the secret is returned", () => {
    fc.assert(
      fc.property(token, ({ tokenId, prefix, value }) => {
        expect(parseToken(value)).toEqual({ tokenId, kind: prefix === "ddsat_" ? "service" : "personal" });
      }),
    );
  });

  test("of another length, alphabet or prefix are refused without being repeated", () => {
    const stranger = fc.constantFrom(" ", "\n", "-", "_", ".", "é", "\u0000", "=", "٣");
    const mutation: fc.Arbitrary<(value: string) => string> = fc.oneof(
      fc.integer({ min: 1, max: 30 }).map((digits) => (value: string) => value.slice(0, -digits)),
      fc.stringMatching(/^[0-9A-Za-z]{1,9}$/).map((more) => (value: string) => value + more),
      fc.tuple(fc.integer({ min: 6, max: 64 }), stranger).map(
        ([at, character]) =>
          (value: string) =>
            value.slice(0, at) + character + value.slice(at + 1),
      ),
      fc.constantFrom(" ", "\n", "\t", '"', "'", "\u00a0").map((edge) => (value: string) => edge + value + edge),
      fc
        .constantFrom("", "DDPAT_", "ddpat-", "ddxat_", "pat_", "Bearer ddpat_")
        .map((prefix) => (value: string) => prefix + value.slice("ddpat_".length)),
    );
    fc.assert(
      fc.property(token, mutation, ({ value, secret }, mutate) => {
        const mutant = mutate(value);
        fc.pre(mutant !== value);
        const { message } = syntaxErrorOf(() => parseToken(mutant));
        expect(message).not.toContain(secret.slice(0, 5));
        expect(message).not.toContain(value.slice(6, 28));
      }),
    );
  });

  test("given where a token id belongs are sent to the argument token", () => {
    fc.assert(
      fc.property(token, ({ value, secret }) => {
        for (const text of [value, value.slice(0, 28), value.slice(6, 28)]) {
          const { message } = syntaxErrorOf(() => parseTokenId(text));
          expect(message).toMatch(/argument token$/);
          expect(message).not.toContain(secret.slice(0, 5));
        }
      }),
    );
  });
});

describe("token ids", () => {
  test("are read in any case and returned in lower case, whatever version the UUID claims", () => {
    fc.assert(
      fc.property(tokenId, (id) => {
        expect(parseTokenId(id)).toBe(id);
        expect(parseTokenId(id.toUpperCase())).toBe(id);
      }),
    );
  });

  test("given where a token belongs are sent to the argument tokenId", () => {
    expect(() => parseToken("3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c")).toThrow(/argument tokenId$/);
  });

  test.each([
    ["", /empty/],
    [" 3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", /spaces or line breaks/],
    ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c\n", /spaces or line breaks/],
    ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5", /35 characters/],
    ["3f2b8c1e9d474a6b8e057c1d2f3a4b5c", /UUID/],
    ["{3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c}", /UUID/],
    ["gf2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", /UUID/],
    ["my ddpat_ token", /15 characters/],
  ])("%j is none, and the error says why", (text, why) => {
    expect(() => parseTokenId(text)).toThrow(TokenSyntaxError);
    expect(() => parseTokenId(text)).toThrow(why);
  });

  test("are never Pulumi's marker for an unknown value", () => {
    expect(() => parseTokenId(UNKNOWN)).toThrow(TokenSyntaxError);
    expect(() => parseTokenId(UNKNOWN.toUpperCase())).toThrow(TokenSyntaxError);
    expect(() => parseToken(publicPortion(UNKNOWN))).toThrow(TokenSyntaxError);
    expect(() => parseTokenId(UNKNOWN)).toThrow("is Pulumi's marker for an unknown value, not a token");
  });
});

test("no text makes the parsers throw anything but a TokenSyntaxError, nor repeat what they were given", () => {
  const marker = fc.stringMatching(/^[0-9A-Za-z]{10,30}$/);
  const around = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("ddpat_", "ddsat_", "_", "-"));
  fc.assert(
    fc.property(around, marker, around, (before, marker, after) => {
      for (const parse of [parseToken, parseTokenId]) {
        try {
          parse(before + marker + after);
        } catch (error) {
          expect(error).toBeInstanceOf(TokenSyntaxError);
          expect(String((error as Error).stack)).not.toContain(marker);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["3F2B8C1E-9d47-4a6b-8e05-7c1d2f3a4b5c", true],
  [UNKNOWN, true],
  ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5", false],
  ["3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c0", false],
  ["03f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", false],
  ["", false],
])("%j has the shape of a UUID: %s", (text, expected) => {
  expect(isUuid(text)).toBe(expected);
});
