import { findIn } from "../../../../cli/identify/findIn";
import { reader } from "../../../../cli/identify/inputFiles";
import type { Occurrence } from "../../../../cli/identify/tokenFinder";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

async function occurrencesIn(pieces: Iterable<Uint8Array>): Promise<Occurrence[]> {
  const occurrences: Occurrence[] = [];
  for await (const { found } of findIn(reader(comingOneByOne(pieces)))) occurrences.push(...found);
  return occurrences;
}

async function* comingOneByOne(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

const bigEndian = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

const ENCODINGS: Record<string, (text: string) => Buffer> = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-8 with a mark": (text) => Buffer.from(`\ufeff${text}`),
  "UTF-16LE": (text) => Buffer.from(text, "utf16le"),
  "UTF-16LE with a mark": (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
  "UTF-16BE": bigEndian,
  "UTF-16BE with a mark": (text) => bigEndian(`\ufeff${text}`),
  "Latin-1": (text) => Buffer.from(text, "latin1"),
};

test.each(Object.entries(ENCODINGS))("%s is read in pieces of any size", async (_, encode) => {
  const line = fc.constantFrom("", "a log line", "ein häufiges Wort", "\r", "20 % of it\\n");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(line, { minLength: 1 }), token), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 10 }),
      async (parts, cuts) => {
        const lines = parts.flatMap(([before, { value }]) => [...before, `key=${value}`]);
        const bytes = encode(lines.join("\n"));
        const places = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        const expected = lines.flatMap((text, index) => {
          const part = parts.find(([, { value }]) => text === `key=${value}`);
          return part ? [{ tokenId: part[1].tokenId, line: index + 1 }] : [];
        });
        expect((await occurrencesIn(pieces)).map(({ tokenId, line }) => ({ tokenId, line }))).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});

test.each(["UTF-16LE", "UTF-16BE"])(
  "%s without a mark is known although some characters have their zero on the other side",
  async (encoding) => {
    const value = ["ddpat_000000000Qdww5P8dQtGsa", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].join("_");
    const bytes = ENCODINGS[encoding]?.(`deployed \u{1f600}\u3000Āda\n${value}`) ?? Buffer.of();
    expect(await occurrencesIn([bytes])).toEqual([expect.objectContaining({ line: 2 })]);
  },
);

test.each([
  ["a zero byte", Buffer.from("text\0text")],
  ["zero bytes on both sides", Buffer.from("\0\0a\0\0")],
  ["a program", Buffer.from("7f454c4602010100000000000000000003003e00", "hex")],
  ["an image", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
  ["UTF-32", Buffer.from("fffe000064000000", "hex")],
])("%s makes a file binary", async (_, bytes) => {
  await expect(occurrencesIn([bytes])).rejects.toThrow("binary");
});

test("a gigabyte's worth of pieces without a line break needs no more memory than one piece", async () => {
  const value = ["ddpat_000000000Qdww5P8dQtGsa", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"].join("_");
  const piece = Buffer.from("no line break here ".repeat(60_000));
  function* pieces(): Generator<Uint8Array> {
    for (let count = 0; count < 100; count++) yield piece;
    yield Buffer.from(value);
  }
  const before = process.memoryUsage().arrayBuffers;
  expect(await occurrencesIn(pieces())).toEqual([expect.objectContaining({ line: 1 })]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});
