import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";
import { type Row, toRow } from "./row.mts";

interface Ups {
  readonly seconds: readonly number[];
  readonly state: number;
}

/**
 * An `up` that changes nothing, beside two of one resource: with as many bytes of state in one text, and with the same
 * records, which the engine handles value by value.
 */
export async function unchanged({ runs, count }: { runs: number; count: number }): Promise<Row[]> {
  const datadog = await startDatadog({ tokens: count });
  const { tokenIds, env } = datadog;
  await runProgram<Ups>("up.mts", { program: "batch", tokenIds, ups: 1, env });
  const { requests } = await datadog.asked();
  await datadog.reset();
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const records = join(folder, "records.json");
  const ups = 1 + runs;
  const ours = await runProgram<Ups>("up.mts", { program: "batch", tokenIds, records, ups, env });
  const asked = (await datadog.asked()).requests;
  if (asked > requests) throw new Error(`${asked - requests} requests more than the first up alone`);
  datadog.stop();
  const bytes = await runProgram<Ups>("up.mts", { program: "bytes", bytes: ours.state, ups, env: {} });
  const same = await runProgram<Ups>("up.mts", { program: "records", tokenIds, records, ups, env: {} });
  rmSync(folder, { recursive: true });
  const megabytes = `${(ours.state / 1e6).toFixed(1)} MB of state`;
  const row = (peer: string, { seconds }: Ups): Row => {
    const pairs = ours.seconds.slice(1).map((each, run) => ({ ours: each, peer: seconds[run + 1] ?? 0 }));
    const work = `unchanged \`up\` with a batch of ${count.toLocaleString("en")}, no request`;
    return toRow({ work, peer, goal: 1.1 }, "s", pairs);
  };
  return [
    row(`${megabytes} in one no-op resource, as one text`, bytes),
    row("the same records in one no-op resource", same),
  ];
}
