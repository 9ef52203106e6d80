import fc from "fast-check";
import { TextMarks } from "../../../../provider/tokens/textMarks";

test("all line feeds between two places are counted, and nothing else", () => {
  const byte = fc.oneof(fc.constant(10), fc.constantFrom(0, 9, 11, 138, 245, 255), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 3_000, size: "max" }), fc.nat(), fc.nat(), (some, one, other) => {
      const bytes = Uint8Array.from(some);
      const [from, to] = [one % (bytes.length + 1), other % (bytes.length + 1)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      expect(new TextMarks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).lineFeeds(from, to)).toBe(
        bytes.subarray(from, to).filter((each) => each === 10).length,
      );
    }),
    { numRuns: 300 },
  );
});

test("line feeds are counted in short stretches, wherever in its memory the text begins", () => {
  for (const bytes of [Buffer.alloc(20), Buffer.from(new ArrayBuffer(40), 8, 21)]) {
    bytes.fill(10);
    const feeds = new TextMarks(bytes);
    for (let from = 0; from < 10; from++) {
      for (let to = from; to <= bytes.length; to++) expect(feeds.lineFeeds(from, to)).toBe(to - from);
    }
  }
});

test("every mark that begins before a place is found, wherever it stands", () => {
  const marks = ["ddpat_", "ddsat_", "RkcGF0X"];
  const part = fc.constantFrom(...marks, "d", "dd", "pat_", "sat", "a", "_", "\n", "ddxat_", "Rkc", "X");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 400 }), fc.nat(), (parts, place) => {
      const text = parts.join("");
      const to = place % (text.length + 1);
      const places = [...text.matchAll(/dd[ps]at_|RkcGF0X/g)].map(({ index }) => index).filter((index) => index < to);
      expect(new TextMarks(Buffer.alloc(text.length, text), marks).before(to).marks).toEqual(places);
    }),
    { numRuns: 500 },
  );
});
