import { plainLine, sentence } from "../../../../provider/text/plainLine";

const VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");

describe("a plain line", () => {
  test.each([
    ["one\r\ntwo\n\nthree", "one two three"],
    ["\u001b[31mred\u001b[0m", "[31mred [0m"],
    ["\u009b2Jcleared", "2Jcleared"],
    ["a\u2028b\u2029c\u0085d\u0000e", "a b c d e"],
    ["  as it is: «é» 日本 \n", "as it is: «é» 日本"],
    [`leaked ${VALUE}!`, "leaked ddpat_1vCPtzKGJML79G0rwH3qpw_[redacted]!"],
  ])("of %j is %j", (text, line) => {
    expect(plainLine(text)).toBe(line);
  });
});

test.each<[unknown, string]>([
  [new Error(" of two\nlines "), "of two lines"],
  ["only a text", "only a text"],
  [undefined, "undefined"],
])("%p is said as %j", (error, said) => {
  expect(sentence(error)).toBe(said);
});
