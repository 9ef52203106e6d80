import type * as pulumi from "@pulumi/pulumi";
import { Engine, type LogLine } from "./hostEngine";
import { startInProcess } from "./hostInProcess";
import { startPlugin, startPluginRun } from "./hostPlugin";
import { startProcess, startRun } from "./hostProcess";

/** What stands in for a value that is not known yet, in previews. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Record<string, unknown>;

/** How the engine learns that a call failed. */
export class HostError extends Error {
  constructor(
    message: string,
    /**
     * What is to be recorded all the same: the act happened, but something about it failed. Here `__provider` is
     * among the properties, and has to be: without it the engine could not call the host about the record again.
     */
    readonly partial?: { readonly id: string; readonly properties: Properties; readonly reasons: string[] },
  ) {
    super(message);
  }
}

export interface HostOptions {
  /** The host module: what follows the package's name. */
  readonly module?: string;
  /** The stack's configuration, as the engine hands it to the host: decrypted. */
  readonly config?: Record<string, string>;
  /** Added to the host's environment. */
  readonly env?: Record<string, string>;
  /** For what only a process shows: how it finds the engine, what it prints, how it ends. It takes a second or two. */
  readonly ownProcess?: boolean;
  /** What the engine puts before its address in the arguments of that process. */
  readonly flags?: readonly string[];
  /** Of another host, to share its log; one of its own by default. */
  readonly engine?: Engine;
}

/** What each way to start a host needs to know. */
export interface Start extends Required<Pick<HostOptions, "config" | "env" | "flags">> {
  /** The engine's. */
  readonly address: string;
}

/** The engine's calls. What they take and give is marshalled as by the engine, and `__provider` is among it. */
export type Calls = Required<Omit<pulumi.dynamic.ResourceProvider, "configure" | "diff">> & {
  diff(id: string, olds: Properties, news: Properties): Promise<Difference>;
};

export type Difference = Required<Omit<pulumi.dynamic.DiffResult, "stables">>;

/** A started host, whichever way. */
export interface Started {
  /** How one of its providers is called, and what is stored of it with every resource, among inputs and outputs. */
  provider(module: string): { readonly calls: Calls; readonly inputs: Properties; readonly outputs: Properties };
  /** What was written to standard output and error so far. */
  printed(): Promise<string>;
  /** Its exit status, when it has ended by itself. */
  ended(): Promise<number | null>;
  /** Ends what is this host's alone. */
  kill(): Promise<void>;
}

declare global {
  /** Set by the tests with mutants, which have to see what the host does. */
  var hostsAreInProcess: boolean | undefined;
  /** Set in jest.config.mjs, for the tests that run through the provider plugin. */
  var face: "plugin" | undefined;
}

/** Whether the tests reach the handlers through the provider plugin, and not as dynamic resources. */
export const isPlugin = globalThis.face === "plugin";

/** What a user calls a setting of the stack's configuration. */
export function configKey(setting: string): string {
  return `${isPlugin ? "datadog-revocation" : "datadog"}:${setting}`;
}

/**
 * Starts what the engine starts for dynamic providers in each run, with the packed package; or the provider plugin, in
 * the jest project of that name, which it is to be told from in as little as possible. It is in a process that the hosts
 * of a test file share, unless it is to be its own. The calls below are the engine's; each is rejected with a HostError
 * when the host answers with an error. Whatever a test does, all of them are ended after the last test of its file.
 *
 *     const host = await startHost({ config: { "datadog:apiUrl": simulator.url } });
 *     const { inputs } = await host.check({}, { tokenId });
 *     const { id, properties } = await host.create(inputs);
 */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { module = "host/tokenRevocation", config = {}, env = {}, flags = [], ownProcess = flags.length > 0 } = options;
  const engine = options.engine ?? (await Engine.start());
  const start = starting(ownProcess);
  return new Host(await start({ config, env, flags, address: engine.address }), engine, module);
}

function starting(ownProcess: boolean): (start: Start) => Promise<Started> {
  if (globalThis.hostsAreInProcess) return startInProcess;
  if (isPlugin) return ownProcess ? startPlugin : startPluginRun;
  return ownProcess ? startProcess : startRun;
}

export class Host {
  readonly #calls: Calls;
  /** Adds what is stored with every resource; unless it is there, as another release of the package left it. */
  readonly #inputs: (properties: Properties) => Properties;
  readonly #outputs: (properties: Properties) => Properties;

  constructor(
    private readonly started: Started,
    readonly engine: Engine,
    module: string,
  ) {
    const { calls, inputs, outputs } = started.provider(module);
    this.#calls = calls;
    this.#inputs = (properties) => ({ ...inputs, ...properties });
    this.#outputs = (properties) => ({ ...outputs, ...properties });
  }

  /** The same run's provider of other resources. */
  of(module: string): Host {
    return new Host(this.started, this.engine, module);
  }

  /** `olds`: the inputs in state, empty before a create. */
  async check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: pulumi.dynamic.CheckFailure[] }> {
    const isNew = Object.keys(olds).length === 0;
    const { inputs, failures = [] } = await this.#calls.check(isNew ? {} : this.#inputs(olds), this.#inputs(news));
    return { inputs: plain(inputs), failures };
  }

  /** `olds`: the outputs in state; `news`: what check returned. */
  async diff(id: string, olds: Properties, news: Properties): Promise<Difference> {
    return this.#calls.diff(id, this.#outputs(olds), this.#inputs(news));
  }

  async create(inputs: Properties): Promise<{ id: string; properties: Properties }> {
    const { id, outs } = await reported(this.#calls.create(this.#inputs(inputs)));
    return { id, properties: plain(outs) };
  }

  /** As in a refresh: `properties` are the outputs in state. */
  async read(id: string, properties: Properties): Promise<{ id: string; properties: Properties; inputs: Properties }> {
    const read = await this.#calls.read(id, this.#outputs(properties));
    return { id: read.id as string, properties: plain(read.props), inputs: plain(read.inputs) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ properties: Properties }> {
    const { outs } = await reported(this.#calls.update(id, this.#outputs(olds), this.#inputs(news)));
    return { properties: plain(outs) };
  }

  async delete(id: string, properties: Properties): Promise<void> {
    await this.#calls.delete(id, this.#outputs(properties));
  }

  /** What the host told the engine to show, so far. */
  logs(): readonly LogLine[] {
    return this.engine.logs;
  }

  /** What a user would see as lines of the stack besides: all that was written to its standard output and error. */
  printed(): Promise<string> {
    return this.started.printed();
  }

  /** The engine is gone from now on, as after a kill: connections to it are refused. The host lives on. */
  killEngine(): void {
    this.engine.kill();
  }

  /** When the host has ended by itself: its exit status. */
  ended(): Promise<number | null> {
    return this.started.ended();
  }

  kill(): Promise<void> {
    return this.started.kill();
  }
}

/**
 * A sweep of which a part failed: its class fails the program for it, and outside TypeScript the plugin fails the act.
 * What is recorded is the same.
 */
async function reported<Answer extends object>(
  act: Promise<Answer>,
): Promise<Answer | { id: string; outs: Properties }> {
  return act.catch((error) => {
    const { id, properties } = (error as HostError).partial ?? {};
    const failures = properties?.failures as readonly unknown[] | undefined;
    if (!isPlugin || id === undefined || !properties || !failures || failures.length === 0) throw error;
    return { id, outs: properties };
  });
}

function plain({ __provider, ...own }: Properties = {}): Properties {
  return own;
}
