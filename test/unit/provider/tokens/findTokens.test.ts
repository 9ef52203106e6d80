import { type Occurrence, TokenFinder } from "../../../../cli/identify/tokenFinder";
import { identifyTokens } from "../../../../provider/tokens/findTokens";
import { publicPortion, UNKNOWN } from "../../../../provider/tokens/tokenIds";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
/** Datadog's own sample id. */
const ID = "00000000-0000-1234-0000-000000000000";
const PORTION = "000000000Qdww5P8dQtGsa";
const VALUE = `ddpat_${PORTION}_${SECRET}`;
const FOUND = { tokenId: ID, kind: "personal", publicPortion: PORTION };

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, "0");

/** How a character may be written down. */
const NOTATIONS: Record<string, (character: string) => string> = {
  JSON: (character) => `\\u00${hex(character)}`,
  "JSON in JSON": (character) => `\\\\u00${hex(character)}`,
  "JSON in JSON in JSON": (character) => `\\\\\\\\u00${hex(character)}`,
  "nginx, Python or JavaScript": (character) => `\\x${hex(character).toUpperCase()}`,
  "a URL": (character) => `%${hex(character).toUpperCase()}`,
  "a URL in small letters": (character) => `%${hex(character)}`,
  "a URL in a URL": (character) => `%25${hex(character).toUpperCase()}`,
  "JSON in a URL": (character) => `%5Cu00${hex(character)}`,
  HTML: (character) => `&#${character.charCodeAt(0)};`,
  "HTML with leading zeros": (character) => `&#x00${hex(character)};`,
  "HTML in JSON": (character) => `\\u0026#${character.charCodeAt(0)};`,
  "HTML in HTML": (character) => `&amp;#x${hex(character)};`,
  "a terminal's colours": (character) => `\x1b[38;5;196m${character}\x1b[0m`,
  "what grep marks": (character) => `\x1b[01;31m\x1b[K${character}\x1b[m\x1b[K`,
  "what tput resets": (character) => `${character}\x1b(B\x1b[m`,
  "colours in JSON": (character) => `\\u001b[1m${character}\\u001b[0m`,
  "colours in a URL": (character) => `%1B%5B1m${character}%1B%5B0m`,
  "colours as shells write them": (character) => `\\033[1m${character}\\e[0m`,
};

describe.each(Object.entries(NOTATIONS))("a value in %s is found", (_, write) => {
  test("when all its characters are", () => {
    expect(identifyTokens(`x ${[...VALUE].map(write).join("")} x`)).toEqual([FOUND]);
  });

  test.each([...new Set(VALUE.slice(0, 12))])("when its %s are", (character) => {
    expect(identifyTokens(`"${VALUE.replaceAll(character, write)}"`)).toEqual([FOUND]);
  });
});

test.each([
  ["quotes", `{"token":"${VALUE}"}`],
  ["a JSON string's line break", `{"log":"failed\\n${VALUE}\\nagain"}`],
  ["a JSON string's quotes", `"{\\"token\\":\\"${VALUE}\\"}"`],
  ["a JSON string's escapes", `\\u0022${VALUE}\\u0022`],
  ["a URL's escapes", `https://example.com/?q=token%3D${VALUE}%26x`],
  ["a percent sign before two hexadecimal digits", `%${VALUE}%`],
  ["letters on either side", `token${VALUE}token`],
  ["a colour on either side", `\x1b[32m${VALUE}\x1b[0m`],
  ["colours that were written down", `\\u001b[32m${VALUE}\\u001b[0m`],
  ["an assignment", `export DD_APP_KEY=${VALUE};`],
  ["characters beyond ASCII", `ключ=${VALUE}ключ 鍵${VALUE}鍵`],
  ["a cut value before it", `${VALUE.slice(0, -4)}${VALUE}`],
  ["a prefix before it", `ddpat_ddsat_${VALUE}`],
  ["an impossible value around its beginning", `ddpat_${"z".repeat(22)}_${SECRET.slice(0, 30)}${VALUE}`],
])("a value is found beside %s", (_, text) => {
  expect(identifyTokens(text)).toEqual([FOUND]);
});

test.each([1, 2, 4])("a value that Markdown escapes is found, by %i backslashes", (count) => {
  expect(identifyTokens(`**${VALUE.replaceAll("_", `${"\\".repeat(count)}_`)}**`)).toEqual([FOUND]);
});

