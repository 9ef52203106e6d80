import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { Hosted } from "../../support/hosted";
import { untrusted } from "../../support/untrusted";
import type { ResourceName } from "./faults";
import { MATCHING, startRun } from "./run";
import { demandManners, demandTruth, type Result, startSite, type Turn } from "./strike";

const forEver = Number.POSITIVE_INFINITY;
const RESOURCES: readonly ResourceName[] = ["TokenRevocation", "TokenRevocationBatch", "TokenSweep"];
const MANY: readonly ResourceName[] = ["TokenRevocationBatch", "TokenSweep"];

/** What is wrong with more than one request. */
interface Lasting {
  /** The resources that it can happen to. */
  readonly resources: readonly ResourceName[];
  /** Of the Datadog that answers. */
  readonly options?: Parameters<typeof startSite>[0];
  /** Where requests go instead; nothing there has an address that counts. */
  url?(simulator: Simulator, stopped: Stops): Promise<string> | string;
  /** What happens before the check. */
  before?(simulator: Simulator): void;
  /** What happens between the check and the act. */
  between?(simulator: Simulator): Promise<void> | void;
  /** Whether the clock jumps, which needs a host of its own. */
  readonly clock?: true;
}

/** What is to be stopped in the end. */
type Stops = (() => Promise<unknown>)[];

const refuse = (status: number, words: string) => (simulator: Simulator) =>
  void simulator.fault({ times: forEver }, { kind: "status", status, body: { errors: [words] } });
const LISTING = "/api/v2/personal_access_tokens";
/** More than is read of any answer. */
const ENDLESS = { kind: "status", status: 200, body: "x".repeat(17 * 1024 ** 2) } as const;

export const LASTING: Record<string, Lasting> = {
  // A port that is nobody's.
  "connection refused": { resources: RESOURCES, url: () => "http://127.0.0.1:2" },
  "connection refused from the DELETE on": { resources: RESOURCES, between: (simulator) => simulator.stop() },
  "no such host (DNS)": { resources: RESOURCES, url: () => "https://datadog.invalid" },
  "a certificate that nobody trusts (TLS)": { resources: RESOURCES, url: startUntrusted },
  "no TLS where https is expected": { resources: RESOURCES, url: ({ url }) => url.replace("http:", "https:") },
  "another site, keys: 403 to everything": { resources: RESOURCES, before: refuse(403, "Forbidden") },
  "another site, bearer: 401 to everything": { resources: RESOURCES, before: refuse(401, "Unauthorized") },
  "the web site instead of its API: a page with 200 to everything": {
    resources: RESOURCES,
    before: (simulator) => void simulator.fault({ times: forEver }, { kind: "html" }),
  },
  "the permission to list is missing: 403": {
    resources: MANY,
    before: (simulator) => void simulator.fault({ path: LISTING, times: forEver }, { kind: "status", status: 403 }),
  },
  "an answer without end, while it is looked up or listed": {
    resources: RESOURCES,
    before: (simulator) => void simulator.fault({ method: "GET", path: /access_tokens/, times: 8 }, ENDLESS),
  },
  "a list that changes while it is read": { resources: MANY, options: { tokens: 250 }, before: changeListing(1) },
  "a list that never rests": { resources: MANY, options: { tokens: 250 }, before: changeListing(forEver) },
  "the clock jumps hours ahead and back": { resources: RESOURCES, options: { staysVisibleFor: 2_000 }, clock: true },
  "still there for 3 s after a 204": { resources: RESOURCES, options: { staysVisibleFor: 3_000 } },
  "still there for longer than 30 s after a 204": { resources: RESOURCES, options: { staysVisibleFor: 86_400_000 } },
  "the first 204 is lost, the second arrives": {
    resources: RESOURCES,
    options: { deleteAnswers204For: 600_000 },
    between: (simulator) => void simulator.fault({ method: "DELETE" }, { kind: "resetAfter" }),
  },
};

async function startUntrusted(_: Simulator, stops: Stops): Promise<string> {
  const server = createServer(untrusted, (_request, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Each time a second page is about to be read, somebody makes a token and somebody revokes another. */
function changeListing(times: number) {
  return (simulator: Simulator): void => {
    let [changes, seen] = [0, 0];
    const strangers = simulator.tokens.map(({ id }) => id);
    // It is called whenever the simulator looks at the clock, in every request.
    onClock.set(simulator, () => {
      const last = simulator.requests(seen).findLast(({ path, query }) => path === LISTING && query["page[number]"]);
      if (last?.query["page[number]"]?.[0] !== "1" || changes >= times) return;
      seen = simulator.requests().length;
      changes++;
      simulator.revoke(strangers.shift() ?? "");
      simulator.addToken({ name: "somebody's" });
    });
  };
}

const onClock = new Map<Simulator, () => void>();

/** In a process of its own: its clock is hours ahead, then behind, then right, and so on. */
const JUMPING_CLOCK = `const Real = Date;
  const now = () => Real.now() + [0, 7, -5][Math.floor(performance.now() / 400) % 3] * 3600000;
  globalThis.Date = class Jumping extends Real {
    static now = now;
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
  };`;
const JUMPING = {
  ownProcess: true,
  env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(JUMPING_CLOCK)}` },
};

/** Lets it happen to one resource. */
export async function endure(crowd: Hosted, name: string, resource: ResourceName, turn: Turn): Promise<Result> {
  const { options, url, before, between, clock: jumps } = LASTING[name] as Lasting;
  const stops: Stops = [];
  let simulator: Simulator | undefined;
  const clock = (): number => {
    if (simulator) onClock.get(simulator)?.();
    return Date.now();
  };
  simulator = await startSite({ clock, ...options });
  const tokenIds = Array.from({ length: resource === "TokenRevocation" ? 1 : 4 }, (_, index) =>
    (simulator as Simulator).addToken({ name: `${MATCHING}${index}` }),
  ).map(({ id }) => id);
  const [tokenId = ""] = tokenIds;
  const address = url && (await url(simulator, stops));
  const site = address === undefined ? simulator : { ...simulator, url: address };
  const run = await startRun(resource, site, { engine: crowd.host.engine, ...(jumps && JUMPING) });
  before?.(simulator);
  const inputs = await turn(() => run.check(tokenIds));
  await between?.(simulator);
  const tell = await run.create(inputs);
  for (const each of tokenIds) {
    const result = { ...tell(each), warnings: run.warnings(each), requests: undefined };
    demandTruth(simulator, each, result);
    demandManners(result.error ?? "", simulator);
  }
  // Nothing but what was asked for.
  const deleted = simulator.requests().filter(({ method }) => method === "DELETE");
  for (const { path } of deleted) expect(tokenIds).toContain(path.split("/").at(-1));
  const requests = address === undefined ? simulator.requests().length : undefined;
  for (const stop of stops) await stop();
  return { ...tell(tokenId), warnings: run.warnings(tokenId), requests };
}
