import { type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";
import { type Host, type Properties, startHost } from "../support/host";

const LIMIT = 50;
const SECOND = 1_000;
const HOSTS = 10;
const TOKENS = 30;

let simulator: Simulator;
let hosts: Host[] = [];

beforeAll(async () => {
  simulator = await startSimulator({ seed: 4, rateLimit: { limit: LIMIT, periodSeconds: 1 } });
  const config = {
    "datadog:apiUrl": simulator.url,
    "datadog:apiKey": simulator.apiKey,
    "datadog:appKey": simulator.appKey,
  };
  const start = () => startHost({ module: "host/tokenRevocationShard", config });
  hosts = await Promise.all(Array.from({ length: HOSTS }, start));
});

afterAll(async () => {
  for (const host of hosts) host.kill();
  await simulator.stop();
});

interface Sent {
  readonly at: number;
  readonly status: number | null;
  /** Which of the runs. */
  readonly from: number;
}

/** The DELETEs since so many requests, in order. */
function sentSince(since: number, lists: readonly (readonly string[])[]): Sent[] {
  const from = new Map(lists.flatMap((ids, run) => ids.map((id) => [id, run] as const)));
  return simulator.requests(since).flatMap(({ method, path, at, status }) => {
    const run = from.get(path.split("/").at(-1) ?? "");
    return method === "DELETE" && run !== undefined ? [{ at, status, from: run }] : [];
  });
}

/**
 * Ten processes at work on two cores: the bounds are wide. How near to the limit such runs come, and how even their
 * shares are, is measured on a turned clock in unit/datadog/pacing.
 */
test("ten runs that share a limit of 50 a second: each revokes all of its own, none is left behind, few are refused", async () => {
  const lists = hosts.map(() => Array.from({ length: TOKENS }, () => simulator.addToken().id));
  const checked = await Promise.all(
    hosts.map(async (host, run): Promise<Properties> => {
      const batch = { name: `run-${run}`, shard: "0", size: TOKENS, maxRevocations: TOKENS };
      const { inputs, failures } = await host.check({}, { tokenIds: lists[run], batch });
      expect(failures).toEqual([]);
      return inputs;
    }),
  );
  // From here on nothing is sent but DELETEs, by all of them at once.
  const since = simulator.requests().length;
  const created = await Promise.all(hosts.map((host, run) => host.create(checked[run] ?? {})));

  for (const [run, { properties }] of created.entries()) {
    expect(properties).toMatchObject({ failures: [], status: "revoked" });
    const records = properties.records as Properties[];
    expect(records.map(({ tokenId, outcome }) => [tokenId, outcome])).toEqual(
      lists[run]?.toSorted().map((id) => [id, "revoked"]),
    );
  }
  const sent = sentSince(since, lists);
  const accepted = sent.filter(({ status }) => status === 204);
  const refused = sent.filter(({ status }) => status === 429);
  expect(accepted).toHaveLength(HOSTS * TOKENS);
  expect(accepted.length + refused.length).toBe(sent.length);
  expect(refused.length).toBeLessThan(sent.length / 3);

  // While all of them are at work: until the first has no more to send.
  const doneAt = hosts.map((_, run) => accepted.findLastIndex(({ from }) => from === run));
  const together = accepted.slice(0, Math.min(...doneAt) + 1);
  const shares = hosts.map((_, run) => together.filter(({ from }) => from === run).length);
  expect(Math.min(...shares)).toBeGreaterThan(together.length / HOSTS / 10);

  const perPeriod = new Map<number, number>();
  for (const { at } of together) {
    const period = Math.floor(at / SECOND);
    perPeriod.set(period, (perPeriod.get(period) ?? 0) + 1);
  }
  // Of the first and the last only a part was theirs.
  const used = [...perPeriod.values()].slice(1, -1).toSorted((one, other) => one - other);
  expect(used[used.length >> 1]).toBeGreaterThan(LIMIT / 5);
});
