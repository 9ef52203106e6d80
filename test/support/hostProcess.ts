import { dirname, join } from "node:path";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import type { Start, Started } from "./host";
import { call, callsOver, ProviderProcess, struct } from "./providerProcess";
import { DYNAMIC_PROVIDER, SharedProcess } from "./sharedProcess";

/** A host with a process of its own, exactly as the engine has it. */
export async function startProcess({ address, config, env, flags }: Start): Promise<Started> {
  const host = await ProviderProcess.start({ script: DYNAMIC_PROVIDER, args: [...flags, address], env });
  const request = new messages.ConfigureRequest();
  request.setArgs(struct(config));
  await call(host.client, host.client.configure, request);
  return {
    provider: (module) => provider(host, `exports.handler = () => require("pulumi-datadog-revocation/${module}");`),
    // A call's answer can be here before the lines written with it.
    printed: async () => {
      await host.kill();
      return host.printed;
    },
    ended: () => host.ended(),
    kill: () => host.kill(),
  };
}

const newHost = join(dirname(require.resolve("pulumi-datadog-revocation/package.json")), "dist/provider/host/host.js");

const shared = new SharedProcess(`
  const hosts = globalThis.testHosts = {};
  return {
    make: async (number, { env, address, config }) => {
      const end = () => { throw new Error("the engine of a host is gone that shares its process"); };
      const { providers } = require(${JSON.stringify(newHost)}).newHost({ env, engine: { address, end, print: console.error } });
      for (const provider of Object.values(providers)) await provider.configure({ config: { get: (key) => config[key] } });
      hosts[number] = providers;
      return {};
    },
    forget: (number) => delete hosts[number],
  };`);

/** The next host is in another process. */
export function endShared(): Promise<void> {
  return shared.end();
}

/** A host of its own in a process that it shares with the other hosts of the test file. */
export async function startRun({ address, config, env }: Start): Promise<Started> {
  const { process, number, ...started } = await shared.start({ env, address, config });
  return {
    ...started,
    provider: (module) => {
      const name = module.replace("host/", "");
      // Configured when it was made: what configures a process counts for all of its hosts.
      const text = `exports.handler = () => ({ ...testHosts[${number}]["${name}"], configure: undefined });`;
      return provider(process, text);
    },
  };
}

/** The package stores the text with every resource. */
function provider({ client }: ProviderProcess, text: string): ReturnType<Started["provider"]> {
  const named = { __provider: text };
  return { calls: callsOver(client), inputs: named, outputs: named };
}
