import * as pulumi from "@pulumi/pulumi";
import { Run } from "../core/run";
import { declaredTwice } from "../core/wording";
import { datadogConfiguration } from "../datadog/settings";
import { runError } from "./runError";

/** What belongs to one deployment of the program: a preview and an `up` in one process are two. */
interface Deployment {
  /** The resource that names each token, by token id. */
  readonly declared: Map<string, string>;
  /** The program's own part of the run, for what it asks Datadog itself. */
  readonly run: Run;
}

const deployments = new WeakMap<object, Deployment>();

function thisDeployment(): Deployment {
  // One object for each deployment; none in a program that Pulumi does not run.
  const owner = pulumi.runtime.getMonitor() ?? globalThis;
  const known = deployments.get(owner);
  if (known) return known;
  const made = { declared: new Map<string, string>(), run: newRun() };
  deployments.set(owner, made);
  return made;
}

function newRun(): Run {
  const run = new Run({
    env: process.env,
    engine: {
      log: (severity, line) => (severity === "WARNING" ? pulumi.log.warn(line) : pulumi.log.info(line)),
      demand: async () => {},
    },
  });
  run.configure(datadogConfiguration((key) => pulumi.runtime.allConfig()[key]));
  return run;
}

/** The program's own part of this run. */
export function programRun(): Run {
  return thisDeployment().run;
}

/**
 * Refuses a second resource for a token that the program named already.
 *
 * @throws pulumi.RunError naming both
 */
export function declareToken(tokenId: string, label: string): void {
  if (!pulumi.runtime.getMonitor()) return;
  const { declared } = thisDeployment();
  const first = declared.get(tokenId);
  if (first !== undefined) throw runError(`${label}: ${declaredTwice(tokenId, first)}`);
  declared.set(tokenId, label);
}

/** Whether the program runs under Pulumi's mocks. Pulumi has no public test for it. */
export function underMocks(): boolean {
  return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}
