import { type Host, HostError, type HostOptions, type Properties, startHost } from "../support/host";
import { QUICK } from "../support/hosted";
import { endShared } from "../support/hostProcess";
import { type Registered, registered } from "./arguments";
import type { Access, Program, Run } from "./program";
import type { Ran, Stack, Stored } from "./stack";
import type { World } from "./world";

interface Resource extends Stored {
  readonly module: Registered["module"];
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A run that ends here. */
class Failed extends Error {}

/** After so many runs a process has had enough. */
const RUNS = 400;
let runs = 0;
/** The one engine that shows what all runs say. */
let engine: HostOptions["engine"];

/**
 * As much of the engine as a stack needs: it calls the real provider's process in the engine's order, one resource after
 * the other, and keeps what it answers. Each run is a host of its own.
 */
export class SmallEngine implements Stack {
  readonly #resources = new Map<string, Resource>();
  #said: string[] = [];

  constructor(private readonly world: World) {}

  async run(run: Run, program: Program, access: Access): Promise<Ran> {
    this.#said = [];
    const all = Object.entries(program).flatMap(([name, as]) => registered(name, as, this.world));
    try {
      if (run === "refresh") await this.#refresh(access);
      else if (run === "destroy") await this.#destroy([...this.#resources.values()], access);
      else {
        if (run !== "upAtOnce") await this.#preview(all, access);
        if (run !== "preview") await this.#up(all, access);
      }
      return { succeeded: true, printed: this.#said.join("\n") };
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      return { succeeded: false, printed: this.#said.join("\n") };
    }
  }

  async state(): Promise<Stored[]> {
    return [...this.#resources.values()];
  }

  stored(): string {
    return JSON.stringify([...this.#resources.values()]);
  }

  async dispose(): Promise<void> {}

  async #preview(all: readonly Registered[], access: Access): Promise<void> {
    const engine = await this.#begin(access);
    for (const each of all) {
      const old = this.#resources.get(each.name);
      const inputs = await engine.check(each, old?.inputs);
      if (old) await engine.of(each).diff(old.id, old.outputs, inputs);
    }
    engine.end();
  }

  async #up(all: readonly Registered[], access: Access): Promise<void> {
    const engine = await this.#begin(access);
    let hasFailures = false;
    for (const each of all) {
      await this.#step(each, engine);
      const { failures = [] } = (this.#resources.get(each.name)?.outputs ?? {}) as { failures?: { message: string }[] };
      // The component says them, and the deployment fails at its end.
      for (const { message } of failures) this.#said.push(message);
      hasFailures ||= failures.length > 0;
    }
    engine.end();
    if (hasFailures) throw new Failed();
    const names = new Set(all.map(({ name }) => name));
    const left = [...this.#resources.values()].filter(({ name }) => !names.has(name));
    await this.#destroy(left, access);
  }

  async #step(each: Registered, engine: Engine): Promise<void> {
    const old = this.#resources.get(each.name);
    const create = async (inputs: Properties): Promise<void> => {
      const made = await engine.try(() => engine.of(each).create(inputs));
      this.#resources.set(each.name, { ...each, id: made.id, inputs, outputs: made.properties });
    };
    const inputs = await engine.check(each, old?.inputs);
    if (!old) return create(inputs);
    const { changes, replaces } = await engine.of(each).diff(old.id, old.outputs, inputs);
    if (replaces.length > 0) {
      await create(await engine.check(each, undefined));
      await engine.of(old).delete(old.id, old.outputs);
    } else if (changes) {
      const { properties } = await engine.try(() => engine.of(each).update(old.id, old.outputs, inputs));
      this.#resources.set(each.name, { ...old, inputs, outputs: properties });
    } else {
      this.#resources.set(each.name, { ...old, inputs });
    }
  }

  async #refresh(access: Access): Promise<void> {
    const engine = await this.#begin(access);
    for (const old of this.#resources.values()) {
      const read = await engine.of(old).read(old.id, old.outputs);
      if (read.id !== old.id) throw new Error(`a refresh makes ${old.id} ${read.id}`);
      this.#resources.set(old.name, { ...old, inputs: read.inputs, outputs: read.properties });
    }
    engine.end();
  }

  async #destroy(resources: readonly Resource[], access: Access): Promise<void> {
    const engine = await this.#begin(access);
    for (const old of resources) {
      await engine.of(old).delete(old.id, old.outputs);
      this.#resources.delete(old.name);
    }
    engine.end();
  }

  /** One run, in which the package remembers nothing of those before. */
  async #begin(access: Access): Promise<Engine> {
    if (++runs % RUNS === 0) await endShared();
    const { DD_API_KEY, DD_APP_KEY, DD_BEARER_TOKEN } = this.world.credentials(access);
    const config = {
      "datadog:apiUrl": this.world.simulator.url,
      ...(DD_API_KEY && { "datadog:apiKey": DD_API_KEY }),
      ...(DD_APP_KEY && { "datadog:appKey": DD_APP_KEY }),
      ...(DD_BEARER_TOKEN && { "datadog:bearerToken": DD_BEARER_TOKEN }),
      ...QUICK,
    };
    const host = await startHost({ config, ...(engine && { engine }) });
    engine = host.engine;
    return new Engine(host, this.#said);
  }
}

/** The engine in one run. */
class Engine {
  readonly #logged: number;

  constructor(
    private readonly host: Host,
    private readonly said: string[],
  ) {
    this.#logged = host.logs().length;
  }

  of({ module }: { module: Registered["module"] }): Host {
    return this.host.of(module);
  }

  async check(each: Registered, olds: Properties = {}): Promise<Properties> {
    const { inputs, failures } = await this.of(each).check(olds, each.inputs);
    if (failures.length === 0) return inputs;
    this.said.push(...failures.map(({ reason }) => reason));
    this.end();
    throw new Failed();
  }

  /** A call that may fail. */
  async try<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof HostError) || error.partial) throw error;
      this.said.push(error.message);
      this.end();
      throw new Failed();
    }
  }

  end(): void {
    const lines = this.host.logs().slice(this.#logged);
    this.said.push(...lines.map(({ message }) => message));
  }
}
