import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";
import { inTurn, type Row, toRow } from "./row.mts";

interface Work {
  readonly runs: number;
  readonly count?: number;
}

/** As many revocations as no-op resources, from nothing. */
export async function revocations({ runs, count = 300 }: Work): Promise<Row[]> {
  const pairs = await oneUp({ runs, count, ours: "revocations", peer: "noOps" });
  const work = `${count} \`TokenRevocation\`, one \`up\`, simulator without latency, \`verify: false\``;
  return [toRow({ work, peer: `${count} no-op dynamic resources (literal)`, goal: 0.9 }, "s", pairs)];
}

/** The same through the provider plugin. */
export async function pluginRevocations({ runs, count = 300 }: Work): Promise<Row[]> {
  const pairs = await oneUp({ runs, count, ours: "pluginRevocations", peer: "noOps" });
  const work = `${count} \`TokenRevocation\` through the plugin, one \`up\`, simulator without latency, \`verify: false\``;
  return [toRow({ work, peer: `${count} no-op dynamic resources (literal)`, goal: 0.75 }, "s", pairs)];
}

/** A batch through the plugin beside the same one of dynamic resources. */
export async function pluginBatch({ runs, count = 10_000 }: Work): Promise<Row[]> {
  const pairs = await oneUp({ runs, count, ours: "pluginBatch", peer: "batch" });
  const work = `a batch of ${count.toLocaleString("en")} through the plugin, one \`up\`, simulator without latency`;
  return [toRow({ work, peer: "the same batch of dynamic resources", goal: 1 }, "s", pairs)];
}

async function oneUp({ runs, count, ours, peer }: { runs: number; count: number; ours: string; peer: string }) {
  const datadog = await startDatadog({ tokens: count });
  const up = async (program: string): Promise<number> => {
    await datadog.reset();
    const input = { program, tokenIds: datadog.tokenIds, ups: 1, env: datadog.env };
    const { seconds } = await runProgram<{ seconds: [number] }>("up.mts", input);
    return seconds[0];
  };
  const pairs = await inTurn(
    runs,
    () => up(ours),
    () => up(peer),
  );
  datadog.stop();
  return pairs;
}
