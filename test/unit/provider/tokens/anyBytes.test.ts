import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { findIn } from "../../../../cli/identify/findIn";
import { identifyTokens } from "../../../../provider/tokens/findTokens";
import { publicPortion } from "../../../../provider/tokens/tokenIds";
import { token } from "../../../support/arbitraryToken";
import { fc } from "../../../support/cases";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
/** Datadog's own sample id. */
const ID = "00000000-0000-1234-0000-000000000000";
const VALUE = `ddpat_000000000Qdww5P8dQtGsa_${SECRET}`;
/** Differs from any other's. */
const numbered = (number: number) => {
  const tokenId = `3f2b8c1e-9d47-4a6b-8e05-${number.toString(16).padStart(12, "0")}`;
  return { tokenId, value: `ddpat_${publicPortion(tokenId)}_${SECRET}` };
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "any-bytes-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What the command finds, in pieces of a size. */
async function search(bytes: Uint8Array, size = 64 * 1024) {
  let at = 0;
  const { steps, compression } = await findIn((into) => {
    const piece = bytes.subarray(at, at + Math.min(size, into.length));
    into.set(piece);
    at += piece.length;
    return piece.length;
  });
  const found: string[] = [];
  const lines: number[] = [];
  const nearMisses: string[] = [];
  for await (const step of steps) {
    found.push(...step.found.map(({ tokenId }) => tokenId));
    lines.push(...step.found.map(({ line }) => line));
    nearMisses.push(...step.nearMisses.map(({ kind, token }) => `${kind} ${token?.tokenId}`));
  }
  return { found, lines, nearMisses, compression: compression?.name };
}

const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
const utf32 = (text: string): Buffer =>
  Buffer.concat([...text].map((each) => Buffer.from(Uint32Array.of(each.codePointAt(0) ?? 0).buffer)));

test("in random bytes a value is found at any place, in any width, by the function and by the command in any pieces", async () => {
  const encode = fc.constantFrom<(text: string) => Buffer>(
    Buffer.from,
    utf16,
    (text) => utf16(text).swap16(),
    utf32,
    (text) => utf32(text).swap32(),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 3_000, size: "max" }),
      fc.uint8Array({ maxLength: 300, size: "max" }),
      token,
      encode,
      fc.integer({ min: 1, max: 5_000 }),
      async (before, behind, { value, tokenId }, write, size) => {
        const bytes = Buffer.concat([before, write(value), behind]);
        expect(identifyTokens(bytes).map((each) => each.tokenId)).toEqual([tokenId]);
        expect((await search(bytes, size)).found).toEqual([tokenId]);
      },
    ),
    { numRuns: 200 },
  );
});

test("in a SQLite database values are found; one that two pages share is told as cut", async () => {
  const path = join(folder, "app.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA page_size = 4096; CREATE TABLE settings (name TEXT, value TEXT)");
  const insert = database.prepare("INSERT INTO settings VALUES (?, ?)");
  const rows = Array.from({ length: 200 }, (_, number) => numbered(number));
  for (const { value } of rows) insert.run("token", value);
  // Longer than a page: SQLite lays it over several, whose first four bytes are the number of the next.
  const inLongText = Array.from({ length: 300 }, (_, number) => numbered(1_000 + number));
  insert.run("log", inLongText.map(({ value }) => `key=${value}\n`).join(""));
  database.close();
  const bytes = readFileSync(path);
  const { found: places, nearMisses } = await search(bytes);
  // Pages that SQLite has divided keep copies of what was moved.
  const found = [...new Set(places)];
  expect(identifyTokens(bytes).map(({ tokenId }) => tokenId)).toEqual(found);
  expect(found).toEqual(expect.arrayContaining(rows.map(({ tokenId }) => tokenId)));
  const missed = inLongText.map(({ tokenId }) => tokenId).filter((id) => !found.includes(id));
  expect(missed.length).toBeGreaterThan(0);
  expect(missed.length).toBeLessThanOrEqual(5);
  // Where the cut is behind the public portion, the token is known all the same.
  expect(missed.filter((id) => nearMisses.includes(`cut ${id}`)).length).toBeGreaterThan(0);
});

test("in a tar archive values are found", async () => {
  writeFileSync(join(folder, "a.env"), `DD_APP_KEY=${VALUE}\n`);
  execFileSync("tar", ["-cf", "files.tar", "a.env"], { cwd: folder });
  expect(await search(readFileSync(join(folder, "files.tar")))).toMatchObject({ found: [ID], compression: undefined });
});

