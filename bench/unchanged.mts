import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";
import { type Row, toRow } from "./row.mts";

interface Ups {
  readonly seconds: readonly number[];
  readonly state: number;
}

/** An `up` that changes nothing beside one of a resource with as many bytes of state. */
export async function unchanged({ runs, count }: { runs: number; count: number }): Promise<Row[]> {
  const datadog = await startDatadog({ tokens: count });
  const { tokenIds, env } = datadog;
  await runProgram<Ups>("up.mts", { program: "batch", tokenIds, ups: 1, env });
  const { requests } = await datadog.asked();
  await datadog.reset();
  const ours = await runProgram<Ups>("up.mts", { program: "batch", tokenIds, ups: 1 + runs, env });
  const asked = (await datadog.asked()).requests;
  if (asked > requests) throw new Error(`${asked - requests} requests more than the first up alone`);
  datadog.stop();
  const peer = await runProgram<Ups>("up.mts", { program: "bytes", bytes: ours.state, ups: 1 + runs, env: {} });
  const pairs = ours.seconds.slice(1).map((seconds, run) => ({ ours: seconds, peer: peer.seconds[run + 1] ?? 0 }));
  const megabytes = (ours.state / 1e6).toFixed(1);
  const work = `unchanged \`up\` with a batch of ${count.toLocaleString("en")}, no request`;
  return [toRow({ work, peer: `${megabytes} MB of state in one no-op resource`, goal: 1.1 }, "s", pairs)];
}
