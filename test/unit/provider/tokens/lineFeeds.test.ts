import fc from "fast-check";
import { LineFeeds } from "../../../../provider/tokens/lineFeeds";

test("all line feeds between two places are counted, and nothing else", () => {
  const byte = fc.oneof(fc.constant(10), fc.constantFrom(0, 9, 11, 138, 245, 255), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 3_000, size: "max" }), fc.nat(), fc.nat(), (some, one, other) => {
      const bytes = Uint8Array.from(some);
      const [from, to] = [one % (bytes.length + 1), other % (bytes.length + 1)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      expect(new LineFeeds(bytes).count(from, to)).toBe(bytes.subarray(from, to).filter((each) => each === 10).length);
    }),
    { numRuns: 300 },
  );
});

test("line feeds are counted in short stretches, wherever in its memory the text begins", () => {
  for (const bytes of [new Uint8Array(20), new Uint8Array(new ArrayBuffer(40), 8, 21)]) {
    const feeds = new LineFeeds(bytes.fill(10));
    for (let from = 0; from < 10; from++) {
      for (let to = from; to <= bytes.length; to++) expect(feeds.count(from, to)).toBe(to - from);
    }
  }
});
