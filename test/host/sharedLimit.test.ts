import type { Host, Properties } from "../support/host";
import { useHosted } from "../support/hosted";

const LIMIT = 50;
const HOSTS = 10;
const TOKENS = 20;

const hosted = useHosted({ rateLimit: { limit: LIMIT, periodSeconds: 1 }, module: "host/tokenRevocationShard" });

/** How near to the limit such runs come, and how even their shares are, is measured on a turned clock in a unit test. */
test("ten runs that share a limit of 50 a second revoke all of their tokens, and few requests are refused", async () => {
  const { simulator } = hosted;
  const { url, apiKey, appKey } = simulator;
  const config = { "datadog:apiUrl": url, "datadog:apiKey": apiKey, "datadog:appKey": appKey };
  const runs = await Promise.all(
    Array.from({ length: HOSTS }, async (_, run): Promise<{ host: Host; tokenIds: string[]; inputs: Properties }> => {
      const host = await hosted.startBare({ config });
      const tokenIds = Array.from({ length: TOKENS }, () => simulator.addToken().id).toSorted();
      const batch = { name: `run-${run}`, shard: "0", size: TOKENS, maxRevocations: TOKENS };
      const { inputs, failures } = await host.check({}, { tokenIds, batch });
      expect(failures).toEqual([]);
      return { host, tokenIds, inputs };
    }),
  );
  // From here on nothing is sent but DELETEs, by all of them at once.
  const since = hosted.now();
  const created = await Promise.all(runs.map(({ host, inputs }) => host.create(inputs)));
  for (const [run, { properties }] of created.entries()) {
    expect(properties).toMatchObject({ failures: [], status: "revoked" });
    const records = properties.records as Properties[];
    expect(records.map(({ tokenId, outcome }) => [tokenId, outcome])).toEqual(
      runs[run]?.tokenIds.map((id) => [id, "revoked"]),
    );
  }
  const from = new Map(runs.flatMap(({ tokenIds }, run) => tokenIds.map((id) => [id, run] as const)));
  const sent = simulator.requests(since).flatMap(({ method, path, at, status }) => {
    const run = from.get(path.split("/").at(-1) ?? "");
    return method === "DELETE" && run !== undefined ? [{ at, status, from: run }] : [];
  });
  const accepted = sent.filter(({ status }) => status === 204);
  const refused = sent.filter(({ status }) => status === 429);
  expect(accepted).toHaveLength(HOSTS * TOKENS);
  expect(accepted.length + refused.length).toBe(sent.length);
  expect(refused.length).toBeLessThan(sent.length / 3);

  // While all of them are at work: until the first has no more to send.
  const doneAt = runs.map((_, run) => accepted.findLastIndex(({ from }) => from === run));
  const together = accepted.slice(0, Math.min(...doneAt) + 1);
  const shares = runs.map((_, run) => together.filter(({ from }) => from === run).length);
  expect(Math.min(...shares)).toBeGreaterThan(together.length / HOSTS / 10);
});
