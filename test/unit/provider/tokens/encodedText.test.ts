import { layers } from "../../../../provider/tokens/encodedText";

const texts = (text: string): string[] => [...layers(text)].map((layer) => layer.text);

test("plain text has one layer, and each character its place", () => {
  const [layer, ...more] = [...layers("as it is")];
  expect(layer?.text).toBe("as it is");
  expect(layer?.place(5)).toBe(5);
  expect(more).toEqual([]);
});

test.each([
  ["a\\u005fb", "a_b"],
  ["a\\x5Fb", "a_b"],
  [`a${"\\".repeat(32)}_b`, "a_b"],
  ["a%5fb", "a_b"],
  ["a%25255Fb", "a_b"],
  ["a%u005fb", "a_b"],
  ["a&#95;b", "a_b"],
  ["a&amp;amp;#095;b", "a_b"],
  ["a&#x5F;b", "a_b"],
  ["a\x1b[38;5;1mb\x1b[0m", "ab"],
  ["a\x1b(Bb", "ab"],
  ["a\\e[1mb", "a\x1b[1mb"],
  ["a\\033[1mb", "a\x1b[1mb"],
  ["%21%7e%1b", "!~\x1b"],
  ["&#33;&#126;&#27;", "!~\x1b"],
])("%j stands for %j", (text, inner) => {
  expect(texts(text)[1]).toBe(inner);
});

test.each([
  "%20 %7f %00 %1a %1c %c3%a4",
  "&#32; &#127; &#128; &#160;",
  "\\u0020 \\u007f \\u000a \\u00e4",
  "100% of %zz, \\n, \\, &amp; &#9; &#x5; &#1234; and \\e alone",
])("%j is left as it is", (text) => {
  expect(texts(text)).toEqual([text]);
});

test("layers are taken off one by one, four at the most", () => {
  expect(texts("%2525255F")).toEqual(["%2525255F", "_"]);
  // A percent sign that was written in JSON, and that in HTML.
  expect(texts("&#92;u00255f")).toEqual(["&#92;u00255f", "\\u00255f", "%5f", "_"]);
  const nested = "&#38;#38;#38;#38;#38;#38;#95;";
  expect(texts(nested)).toEqual([nested, ...[5, 4, 3, 2].map((left) => `&${"#38;".repeat(left)}#95;`)]);
});

test.each([
  ["a%5F\x1b[1mé\\\\x5f日&#x05f;", "a_é_日_", [0, 1, 8, 9, 14, 15, 22]],
  ["\x1b(B\\u005f%5F b\x1b[1m", "__ b", [3, 9, 12, 13, 18]],
  ["x&#37;5Fy&#37;5Fz", "x_y_z", [0, 1, 8, 9, 16, 17]],
])("each character of %j knows where it begins in the text around, however many layers there are", (...row) => {
  const [outer, inner, places] = row;
  const layer = [...layers(outer)].at(-1);
  expect(layer?.text).toBe(inner);
  expect(places.map((_, index) => layer?.place(index))).toEqual(places);
});
