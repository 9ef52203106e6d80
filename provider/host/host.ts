import type * as pulumi from "@pulumi/pulumi";
import { Run } from "../core/run";
import type { Environment } from "../datadog/settings";
import { EngineConnection, type EngineConnectionOptions, engineAddressIn } from "../handlers/engineConnection";
import { tokenRevocationHandlers } from "../handlers/tokenRevocationHandlers";
import { tokenRevocationShardHandlers } from "../handlers/tokenRevocationShardHandlers";
import { tokenSweepHandlers } from "../handlers/tokenSweepHandlers";

type HostOptions = { readonly env: Environment; readonly engine: EngineConnectionOptions };
type HostModule = "tokenRevocation" | "tokenRevocationShard" | "tokenSweep";

/** Makes what the engine's dynamic-provider process calls: its providers share one run. */
export function newHost({ env, engine }: HostOptions): Record<HostModule, pulumi.dynamic.ResourceProvider> {
  const run = new Run({ env, engine: new EngineConnection(engine) });
  // Synchronous up to its end on purpose: the first calls may come before an awaited `configure` ends.
  const configure = async ({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> => {
    run.configure((key) => config.get(key));
  };
  return {
    tokenRevocation: { configure, ...tokenRevocationHandlers(run) },
    tokenRevocationShard: { configure, ...tokenRevocationShardHandlers(run) },
    tokenSweep: { configure, ...tokenSweepHandlers(run) },
  };
}

/**
 * The host that this process is. The engine starts a process for each run and asks it for its providers by the modules
 * beside this file: this is the one place where something of a run belongs to the process.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
export const thisHost = newHost({
  env: process.env,
  engine: {
    address: engineAddressIn(process.argv.slice(2)),
    end: () => process.exit(1),
    print: (line) => console.error(line),
  },
});
