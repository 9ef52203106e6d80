import { matchesGlob } from "../../../../provider/core/glob";
import { fc } from "../../../support/cases";

test.each<[string, string, boolean]>([
  ["ci-*", "ci-deploy", true],
  ["ci-*", "ci-", true],
  ["ci-*", "my-ci-deploy", false],
  ["*", "", true],
  ["*", "any/thing\nat all", true],
  ["*/*", "team/token", true],
  ["*a*b", "aabab", true],
  ["*a*b", "aaba", false],
  ["?", "👍", true],
  ["??", "👍", false],
  ["", "", true],
  ["", "a", false],
  ["a.c", "abc", false],
  ["[ab]{c}(d)+\\", "[ab]{c}(d)+\\", true],
  ["CI", "ci", false],
])("%j matches %j: %s", (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

/** The definition, word by word, with no regard to time. */
function byDefinition(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)];
  if (first === "*") return byDefinition(rest, text) || (text !== "" && byDefinition(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text.charAt(0)) && byDefinition(rest, text.slice(1));
}

test("any pattern matches what its definition says", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), maxLength: 7 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 9 });
  fc.assert(
    fc.property(pattern, text, (pattern, text) => matchesGlob(pattern, text) === byDefinition(pattern, text)),
    { numRuns: 500 },
  );
});

test("a pattern of many stars takes no time to speak of", () => {
  const start = performance.now();
  expect(matchesGlob(`${"*a".repeat(50)}b`, "a".repeat(5_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(500);
});
