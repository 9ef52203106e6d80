import type { SweepArguments } from "../../../../provider/core/arguments";
import { select } from "../../../../provider/core/selection";
import { report } from "../../../../provider/handlers/sweepPreview";

let said: string[] = [];
const argv = process.argv;

beforeEach(() => {
  said = [];
  // Without an engine messages go to the console.
  process.argv = argv.slice(0, 2);
  jest.spyOn(console, "error").mockImplementation((line) => said.push(line));
});
afterEach(() => {
  process.argv = argv;
  jest.restoreAllMocks();
});

const nothing = select([], {});

test("each rule is reported once a run, also when nothing matches, and its values in short", async () => {
  const one: SweepArguments = { where: { unusedFor: "90d", kind: "service" } };
  const other: SweepArguments = { where: { scopes: ["a", "b", "c", "d"] } };
  const exactly: SweepArguments = { where: { scopes: ["a", "b", "c"] } };
  for (const args of [one, other, one, exactly]) await report(args, nothing, []);
  expect(said).toEqual(
    ["unusedFor 90d; kind service", "scopes a, b, c, …", "scopes a, b, c"].map(
      (rule) => `TokenSweep (${rule}): 0 of 0 tokens of 0 owners that these credentials can see match`,
    ),
  );
});
