import { join } from "node:path";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { dynamicProvider, type Kind, PLUGIN_TYPES } from "../../provider/core/resourceTypes";
import { SECRET_KEYS } from "../../provider/datadog/settings";
import type { TokenKind } from "../../provider/tokens/syntax";
import { isUuid, publicPortion, UNKNOWN } from "../../provider/tokens/tokenIds";
import type { Properties, Start, Started } from "./host";
import { call, callsOver, connect, ProviderProcess, secret, struct } from "./providerProcess";
import { SharedProcess } from "./sharedProcess";

/** One file, as needPlugin.mjs builds it. */
const BUNDLE = join(__dirname, "../../.cache/plugin/main.js");

const PROVIDER = "urn:pulumi:test::project::pulumi:providers:datadog-revocation";
/** Which the engine makes of the stack's configuration, and which a program declares. */
export const [DEFAULT_PROVIDER, EXPLICIT_PROVIDER] = [`${PROVIDER}::default_0_1_0`, `${PROVIDER}::eu`];

export function urnOf(type: string, name = "resource"): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}

/** The plugin with a process of its own, exactly as the engine has it; not configured yet. */
export function startPluginProcess({ address, env, flags }: Omit<Start, "config">): Promise<ProviderProcess> {
  return ProviderProcess.start({ script: BUNDLE, args: [...flags, address], env });
}

/** The same in the place of a host. */
export async function startPlugin(start: Start): Promise<Started> {
  const plugin = await startPluginProcess(start);
  await configure(plugin.client, start.config);
  return {
    provider: (module) => provider(plugin.client, module),
    // A call's answer can be here before the lines written with it.
    printed: async () => {
      await plugin.kill();
      return plugin.printed;
    },
    ended: () => plugin.ended(),
    kill: () => plugin.kill(),
  };
}

/** Each of its plugins is the whole bundle, evaluated for itself with a `process` and a `console` of its own. */
const shared = new SharedProcess(`
  const { compileFunction } = require("node:vm");
  const { createRequire } = require("node:module");
  const file = ${JSON.stringify(BUNDLE)};
  const code = require("node:fs").readFileSync(file, "utf8");
  const names = ["exports", "require", "module", "process", "console"];
  const load = compileFunction(code, names, { filename: file });
  const exit = () => { throw new Error("the engine of a plugin is gone that shares its process"); };
  return {
    make: async (_, { env, address }) => {
      const own = Object.create(process, {
        argv: { value: [process.execPath, file, address] },
        env: { value: env },
        exit: { value: exit },
        // What becomes of the process is no matter of one of them.
        on: { value: () => own },
        once: { value: () => own },
      });
      const port = await new Promise((resolve) => {
        const console = Object.create(globalThis.console, { log: { value: resolve } });
        load({}, createRequire(file), { exports: {} }, own, console);
      });
      return { port };
    },
    forget: () => {},
  };`);

/** A plugin in a process that it shares with the other ones of the test file. */
export async function startPluginRun({ address, config, env }: Start): Promise<Started> {
  const { made, ...started } = await shared.start({ env, address });
  const client = connect(made.port as string);
  await configure(client, config);
  const kill = async (): Promise<void> => {
    client.close();
    await started.kill();
  };
  return { ...started, provider: (module) => provider(client, module), kill };
}

/** @param config of the stack, as the process for dynamic resources takes it; here its namespace is another one */
async function configure(client: ResourceProviderClient, config: Readonly<Record<string, string>>): Promise<void> {
  const request = new messages.ConfigureRequest();
  request.setUrn(DEFAULT_PROVIDER);
  request.setArgs(struct(settings(config)));
  await call(client, client.configure, request);
}

/** What a stack's configuration gives its default provider. */
export function settings(config: Readonly<Record<string, string>>): Properties {
  const given = Object.entries(config).map(([key, value]) => [key.replace(/^datadog:/, ""), value] as const);
  return Object.fromEntries(
    given.map(([key, value]) => [key, SECRET_KEYS.some((each) => each === key) ? secret(value) : value]),
  );
}

/** The plugin's handlers of one kind of resource: all its tests are about one resource of it. */
function provider(client: ResourceProviderClient, module: string): ReturnType<Started["provider"]> {
  const kind = module.replace("host/t", "T") as Kind;
  const urn = urnOf(PLUGIN_TYPES[kind]);
  const calls = callsOver(client, { urn, toStruct });
  return {
    calls: { ...calls, check: (olds, news) => calls.check(olds, kind === "TokenRevocation" ? declared(news) : news) },
    inputs: {},
    // So that a TypeScript program can take it over.
    outputs: { __provider: dynamicProvider(kind) },
  };
}

/** A TypeScript program names the secret arguments itself; here the engine has them marked. */
function toStruct(properties: Properties) {
  const { secretArguments: names = [] } = properties as { secretArguments?: readonly string[] };
  const marked = names.flatMap((name) => (name in properties ? [[name, secret(properties[name])]] : []));
  return struct({ ...properties, ...Object.fromEntries(marked) });
}

/** A TypeScript program tells the kind itself; here it is read from the prefix of what names the token. */
function declared({ kind, tokenId, ...others }: Properties): Properties {
  if (kind === undefined) return { ...others, ...(tokenId !== undefined && { tokenId }) };
  const prefix = PREFIXES[kind as TokenKind];
  const isKnown = typeof tokenId === "string" && isUuid(tokenId) && tokenId !== UNKNOWN;
  return { ...others, kind, ...(prefix && isKnown ? { token: `${prefix}${publicPortion(tokenId)}` } : { tokenId }) };
}

const PREFIXES = { personal: "ddpat_", service: "ddsat_" } as const;
