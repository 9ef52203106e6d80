import { plainLine } from "../../../../provider/text/plainLine";
import { holdsTokenValue, redactTokenValues } from "../../../../provider/tokens/redact";

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

test.each([
  ["a token id", "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", false],
  ["a public portion", VALUE.slice(0, 28), false],
  ["a value that lacks all but a letter of its secret", VALUE.slice(0, 30), true],
])("%s holds a secret: %#", (_, text, holds) => {
  expect(holdsTokenValue(text)).toBe(holds);
  expect(redactTokenValues(text) === text).toBe(!holds);
});
