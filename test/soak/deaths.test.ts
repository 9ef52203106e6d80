import { type Cost, dieAndResume } from "../support/deaths";
import type { Role } from "../support/engine";
import { asked } from "./asked";

/** Apart and together. */
const victims: readonly (readonly Role[])[] = [
  ["engine"],
  ["host"],
  ["program"],
  ["engine", "host"],
  ["engine", "program"],
  ["host", "program"],
  ["engine", "host", "program"],
];

test("kills at random moments of a batch lose nothing but two shards' provenance", async () => {
  const costs: Cost[] = [];
  const failures: string[] = [];
  for (let index = 0; index < (asked.programs ?? 50) && Date.now() < asked.until; index++) {
    const seed = asked.seed + index;
    const who = victims[seed % victims.length] ?? [];
    const name = `Kill of ${who.join(", ")}, --seed=${seed}`;
    try {
      const cost = await dieAndResume(seed, who);
      costs.push(cost);
      say(`${name}: ${JSON.stringify(cost)}`);
    } catch (error) {
      const failure = `${name}: ${error instanceof Error ? error.message : error}`;
      failures.push(failure);
      say(failure);
    }
  }
  const worst = (name: "lost" | "after"): number => Math.max(...costs.map((cost) => cost[name]));
  say(
    `${costs.length} kills: at worst ${worst("lost")} tokens' provenance lost, ${worst("after")} DELETEs after a death`,
  );
  expect(failures).toEqual([]);
  expect(costs.length).toBeGreaterThan(0);
});

/** At once, where jest's own console would wait for the end. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
