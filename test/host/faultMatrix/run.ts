import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { type HostError, type HostOptions, type Properties, startHost } from "../../support/host";
import { QUICK } from "../../support/hosted";
import type { ResourceName } from "./faults";

/** The resources: how one is asked to revoke tokens, and what it says of each. */
const RESOURCES: Record<ResourceName, Resource> = {
  TokenRevocation: {
    module: "host/tokenRevocation",
    args: ([tokenId]) => ({ tokenId }),
    told: (outputs) => ({ record: outputs, error: undefined }),
  },
  TokenRevocationBatch: {
    module: "host/tokenRevocationShard",
    args: (tokenIds) => ({
      tokenIds: tokenIds.toSorted(),
      verify: true,
      batch: { name: "faults", shard: "0", size: tokenIds.length, maxRevocations: 1000 },
    }),
    told: toldOfMany,
  },
  TokenSweep: {
    module: "host/tokenSweep",
    args: () => ({ where: { namePattern: `${MATCHING}*` }, enforce: true, maxRevocations: 1000 }),
    told: toldOfMany,
  },
};

/** What the names of tokens that a sweep is to revoke begin with. */
export const MATCHING = "fault ";

interface Resource {
  readonly module: string;
  args(tokenIds: readonly string[]): Properties;
  told(outputs: Properties, tokenId: string): Told;
}

/** What a resource says of a token. */
export interface Told {
  readonly record: Properties | undefined;
  readonly error: string | undefined;
}

function toldOfMany({ records, failures }: Properties, tokenId: string): Told {
  const its = (list: unknown) => (list as Properties[]).find((each) => each.tokenId === tokenId);
  return { record: its(records), error: its(failures)?.message as string | undefined };
}

/** Where a run's requests go. */
export type Site = Pick<Simulator, "url" | "apiKey" | "appKey">;

/** A first `up` of one resource, as the engine calls for it. */
export interface Run {
  /** The inputs, or why there is none. */
  check(tokenIds: readonly string[]): Promise<Properties | string>;
  /** What is said of each token afterwards. */
  create(inputs: Properties | string): Promise<(tokenId: string) => Told>;
  /** What the user was told about a token. */
  warnings(tokenId: string): string[];
}

/** @param options who shows what it says; and what is special about its process */
export async function startRun(name: ResourceName, site: Site, options: HostOptions): Promise<Run> {
  const keys = { "datadog:apiUrl": site.url, "datadog:apiKey": site.apiKey, "datadog:appKey": site.appKey };
  const { module, args, told } = RESOURCES[name];
  const config = { ...keys, ...QUICK, "datadog:httpClientRetryTimeout": "12" };
  const host = await startHost({ module, config, ...options });
  return {
    check: async (tokenIds) => {
      const { inputs, failures } = await host.check({}, args(tokenIds));
      return failures[0]?.reason ?? inputs;
    },
    create: async (inputs) => {
      if (typeof inputs === "string") return () => ({ record: undefined, error: inputs });
      return host.create(inputs).then(
        (created) => (tokenId) => told(created.properties, tokenId),
        ({ message, partial }: HostError) =>
          () => ({ record: partial?.properties, error: message }),
      );
    },
    warnings: (tokenId) => host.logs().flatMap(({ message }) => (message.startsWith(`${tokenId}: `) ? [message] : [])),
  };
}
