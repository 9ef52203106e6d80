import {
  type KeyPair,
  type LoggedRequest,
  type SimulatedToken,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "pulumi-datadog-revocation/simulator";
import { afterwards } from "./afterwards";
import { type Host, type HostError, type HostOptions, type Properties, startHost } from "./host";

/** A UUID that no token of the simulator has. */
export const noToken = "00000000-0000-1234-0000-000000000000";

/** How state writes a time. */
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** A local Datadog with tokens enough for every test of a file, and the hosts that use it. */
export interface Hosted {
  readonly simulator: Simulator;
  /** The host that most tests share. What it says once, it says once for them all. */
  readonly host: Host;
  /** One more host: another run, with keys of its own if they are given. Configuration here adds to theirs. */
  start(options?: HostOptions & { keys?: KeyPair }): Promise<Host>;
  /** A host that finds in its configuration what is given here, and nothing else. */
  startBare(options: HostOptions): Promise<Host>;
  /** A person's token that no test has had yet. */
  token(): SimulatedToken;
  serviceToken(): SimulatedToken;
  /** The path of a token, for faults. */
  path(tokenId: string): string;
  /** How many requests there were so far. */
  now(): number;
}

export interface HostedOptions extends SimulatorOptions {
  /** The host module of every host. */
  readonly module?: string;
  /** Whether every host has a process of its own. */
  readonly ownProcess?: boolean;
  /** The configuration of every host that is not bare. */
  readonly config?: Record<string, string>;
}

/** Waits between attempts that a test can afford. */
export const QUICK = { "datadog:httpClientRetryBackoffBase": "0.01", "datadog:httpClientRetryBackoffMultiplier": "1" };

/** Starts it before the tests of the file. */
export function useHosted(options?: HostedOptions): Hosted {
  const hosted = {} as Hosted;
  beforeAll(async () => void Object.assign(hosted, await startHosted(options)));
  return hosted;
}

/** A simulator that is stopped after the last test of the file, if not before. */
export async function useSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await startSimulator({ seed: 4, ...options });
  afterwards(() => simulator.stop());
  return simulator;
}

export async function startHosted({ module, ownProcess, config, ...options }: HostedOptions = {}): Promise<Hosted> {
  const simulator = await useSimulator({ tokens: 100, ...options });
  const startBare: Hosted["startBare"] = (options) =>
    startHost({ ...(module && { module }), ...(ownProcess && { ownProcess }), ...options });
  const start: Hosted["start"] = ({ keys = simulator, config: own, ...options } = {}) =>
    startBare({
      ...options,
      config: {
        "datadog:apiUrl": simulator.url,
        "datadog:apiKey": keys.apiKey,
        "datadog:appKey": keys.appKey,
        ...QUICK,
        ...config,
        ...own,
      },
    });
  const left = {
    personal: simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined),
    service: simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId !== undefined),
  };
  const next = (kind: "personal" | "service"): SimulatedToken => {
    let token = left[kind].shift();
    while (token && simulator.find(token.id)?.revokedAt !== null) token = left[kind].shift();
    if (!token) throw new Error("no token is left: start the simulator with more");
    return token;
  };
  return {
    simulator,
    host: await start(),
    start,
    startBare,
    token: () => next("personal"),
    serviceToken: () => next("service"),
    path: (tokenId) => `/api/v2/personal_access_tokens/${tokenId}`,
    now: () => simulator.requests().length,
  };
}

/** How messages name the site and the organization that answered. */
export function answered({ simulator: { url, organization } }: Hosted): string {
  return `Datadog (${new URL(url).host}, organization "${organization.name}" ${organization.id})`;
}

/** Whom the default keys belong to, as state has it. */
export function actor({ simulator: { keyOwner, organization } }: Hosted) {
  return { ...keyOwner, organizationId: organization.id, organizationName: organization.name };
}

/** What was sent about a token, in order: `"DELETE 204"`; a status that is no answer shows as `-`. */
export function sent({ simulator }: Hosted, tokenId: string, since = 0): string[] {
  return simulator.requests(since).filter(about(tokenId)).map(shown);
}

/** Everything that was sent: `"GET 200"`, with the owners' look-ups. */
export function allSent({ simulator }: Hosted, since = 0): string[] {
  return simulator.requests(since).map(shown);
}

const about = (tokenId: string) => (request: LoggedRequest) => request.path.includes(tokenId);
const shown = ({ method, status }: LoggedRequest) => `${method} ${status ?? "-"}`;

/** What the user was told about a token: `"warning <text>"`, from the beginning of each line that names it first. */
export function said(host: Host, tokenId: string): string[] {
  return host
    .logs()
    .filter(({ message }) => message.startsWith(`${tokenId}: `))
    .map(({ severity, message, ephemeral }) => `${severity}${ephemeral ? " (ephemeral)" : ""} ${message}`);
}

/** What the user was warned of, or of what about one token; not the lines that tell what becomes of each token. */
export function warnings(host: Host, tokenId?: string): string[] {
  return host
    .logs()
    .filter(({ severity, message }) => severity !== "info" && message.startsWith(tokenId ? `${tokenId}: ` : ""))
    .map(({ message }) => message);
}

/** The error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<HostError> {
  return call.then(
    (result) => {
      throw new Error(`did not fail: ${JSON.stringify(result)}`);
    },
    (error: HostError) => error,
  );
}

/** Checks and creates, as a first `up` does. */
export async function revoke(host: Host, args: Properties): Promise<{ id: string; properties: Properties }> {
  const { inputs, failures } = await host.check({}, args);
  if (failures.length > 0) throw new Error(`check failed: ${JSON.stringify(failures)}`);
  return host.create(inputs);
}

/** The id of somebody who does not own that token. */
export function anotherUser(simulator: Simulator, tokenId: string | undefined): string | undefined {
  const owners = simulator.tokens.map(({ id }) => simulator.find(id)?.owner);
  const owner = tokenId === undefined ? undefined : simulator.find(tokenId)?.owner;
  return owners.find((each) => each?.type === "users" && each.id !== owner?.id)?.id;
}