test("tokens come once each, in the order of their first values", () => {
  const service = `ddsat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;
  expect(identifyTokens(`${service}${VALUE}${service} ${VALUE}`)).toEqual([
    { tokenId: "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c", kind: "service", publicPortion: "1vCPtzKGJML79G0rwH3qpw" },
    FOUND,
  ]);
});

test.each([
  ["nothing", ""],
  ["a token id", ID],
  ["a public portion", `ddpat_${PORTION}`],
  ["a cut value", VALUE.slice(0, -1)],
  ["a value with a space in it", VALUE.replace("_0", "_ 0")],
  ["a value over two lines", `${VALUE.slice(0, 40)}\n${VALUE.slice(40)}`],
  ["a value in capitals", VALUE.toUpperCase()],
  ["a public portion that stands for no UUID", `ddpat_${"z".repeat(22)}_${SECRET}`],
  ["Pulumi's marker for the unknown", `ddpat_${publicPortion(UNKNOWN)}_${SECRET}`],
  ["another prefix", VALUE.replace("ddpat", "ddxat")],
  ["letters that only look alike in their lower bytes", VALUE.replace("d", "Ť")],
])("%s is no value", (_, text) => {
  expect(identifyTokens(text)).toEqual([]);
});

/** Whatever stands between values, and no backslash, percent sign or the like that the next would change. */
const filler = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("a", "_", "\n", "%5F", "\\u0064", "ddpat_", "&#9", "\x1b[") }),
  fc.nat(5000).map((length) => "long".repeat(length).slice(0, length)),
  fc.nat(300).map((lines) => "short\n".repeat(lines)),
);
const written = fc
  .record({
    token,
    write: fc.constantFrom(...Object.values(NOTATIONS)),
    which: fc.array(fc.boolean(), { minLength: 65, maxLength: 65 }),
    before: fc.constantFrom("", "x", '"', "\\n", '\\"', "=", "%22", "\\u0022", "\x1b[1m"),
    after: fc.constantFrom("", "x", '"', "\\n", '\\"', "&", "%22", "\\u0022", "\x1b[0m"),
  })
  .map(({ token: { value, ...rest }, write, which, before, after }) => ({
    ...rest,
    text: before + [...value].map((character, index) => (which[index] ? write(character) : character)).join("") + after,
  }));

function findIn(bytes: Uint8Array, size: number, cuts: readonly number[]): Occurrence[] {
  const finder = new TokenFinder(size);
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const found = places.flatMap((place, index) => [...finder.push(bytes.subarray(places[index - 1] ?? 0, place))]);
  return [...found, ...finder.end()];
}

test("every value is found once, in its line, wherever the text is cut, and no secret comes out", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ filler, written }), { maxLength: 8 }),
      fc.integer({ min: 64, max: 3000 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (pieces, size, cuts) => {
        let text = "";
        const expected: unknown[] = [];
        for (const { filler: between, written: value } of pieces) {
          text += `${between} `;
          const line = text.split("\n").length;
          const kind = value.prefix === "ddsat_" ? "service" : "personal";
          expected.push(expect.objectContaining({ tokenId: value.tokenId, kind, line }));
          text += `${value.text} `;
        }
        const found = findIn(Buffer.from(text), size, cuts);
        expect(found).toEqual(expected);
        for (const { written: value } of pieces) expect(JSON.stringify(found)).not.toContain(value.secret);
      },
    ),
    { numRuns: 60 },
  );
});

/** The same with a chunk's end at each byte. */
function findAtEachByte(text: string): Occurrence[] {
  const finder = new TokenFinder(1);
  return [...finder.push(Buffer.from(text)), ...finder.end()];
}

test.each([
  ["in one another's notation", `${VALUE.slice(0, -5)}ddpat%5F${PORTION}%5F${SECRET} `],
  ["of two kinds, side by side", `${VALUE}%20${VALUE.replaceAll("_", "%5F")}\n\n${VALUE}`],
  ["in colours", `${[...VALUE].map((each) => `\x1b[1m${each}\x1b[0m`).join("")} ${VALUE}`],
])("where the text is cut makes no difference to values %s", (_, text) => {
  const padded = `\n${text}${" ".repeat(4_200)}`;
  const whole = findIn(Buffer.from(padded), 10_000, []);
  expect(whole.length).toBeGreaterThan(0);
  expect(findAtEachByte(padded)).toEqual(whole);
});

test.each([1, 2, 30])("a value that lacks its last %i characters is none, whatever was there before", (missing) => {
  const cut = `${"x".repeat(9_000)} ${VALUE.slice(0, -missing)}`;
  for (const size of [1, 64, 3_000]) expect(findIn(Buffer.from(cut), size, [5_000])).toEqual([]);
});

test("nothing is found in plain text but what the shape of a value says", () => {
  const fragment = fc.oneof(
    fc.constantFrom("ddpat_", "ddsat_", "dd", "_", "\n", " ", PORTION, SECRET, VALUE, `${PORTION}_`),
    fc.nat(40).map((length) => SECRET.slice(0, length)),
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), fc.integer({ min: 1, max: 500 }), (fragments, size) => {
      const text = fragments.join("");
      const shape = /dd[ps]at_[0-7][0-9A-Za-z]{21}_((?!dd[ps]at_)[0-9A-Za-z]){36}/g;
      const lines = [...text.matchAll(shape)].map(({ index }) => text.slice(0, index).split("\n").length);
      expect(findIn(Buffer.from(text), size, []).map(({ line }) => line)).toEqual(lines);
    }),
    { numRuns: 150 },
  );
});

test("what is no string is refused without being repeated", () => {
  expect(() => identifyTokens([VALUE] as unknown as string)).toThrow("identifyTokens takes a string");
});
