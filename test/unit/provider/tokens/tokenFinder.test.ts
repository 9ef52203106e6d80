import { type Occurrence, TokenFinder } from "../../../../provider/tokens/tokenFinder";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";
import { NOTATIONS } from "./notations";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
/** Of Datadog's own sample id. */
const PORTION = "000000000Qdww5P8dQtGsa";
const VALUE = `ddpat_${PORTION}_${SECRET}`;

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
  const found = places.flatMap((place, index) => finder.push(bytes.subarray(places[index - 1] ?? 0, place)).found);
  return [...found, ...finder.end().found];
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
  return [...finder.push(Buffer.from(text)).found, ...finder.end().found];
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
