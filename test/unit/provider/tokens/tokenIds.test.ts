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

const VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "q7Hs02LpXv94TbNeY6kRw8ZmC3dJfUgA5oi1"].join("_");

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

  test.each<[string, (value: string) => string]>([
    ["cut", (value) => value.slice(0, -1)],
    ["too long", (value) => `${value}a`],
    ["with a stranger in its secret", (value) => `${value.slice(0, 40)}é${value.slice(41)}`],
    ["with a stranger in its public portion", (value) => `${value.slice(0, 10)}-${value.slice(11)}`],
    ["in quotes", (value) => `"${value}"`],
    ["with a line break", (value) => `${value}\n`],
    ["in capitals", (value) => value.replace("ddpat_", "DDPAT_")],
    ["with a scheme", (value) => `Bearer ${value}`],
  ])("%s are refused without being repeated", (_, write) => {
    const { stack } = syntaxErrorOf(() => parseToken(write(VALUE)));
    expect(stack).not.toMatch(/q7Hs0|5oi1|1vCPtz/);
  });

  test("given where a token id belongs are sent to the argument token", () => {
    for (const text of [VALUE, VALUE.slice(0, 28), VALUE.slice(6, 28)]) {
      const { message } = syntaxErrorOf(() => parseTokenId(text));
      expect(message).toMatch(/argument token$/);
      expect(message).not.toContain("q7Hs0");
    }
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
