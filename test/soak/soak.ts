import fc from "fast-check";
import { taken } from "./judge";
import { play } from "./play";
import { type Scenario, scenarios } from "./program";
import type { Stack } from "./stack";
import type { World } from "./world";

export interface Soak {
  /** As in `--only`. */
  readonly tier: "host" | "engine";
  readonly start: (world: World) => Promise<Stack>;
  readonly seed: number;
  /** At most so many programs. */
  readonly programs: number;
  /** When to begin none any more: milliseconds since 1970. */
  readonly until?: number;
  /** Milliseconds that making a failing program shorter may take. */
  readonly shrinking?: number;
}

/** Of a program, at most. On the engine a step takes seconds. */
const STEPS = { host: 40, engine: 18 };

/** Plays random programs, each with a seed of its own, until one is not as predicted: that is made short, and thrown. */
export async function soak({
  tier,
  start,
  seed,
  programs,
  until = Number.POSITIVE_INFINITY,
  shrinking = 600_000,
}: Soak): Promise<void> {
  let next = seed;
  let shrinkUntil = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(scenarios(STEPS[tier]), async (scenario) => {
    if (Date.now() > shrinkUntil) return;
    await play(scenario, start).catch((error) => {
      if (shrinkUntil === Number.POSITIVE_INFINITY) {
        shrinkUntil = Date.now() + shrinking;
        tell(`${tier}: a program is not as predicted, --seed=${next}: ${error.message}\nIt is made shorter`);
      }
      throw error;
    });
  });
  let told = Date.now();
  for (let count = 0; count < programs && Date.now() < until; count++) {
    const result = await fc.check(property, { seed: scrambled(next), numRuns: 1, unbiased: true });
    if (result.failed) {
      const [scenario] = result.counterexample ?? [];
      const error =
        result.errorInstance instanceof Error ? result.errorInstance : new Error(String(result.errorInstance));
      throw new Error(
        `program ${count + 1} is not as predicted, made shorter ${result.numShrinks} times:\n` +
          `${scenario && written(scenario)}\n\n${error.name === "Disagreement" ? error.message : error.stack}\n\n` +
          `Again: npm run test:soak -- --only ${tier} --seed=${next} --programs 1`,
      );
    }
    next = after(next);
    if (Date.now() - told > 60_000) {
      told = Date.now();
      tell(`${tier}: ${done()} so far`);
    }
  }
  tell(`${tier}: ${done()}, 0 disagreements`);
}

function done(): string {
  const { programs, steps, runs, deletes, skipped } = taken;
  return `${programs} programs, ${steps} steps, ${runs} runs, ${deletes} DELETEs${skipped > 0 ? `, ${skipped} too slow to judge` : ""}`;
}

/** At once: what goes through `console` is kept until a file's tests have ended. */
function tell(text: string): void {
  process.stdout.write(`soak ${text}\n`);
}

function written({ behaviour, steps }: Scenario): string {
  return [
    `behaviour ${JSON.stringify(behaviour)}`,
    ...steps.map((step, index) => `${index + 1}. ${JSON.stringify(step)}`),
  ].join("\n");
}

/** The seed of the next program: from any, all come. */
const after = (seed: number): number => (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;

/** Neighbouring seeds would give like programs. */
function scrambled(seed: number): number {
  let bits = seed | 0;
  for (const multiplier of [0x85ebca6b, 0xc2b2ae35]) bits = Math.imul(bits ^ (bits >>> 15), multiplier);
  return bits ^ (bits >>> 16);
}
