import { DurationError, inWords, parseDuration } from "../../../../provider/text/durations";

const DAY = 86_400_000;

test.each([
  ["0s", 0],
  ["90s", 90_000],
  ["5m", 300_000],
  ["36h", 129_600_000],
  ["007d", 7 * DAY],
  ["2w", 14 * DAY],
  ["365000d", 365_000 * DAY],
])("a duration of %s is understood", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  ...["90", "-1d", "9 0d", "1.5d", "", "d", "90D", " 90d", "90d "],
  ...["90days", "1d2h", "1e3d", "0x1d", "９d", "90d\n"],
])("a duration of %j is refused, with one that works", (text) => {
  expect(() => parseDuration(text)).toThrow(DurationError);
  expect(() => parseDuration(text)).toThrow(/^is not a duration: .*"90d"$/);
});

test.each(["365001d", "99999999999999999999w", `${"9".repeat(400)}s`])("a duration of %s is too long", (text) => {
  expect(() => parseDuration(text)).toThrow("is longer than a thousand years");
});

test.each([
  [-5, "0s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [DAY - 1, "23h"],
  [400 * DAY, "400d"],
])("%s ms are %s in words", (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
