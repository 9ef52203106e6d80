import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";
import { type Pair, type Row, toRow } from "./row.mts";

const PER_SECOND = 100;

/** A batch under a rate limit beside the time that the limit allows at the least. */
export async function limit({ runs, count = 2000 }: { runs: number; count?: number }): Promise<Row[]> {
  const times: Pair[] = [];
  const refusals: Pair[] = [];
  for (let run = 0; run < runs; run++) {
    const datadog = await startDatadog({ tokens: count, rateLimit: { limit: PER_SECOND, periodSeconds: 1 } });
    await runProgram("up.mts", { program: "batch", tokenIds: datadog.tokenIds, ups: 1, env: datadog.env });
    const { requests, refused, from, to } = await datadog.asked();
    datadog.stop();
    times.push({ ours: (to - from) / 1000, peer: count / PER_SECOND });
    refusals.push({ ours: refused, peer: requests });
  }
  const work = `batch of ${count}, limit ${PER_SECOND} a second`;
  return [
    toRow({ work: `${work}: first request to last`, peer: "the floor", goal: 1.03 }, "s", times),
    toRow({ work: `${work}: answers 429`, peer: "all answers", goal: 0.01 }, "", refusals),
  ];
}
