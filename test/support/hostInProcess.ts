import type * as pulumi from "@pulumi/pulumi";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterwards } from "./afterwards";
import { type Calls, HostError, type Properties, type Start, type Started } from "./host";

/** As the engine and the SDK's process hand them to each other. */
const marshalled = <T extends object | undefined>(properties: T): Properties =>
  Struct.fromJavaScript((properties ?? {}) as Record<string, JavaScriptValue>).toJavaScript();

/** A host in this process, on the sources. It does what the SDK's process does, and has no other. */
export async function startInProcess({ address, config, env }: Start): Promise<Started> {
  // Not before: the other tests load the package as it is packed.
  const { newHost } = require("../../provider/host/host") as typeof import("../../provider/host/host");
  let printed = "";
  const print = (line: string): void => {
    printed += `${line}\n`;
  };
  let [isKilled, hasEnded] = [false, false];
  const kill = (): void => {
    isKilled = true;
  };
  // Before the engine is: its host would not know why.
  afterwards(kill);
  const end = (): void => {
    if (isKilled) return;
    hasEnded = true;
    throw new Error("the host has ended");
  };
  const { providers } = newHost({ env, engine: { address, end, print } });
  const request = { config: { get: (key: string) => config[key] } } as pulumi.dynamic.ConfigureRequest;
  for (const provider of Object.values(providers)) await provider.configure?.(request);

  return {
    provider: (module) => {
      const named = { __provider: `exports.handler = () => require("pulumi-datadog-revocation/${module}");` };
      const calls = marshalling(providers[module.replace("host/", "") as keyof typeof providers] as Provider);
      return { calls, inputs: named, outputs: named };
    },
    printed: async () => printed,
    ended: async () => (hasEnded ? 1 : null),
    kill: async () => kill(),
  };
}

type Provider = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;

function marshalling(provider: Provider): Calls {
  return {
    check: async (olds, news) => {
      const { inputs, failures } = await provider.check(marshalled(olds), marshalled(news));
      return { inputs: marshalled({ ...inputs, __provider: news.__provider }), ...(failures && { failures }) };
    },
    diff: async (id, olds, news) => {
      const {
        changes,
        replaces = [],
        deleteBeforeReplace = false,
      } = await provider.diff(id, marshalled(olds), marshalled(news));
      if (changes === undefined) throw new Error("nobody says whether there is a difference");
      return { changes, replaces, deleteBeforeReplace };
    },
    create: async (inputs) => {
      const { id, outs } = await failing(provider.create(marshalled(inputs)));
      return { id, outs: marshalled(outs) };
    },
    read: async (id, props) => {
      const read = await provider.read(id, marshalled(props));
      return { id: read.id as string, props: marshalled(read.props), inputs: marshalled(read.inputs) };
    },
    update: async (id, olds, news) => {
      const { outs } = await failing(provider.update(id, marshalled(olds), marshalled(news)));
      return { outs: marshalled(outs) };
    },
    delete: (id, props) => provider.delete(id, marshalled(props)),
  };
}

async function failing<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { message, id, properties, reasons } = error as Error & Partial<NonNullable<HostError["partial"]>>;
    throw new HostError(
      message,
      id === undefined ? undefined : { id, properties: marshalled(properties), reasons: reasons ?? [] },
    );
  }
}
