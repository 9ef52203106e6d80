import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import type * as pulumi from "@pulumi/pulumi";
import { Run } from "../core/run";
import { datadogConfiguration, type Environment } from "../datadog/settings";
import { EngineConnection, type EngineConnectionOptions, engineAddressIn } from "../handlers/engineConnection";
import { tokenRevocationHandlers } from "../handlers/tokenRevocationHandlers";
import { tokenRevocationShardHandlers } from "../handlers/tokenRevocationShardHandlers";
import { tokenSweepHandlers } from "../handlers/tokenSweepHandlers";
import { endWithEngine } from "./endWithEngine";

type HostOptions = { readonly env: Environment; readonly engine: Omit<EngineConnectionOptions, "credentials"> };

/** What the engine's dynamic-provider process calls: providers that share one run. */
export interface Host {
  readonly providers: Record<
    "tokenRevocation" | "tokenRevocationShard" | "tokenSweep",
    pulumi.dynamic.ResourceProvider
  >;
  /** To be called when the engine needs nothing more. */
  end(): Promise<void>;
}

export function newHost({ env, engine }: HostOptions): Host {
  const credentials = (): grpc.ChannelCredentials => pulumisGrpc().credentials.createInsecure();
  const run = new Run({ env, engine: new EngineConnection({ ...engine, credentials }) });
  // Synchronous up to its end on purpose: the first calls may come before an awaited `configure` ends.
  const configure = async ({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> => {
    run.configure(datadogConfiguration((key) => config.get(key)));
  };
  return {
    providers: {
      tokenRevocation: { configure, ...tokenRevocationHandlers(run) },
      tokenRevocationShard: { configure, ...tokenRevocationShardHandlers(run) },
      tokenSweep: { configure, ...tokenSweepHandlers(run) },
    },
    end: () => run.end(),
  };
}

/** The SDK's own copy, which pnpm hides from us. */
function pulumisGrpc(): typeof grpc {
  return createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js");
}

const address = engineAddressIn(process.argv.slice(2));

/**
 * The host that this process is. The engine starts a process for each run and asks it for its providers by the modules
 * beside this file: this is the one place where something of a run belongs to the process.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/dynamic-providers/
 */
export const thisHost = newHost({
  env: process.env,
  engine: {
    address,
    end: () => process.exit(1),
    print: (line) => console.error(line),
  },
});

if (address !== undefined) endWithEngine(() => thisHost.end());