const header = (length: number, fields: Record<number, string | number[]>): Buffer => {
  const bytes = Buffer.alloc(length);
  for (const [place, content] of Object.entries(fields)) bytes.set(Buffer.from(content as string), Number(place));
  return bytes;
};
const content = Buffer.from(`DD_APP_KEY=${VALUE}`);

test.each<[string, Buffer, string | undefined]>([
  [
    "a zip archive that stores it",
    Buffer.concat([header(30, { 0: "PK\x03\x04\x0a", 18: [76], 22: [76], 26: [5] }), Buffer.from("a.env"), content]),
    "zip",
  ],
  [
    "an ar archive",
    Buffer.concat([Buffer.from(`!<arch>\na.env/          0           0     0     644     76        \`\n`), content]),
    undefined,
  ],
  [
    "a cpio archive",
    Buffer.concat([
      Buffer.from(`070701${"0".repeat(88)}00000006${"0".repeat(8)}a.env\0\0\0`),
      content,
      Buffer.alloc(4),
    ]),
    undefined,
  ],
])("in %s a value is found", async (_, bytes, compression) => {
  expect(identifyTokens(bytes)).toMatchObject([{ tokenId: ID }]);
  expect(await search(bytes)).toMatchObject({ found: [ID], compression });
});

const text = `first\nsecond\nkey=${VALUE}\n`;

test.each<[string, Buffer, number[]]>([
  ["UTF-16", utf16(text), [3]],
  ["UTF-16 with a mark", utf16(`\ufeff${text}`), [3]],
  ["big-endian UTF-16", utf16(text).swap16(), [3]],
  ["big-endian UTF-16 with a mark", utf16(`\ufeff${text}`).swap16(), [3]],
  ["UTF-16 behind an odd number of bytes", Buffer.concat([Buffer.from("x"), utf16(text)]), [3]],
  ["UTF-32", utf32(`\ufeff${text}`), [3]],
  ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`), [3]],
  // U+4E0A and U+0A15 have a byte that looks like a line feed.
  ["UTF-16 of other letters", utf16(`\ufeff\u4e0a\u6d77\u4e0a\n\u0a15\u0a15\n${VALUE}\n`), [3]],
  ["big-endian UTF-16 of other letters", utf16(`\ufeff\u4e0a\u6d77\u4e0a\n\u0a15\n${VALUE}\n`).swap16(), [3]],
  [
    "UTF-8 that PowerShell appended UTF-16 to",
    Buffer.concat([Buffer.from(`first\n${VALUE}\n`), utf16(`third\r\n${VALUE}\r\n`)]),
    [2, 4],
  ],
  [
    "UTF-16 that UTF-8 was appended to",
    Buffer.concat([utf16(`\ufefffirst\r\n${VALUE}\r\n`), Buffer.from(`third\n${VALUE}\n`)]),
    [2, 4],
  ],
  ["a log that was truncated while it was written", Buffer.concat([Buffer.alloc(300_000), Buffer.from(text)]), [3]],
  ["lines that end in CR LF", Buffer.from(text.replaceAll("\n", "\r\n")), [3]],
  // Only line feeds are counted.
  ["lines that end in CR", Buffer.from(text.replaceAll("\n", "\r")), [1]],
])("in %s values are found in their lines", async (_, bytes, expected) => {
  for (const size of [7, 64 * 1024]) expect(await search(bytes, size)).toMatchObject({ lines: expected });
});

test.each([
  ["gzip", "1f8b0800000000000003"],
  ["zip", "504b03041400"],
  ["zstd", "28b52ffd0458"],
  ["xz", "fd377a585a000004"],
  ["bzip2", "425a6839314159265359"],
  ["7z", "377abcaf271c0004"],
  ["lz4", "04224d186440"],
  ["rar", "526172211a070100"],
  ["compress", "1f9d90"],
  ["zlib, as git's objects", "789c4bca"],
  ["PDF", Buffer.from("%PDF-1.7\n").toString("hex")],
  ["systemd journal", Buffer.from("LPKSHHRH").toString("hex")],
])("%s is named, though a pipe brings it byte by byte", async (name, beginning) => {
  expect(await search(Buffer.from(`${beginning}${"00".repeat(20)}`, "hex"), 1)).toMatchObject({ compression: name });
});

test.each(["BZh9 is a name", "x\x1f\x8b\x08", "PK", "Rar!", "7zip", "%PD"])(
  "%s is no compressed data",
  async (text) => {
    expect(await search(Buffer.from(text))).toMatchObject({ compression: undefined });
  },
);
