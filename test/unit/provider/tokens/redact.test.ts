import { plainLine } from "../../../../provider/text/plainLine";
import { holdsTokenValue, redactTokenValues } from "../../../../provider/tokens/redact";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

const SECRET = "q7Hs02LpXv94TbNeY6kRw8ZmC3dJfUgA5oi1";
const VALUE = `ddpat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;

/** Any eight characters of a secret are too many. */
function expectNothingOf(secret: string, text: string): void {
  for (let start = 0; start + 8 <= secret.length; start++) {
    expect(text).not.toContain(secret.slice(start, start + 8));
  }
}

test.each([
  ["Markdown", VALUE.replaceAll("_", "\\_")],
  ["JSON", VALUE.replaceAll("_", "\\u005f")],
  ["JSON in JSON, a letter", VALUE.replace("q7", "\\\\u0071\\\\u0037")],
  ["a URL", VALUE.replaceAll("_", "%5F")],
  ["a URL in a URL", VALUE.replaceAll("_", "%255f")],
  ["HTML", VALUE.replaceAll("_", "&#95;")],
  ["a coloured line", VALUE.replace("_q7H", "_q7\u001b[1mH")],
])("a token value as %s writes it is no free text, and is shown without its secret", (_, written) => {
  expect(holdsTokenValue(`leaked: ${written}.`)).toBe(true);
  const shown = redactTokenValues(`${written} leaked, ${VALUE} and ${written}.`);
  expect(shown).toMatch(
    /1vCPtzKGJML79G0rwH3qpw\S*_\[redacted\] leaked, ddpat_\w+_\[redacted\] and \S+_\[redacted\]\.$/,
  );
  expectNothingOf(SECRET, shown);
  expectNothingOf(SECRET, plainLine(`${written} leaked`));
});

describe("redaction", () => {
  /** Texts with values in them: whole or cut, apart or joined, in the middle of words. */
  const text = fc
    .array(
      fc.oneof(
        token.map(({ value, secret }) => ({ text: value, secret })),
        fc
          .tuple(token, fc.integer({ min: 30, max: 64 }))
          .map(([{ value }, length]) => ({ text: value.slice(0, length), secret: value.slice(29, length) })),
        fc.string({ unit: "binary" }).map((text) => ({ text, secret: "" })),
        fc.constantFrom('"', "\n", "/", "?token=", "_", "Bearer ", "a").map((text) => ({ text, secret: "" })),
      ),
    )
    .map((pieces) => ({
      text: pieces.map((piece) => piece.text).join(""),
      // A cut value may leave one letter of its secret; that letter can stand anywhere.
      secrets: pieces.map((piece) => piece.secret).filter((secret) => secret.length >= 6),
    }));

  test("leaves no secret in any text, and says where it found one", () => {
    fc.assert(
      fc.property(text, ({ text, secrets }) => {
        const redacted = redactTokenValues(text);
        for (const secret of secrets) expect(redacted).not.toContain(secret);
        if (secrets.length > 0) expect(holdsTokenValue(text)).toBe(true);
        expect(holdsTokenValue(redacted)).toBe(false);
        expect(redactTokenValues(redacted)).toBe(redacted);
      }),
      { numRuns: 100 },
    );
  });

  test("keeps the public portion, so that a reader knows which token it was, and all other text", () => {
    fc.assert(
      fc.property(token, ({ value, secret }) => {
        expect(redactTokenValues(`leaked in <${value}>, twice: <${value}>.`)).toBe(
          `leaked in <${value}>, twice: <${value}>.`.replaceAll(secret, "[redacted]"),
        );
      }),
    );
  });

  test.each([
    "ddpat_1vCPtzKGJML79G0rwH3qpw",
    "1vCPtzKGJML79G0rwH3qpw",
    "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c",
    "rotate every ddpat_ token",
  ])("leaves %s as it is: it holds no secret", (text) => {
    expect(holdsTokenValue(text)).toBe(false);
    expect(redactTokenValues(text)).toBe(text);
  });
});

test("a secret that begins like a value of another kind is redacted whole", () => {
  const [alias, secret] = ["000000000Qdww5P8dQtGsa", "a1B2ddxat4e5F6g7H8i9J0k1L2m3N4o5P6q7"];
  expect(redactTokenValues(`ddpat_${alias}_${secret}`)).toBe(`ddpat_${alias}_[redacted]`);
});
