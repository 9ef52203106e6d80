import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { Host, HostError, Properties } from "../../support/host";
import type { ResourceName } from "./faults";

/** The resources: how one is asked to revoke tokens, and what it says of each. */
export const RESOURCES: Record<ResourceName, Resource> = {
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

let runs = 0;

/**
 * A run of its own, in a process that others use too: the packed modules are loaded afresh, so that nothing is known of
 * other runs, and have a configuration of their own. A process for each of hundreds would take a second each.
 */
export class Run {
  readonly #provider: string;

  constructor(
    private readonly host: Host,
    private readonly resource: ResourceName,
    { url, apiKey, appKey }: Pick<Simulator, "url" | "apiKey" | "appKey">,
    /** Runs before anything is loaded. */
    prelude = "",
  ) {
    const own = {
      "datadog:apiUrl": url,
      "datadog:apiKey": apiKey,
      "datadog:appKey": appKey,
      "datadog:httpClientRetryBackoffBase": "0.01",
      "datadog:httpClientRetryBackoffMultiplier": "1",
      "datadog:httpClientRetryTimeout": "12",
    };
    this.#provider = `${prelude}
    exports.handler = () => {
      const config = ${JSON.stringify(own)};
      const files = Object.keys(require.cache).filter((file) => /pulumi-datadog-revocation.dist/.test(file));
      for (const file of files) delete require.cache[file];
      const module = require("pulumi-datadog-revocation/${RESOURCES[resource].module}");
      return { ...module, configure: () => module.configure({ config: { get: (key) => config[key] } }) };
    }; // ${runs++}`;
  }

  /** As at the beginning of a first `up`. @returns the inputs, or why there is none */
  async check(tokenIds: readonly string[]): Promise<Properties | string> {
    const args = RESOURCES[this.resource].args(tokenIds);
    const { inputs, failures } = await this.host.check({}, { ...args, __provider: this.#provider });
    return failures[0]?.reason ?? inputs;
  }

  /** @returns what is said of each token afterwards */
  async create(inputs: Properties): Promise<(tokenId: string) => Told> {
    const { told } = RESOURCES[this.resource];
    return this.host.create({ ...inputs, __provider: this.#provider }).then(
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
