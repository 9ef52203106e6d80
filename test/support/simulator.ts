import { type Simulator, type SimulatorOptions, startSimulator } from "pulumi-datadog-revocation/simulator";
import { afterwards } from "./afterwards";

/** A local Datadog, until the tests of the file are over. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ seed: 4, ...options });
  afterwards(() => simulator.stop());
  return simulator;
}
