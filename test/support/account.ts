import { setTimeout as sleep } from "node:timers/promises";
import type { SimulatedToken, Simulator, SimulatorOptions } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project, type ProjectOptions } from "./engine";
import { simulate } from "./simulator";
import { unheld } from "./unheld";

const imports = `
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation, TokenRevocationBatch, TokenSweep } from "pulumi-datadog-revocation";
`;

/** A user's project and a local Datadog, whose keys stand in the stack's configuration. */
export interface Account {
  readonly simulator: Simulator;
  readonly project: Project;
  /** The organization's personal tokens. */
  readonly tokens: readonly SimulatedToken[];
  /** Replaces the program. */
  setProgram(body: string): void;
  /** What was sent since the last call, look-ups of owners aside, in order: `"DELETE 204"`. */
  sent(): string[];
  /** The ids that DELETEs went to since the last call, in order. */
  deleted(): string[];
  /** Waits for such a request after the last call of `sent`; `"DELETE null"` has come in and is not answered yet. */
  until(request: string): Promise<void>;
  /** What state holds of a TokenRevocation. */
  record(name: string): Promise<Record<string, unknown>>;
}

/**
 * Makes both, until the tests of the file are over.
 *
 * @param program its body, or how to write it for the organization's personal tokens
 */
export async function createAccount(
  program: (tokens: readonly SimulatedToken[]) => string,
  config: (tokens: readonly SimulatedToken[], simulator: Simulator) => ProjectOptions["config"] = () => ({}),
  options: SimulatorOptions = {},
): Promise<Account> {
  const simulator = await simulate(options);
  const tokens = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined);
  const project = await createProject({
    program: imports + program(tokens),
    config: {
      "datadog:apiUrl": simulator.url,
      "datadog:apiKey": { secret: simulator.apiKey },
      "datadog:appKey": { secret: simulator.appKey },
      ...config(tokens, simulator),
    },
  });
  let [read, readOfDeletes] = [0, 0];
  const requests = (): string[] => {
    const aboutTokens = simulator.requests(read).filter(({ path }) => path.includes("token"));
    return aboutTokens.map(({ method, status }) => `${method} ${status}`);
  };
  return {
    simulator,
    project,
    tokens,
    setProgram: (body) => project.setProgram(imports + body),
    sent: () => {
      const sent = requests();
      read = simulator.requests().length;
      return sent;
    },
    deleted: () => {
      const requests = simulator.requests(readOfDeletes);
      readOfDeletes += requests.length;
      return requests.flatMap(({ method, path }) => (method === "DELETE" ? path.split("/").slice(-1) : []));
    },
    until: async (request) => {
      while (!requests().includes(request)) await sleep(10, undefined, unheld);
    },
    record: async (name) => {
      const resources = await project.resources(":TokenRevocation");
      const outputs = resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs;
      if (!outputs) throw new Error(`${name} is not in state`);
      return outputs;
    },
  };
}
