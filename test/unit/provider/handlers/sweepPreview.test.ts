import type { SweepArguments } from "../../../../provider/core/arguments";
import { Messages } from "../../../../provider/core/messages";
import { select } from "../../../../provider/core/selection";
import { SweepPreviews } from "../../../../provider/handlers/sweepPreview";
import { listener } from "../core/sessionFor";

const nothing = select([], {});

test("each sweep is shown once a run, also when nothing matches, and its values in short", async () => {
  const { lines, ...sink } = listener();
  const previews = new SweepPreviews(new Messages(sink));
  const one: SweepArguments = { where: { unusedFor: "90d", kind: "service" } };
  const other: SweepArguments = { where: { scopes: ["a", "b", "c", "d"] } };
  const exactly: SweepArguments = { where: { scopes: ["a", "b", "c"] } };
  await Promise.all([one, other, one, exactly].map((args) => previews.show(args, nothing, [])));
  expect(lines).toEqual(
    ["unusedFor 90d; kind service", "scopes a, b, c, …", "scopes a, b, c"].map(
      (criteria) => `INFO TokenSweep (${criteria}): 0 of 0 tokens of 0 owners that these credentials can see match`,
    ),
  );
});
