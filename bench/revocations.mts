import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";
import { inTurn, type Row, toRow } from "./row.mts";

/** As many revocations as no-op resources, from nothing. */
export async function revocations({ runs, count = 300 }: { runs: number; count?: number }): Promise<Row[]> {
  const datadog = await startDatadog({ tokens: count });
  const up = async (program: string): Promise<number> => {
    await datadog.reset();
    const input = { program, tokenIds: datadog.tokenIds, ups: 1, env: datadog.env };
    const { seconds } = await runProgram<{ seconds: [number] }>("up.mts", input);
    return seconds[0];
  };
  const pairs = await inTurn(
    runs,
    () => up("revocations"),
    () => up("noOps"),
  );
  datadog.stop();
  const work = `${count} \`TokenRevocation\`, one \`up\`, simulator without latency, \`verify: false\``;
  return [toRow({ work, peer: `${count} no-op dynamic resources (literal)`, goal: 0.9 }, "s", pairs)];
}
