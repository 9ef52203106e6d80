import { identifyTokens } from "../../../../provider/tokens/findTokens";
import { publicPortion, UNKNOWN } from "../../../../provider/tokens/tokenIds";
import { NOTATIONS } from "./notations";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
/** Datadog's own sample id. */
const ID = "00000000-0000-1234-0000-000000000000";
const PORTION = "000000000Qdww5P8dQtGsa";
const VALUE = `ddpat_${PORTION}_${SECRET}`;
const FOUND = { tokenId: ID, kind: "personal", publicPortion: PORTION };

test.each(Object.entries(NOTATIONS))("a value in %s is found, when all its characters are or one alone", (_, write) => {
  expect(identifyTokens(`x ${[...VALUE].map(write).join("")} x`)).toEqual([FOUND]);
  for (const character of VALUE.slice(0, 12)) {
    expect(identifyTokens(`"${VALUE.replaceAll(character, write)}"`)).toEqual([FOUND]);
  }
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

test("what is no string is refused without being repeated", () => {
  expect(() => identifyTokens([VALUE] as unknown as string)).toThrow("identifyTokens takes a string or a Uint8Array");
});

const wide = (text: string, stride: number): Buffer =>
  Buffer.concat([...text].map((character) => Buffer.concat([Buffer.from(character), Buffer.alloc(stride - 1)])));

test.each([
  ["zero bytes before it, as a truncated log has", Buffer.concat([Buffer.alloc(5_001), Buffer.from(`x ${VALUE}\n`)])],
  ["a length before it and a zero behind it", Buffer.concat([Buffer.from([65, 0, 0, 0]), Buffer.from(`${VALUE}\0a`)])],
  ["UTF-16 behind UTF-8", Buffer.concat([Buffer.from("log\n"), Buffer.from(`\ufeffkey=${VALUE}\r\n`, "utf16le")])],
  ["UTF-8 behind UTF-16", Buffer.concat([Buffer.from("\ufefflog\n", "utf16le"), Buffer.from(`key=${VALUE}\r\n`)])],
  ["big-endian UTF-16 among other letters", Buffer.from(`鍵${VALUE}鍵`, "utf16le").swap16()],
  ["UTF-16 in JSON's escapes", Buffer.from(VALUE.replaceAll("_", "\\u005f"), "utf16le")],
  ["UTF-32", wide(VALUE, 4)],
  [
    "bytes that are no text",
    Buffer.concat([Buffer.of(0xff, 0xfe, 0, 0x80), Buffer.from(VALUE), Buffer.of(0x80, 0, 0xff)]),
  ],
])("in bytes, a value is found in %s", (_, bytes) => {
  expect(identifyTokens(bytes)).toEqual([FOUND]);
});

test("a value in UTF-16 is found at every offset, in either order", () => {
  for (let offset = 0; offset < 5; offset++) {
    for (const text of [Buffer.from(VALUE, "utf16le"), Buffer.from(VALUE, "utf16le").swap16()]) {
      expect(identifyTokens(Buffer.concat([Buffer.alloc(offset, "a"), text, Buffer.from("a")]))).toEqual([FOUND]);
    }
  }
});

test("characters with something else than zeros between them are no value", () => {
  const bytes = wide(VALUE, 2);
  bytes[61] = 1;
  expect(identifyTokens(bytes)).toEqual([]);
});
