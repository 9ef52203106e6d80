import { runProgram } from "./child.mts";
import type { Cost } from "./cost.mts";
import { startDatadog } from "./datadog.mts";
import { inTurn, type Row, toRow } from "./row.mts";

const CONCURRENCY = 32;
const LATENCY_MS = 40;

/** The client that the host revokes with beside Datadog's own, each in a fresh process with its import. */
export async function client({ runs, count = 5000 }: { runs: number; count?: number }): Promise<Row[]> {
  const datadog = await startDatadog({ tokens: count, latencyMs: LATENCY_MS });
  const { url, apiKey, appKey, tokenIds } = datadog;
  const revoke = async (program: string): Promise<Cost> => {
    await datadog.reset();
    return runProgram<Cost>(program, { url, apiKey, appKey, tokenIds, concurrency: CONCURRENCY });
  };
  const pairs = await inTurn(
    runs,
    () => revoke("revokeOurs.mts"),
    () => revoke("revokeOfficial.mts"),
  );
  datadog.stop();
  const work = `${count} revocations, ${LATENCY_MS} ms latency, ${CONCURRENCY} in flight`;
  const peer = "official client, same concurrency, import included";
  const of = (measure: keyof Cost) => pairs.map(({ ours, peer }) => ({ ours: ours[measure], peer: peer[measure] }));
  return [
    toRow({ work: `${work}: time`, peer, goal: 0.88 }, "s", of("seconds")),
    toRow({ work: `${work}: CPU`, peer, goal: 0.7 }, "s", of("cpu")),
    toRow({ work: `${work}: memory`, peer, goal: 0.7 }, "MB", of("memory")),
  ];
}
