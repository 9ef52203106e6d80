import { duration } from "../../../../../cli/audit/html/units";

test.each([
  [0.25, "0.3 s"],
  [59.6, "1 min"],
  [61, "1 min 1 s"],
  [3599.6, "1 h"],
  [8040, "2 h 14 min"],
  [86_399, "1 d"],
  [304_314, "3 d 12 h"],
  [-5, "−5 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
