import { DIGITS } from "./arguments";
import { Disagreement, Judge, type Predicted, taken } from "./judge";
import { Model } from "./model";
import type { Recorded } from "./prediction";
import {
  type Access,
  type Declaration,
  type Program,
  type Run,
  resolve,
  type Scenario,
  type Step,
  TOKENS,
  type TokenNumber,
  type Trouble,
} from "./program";
import type { Stack, Stored } from "./stack";
import { kindOf, World } from "./world";

const tokens = Array.from({ length: TOKENS }, (_, token) => token);

/** A machine so slow that a request to this process met its time limit: nobody can predict which. */
class Inconclusive extends Error {}
const TOO_SLOW = /it took too long/;

/** Plays a scenario against a new account, and compares after each run what was predicted with what is. */
export async function play({ behaviour, steps }: Scenario, start: (world: World) => Promise<Stack>): Promise<void> {
  const world = await World.start(behaviour);
  try {
    const stack = await start(world);
    try {
      const player = new Player(world, stack, behaviour);
      for (const [index, step] of steps.entries()) {
        taken.steps++;
        await player.take(step).catch((error) => {
          throw error instanceof Disagreement ? new Disagreement(`step ${index + 1}: ${error.message}`) : error;
        });
      }
      taken.programs++;
    } catch (error) {
      if (!(error instanceof Inconclusive)) throw error;
      taken.skipped++;
    } finally {
      await stack.dispose();
    }
  } finally {
    await world.stop();
  }
}

class Player {
  #declared: Program = {};
  #access: Access = "all";
  #troubles: Trouble[] = [];
  #recorded = new Map<string, Recorded>();
  #stored = new Map<string, Stored>();

  constructor(
    private readonly world: World,
    private readonly stack: Stack,
    private readonly behaviour: Scenario["behaviour"],
  ) {}

  async take(step: Step): Promise<void> {
    if ("declare" in step) {
      const { [step.declare]: _, ...others } = this.#declared;
      this.#declared = step.as ? { ...others, [step.declare]: step.as } : others;
    } else if ("token" in step) this.world.change(step.token, step.becomes);
    else if ("access" in step) this.#access = step.access;
    else if ("run" in step) await this.#run(step.run);
    // One at a time of a kind, or nobody could say which of them a retry meets.
    else if (!this.#troubles.some(({ on }) => on === step.trouble.on)) this.#troubles.push(step.trouble);
  }

  async #run(run: Run): Promise<void> {
    const program = resolve(this.#declared, (token) => kindOf(token).group);
    const before = { alive: this.#alive(), requests: this.world.simulator.requests().length };
    const model = new Model(before.alive, this.behaviour, this.#access, this.#troubles);
    const predictions = this.#predict(run, program, model);
    if (model.takesLong) {
      taken.skipped++;
      return;
    }
    const removals = this.#troubles.map((trouble) => this.world.trouble(trouble));
    const ran = await this.stack.run(run, program, this.#access);
    for (const remove of removals) remove();
    this.#troubles = [];
    this.#access = "all";
    taken.runs++;
    if (TOO_SLOW.test(ran.printed)) throw new Inconclusive();

    const state = new Map((await this.stack.state()).map((stored) => [stored.name, stored]));
    const requests = this.world.simulator.requests(before.requests);
    const judge = new Judge(run, before.alive, this.#alive(), requests, ran, this.#recorded, this.#stored);
    this.#recorded = judge.judge(predictions, state);
    this.#stored = state;
    const kept = `${this.stack.stored()}\n${ran.printed}`;
    for (const secret of this.world.secrets()) {
      if (kept.includes(secret)) throw new Disagreement(`${run} keeps or prints the secret ${secret}`);
    }
    this.world.settle();
  }

  #alive(): Set<TokenNumber> {
    return new Set(tokens.filter((token) => this.world.isAlive(token)));
  }

  #predict(run: Run, program: Program, model: Model): Map<string, Predicted> {
    if (run === "destroy") return new Map();
    if (run === "refresh") {
      return new Map(
        [...this.#recorded].map(([name, recorded]) => [name, { as: recorded.as, ...model.refresh(recorded) }]),
      );
    }
    const declared = Object.values(program).flatMap((as) =>
      as.type === "batch" ? as.tokens : as.type === "revocation" ? [as.token] : [],
    );
    model.contested = new Set(declared);
    const resources = Object.entries(program).flatMap(([name, as]): [string, Declaration][] =>
      as.type === "batch" ? DIGITS.map((digit) => [`${name}-${digit}`, as]) : [[name, as]],
    );
    return new Map(resources.map(([name, as]) => [name, { as, ...model.up(name, as, this.#recorded.get(name)) }]));
  }
}
