import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { type Host, type HostError, type HostOptions, type Properties, startHost } from "../../support/host";
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

/** The engine's calls in a first `up` of one resource. */
export class Run {
  private constructor(
    private readonly host: Host,
    private readonly resource: Resource,
  ) {}

  /** @param options who shows what it says; and what is special about its process */
  static async start(name: ResourceName, { url, apiKey, appKey }: Site, options: HostOptions): Promise<Run> {
    const config = {
      "datadog:apiUrl": url,
      "datadog:apiKey": apiKey,
      "datadog:appKey": appKey,
      ...QUICK,
      "datadog:httpClientRetryTimeout": "12",
    };
    const resource = RESOURCES[name];
    return new Run(await startHost({ module: resource.module, config, ...options }), resource);
  }

  /** @returns the inputs, or why there is none */
  async check(tokenIds: readonly string[]): Promise<Properties | string> {
    const { inputs, failures } = await this.host.check({}, this.resource.args(tokenIds));
    return failures[0]?.reason ?? inputs;
  }

  /** @returns what is said of each token afterwards */
  async create(inputs: Properties | string): Promise<(tokenId: string) => Told> {
    if (typeof inputs === "string") return () => ({ record: undefined, error: inputs });
    const { told } = this.resource;
    return this.host.create(inputs).then(
      ({ properties }) =>
        (tokenId) =>
          told(properties, tokenId),
      ({ message, partial }: HostError) =>
        () => ({ record: partial?.properties, error: message }),
    );
  }

  /** What the user was told about a token. */
  warnings(tokenId: string): string[] {
    const lines = this.host.logs().map(({ message }) => message);
    return lines.filter((message) => message.startsWith(`${tokenId}: `));
  }
}
