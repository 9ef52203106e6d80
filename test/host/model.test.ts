import { play } from "../soak/play";
import type { Step, Trouble } from "../soak/program";
import { SmallEngine } from "../soak/smallEngine";
import { soak } from "../soak/soak";
import type { World } from "../soak/world";

const start = async (world: World) => new SmallEngine(world);

// A piece of `npm run test:soak -- --only host`, which makes a program that fails shorter too.
test("random programs end as a model of Datadog and of the stack predicts", async () => {
  await soak({ tier: "host", start, seed: 1, programs: 12, shrinking: 0 });
}, 300_000);

/** The number of a service account's token, which is revoked, comes back, and is found alive. */
const token = 2;
const cameBack: Step[] = [{ run: "up" }, { token, becomes: "alive" }, { run: "refresh" }];
const hidden = (on: Trouble["on"]): Step => ({ trouble: { on, token, kind: "always403" } });
const one = (args: object): Step => ({ declare: "one", as: { type: "revocation", token, ...args } });

test.each<[string, Step[]]>([
  ["when nobody may look", [one({}), ...cameBack, hidden("GET"), { run: "up" }]],
  [
    "in a batch",
    [
      { declare: "batch", as: { type: "batch", tokens: [token] } },
      ...cameBack,
      hidden("GET"),
      hidden("list"),
      { run: "up" },
    ],
  ],
  ["when it is gone again", [one({ byValue: true }), ...cameBack, { token, becomes: "dead" }, { run: "up" }]],
])("a service account's token that came back goes by its account's path again: %s", async (_, steps) => {
  await play({ behaviour: { strict: false, again204: false, lingers: false }, steps }, start);
});
