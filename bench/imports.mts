import { spawnSync } from "node:child_process";
import { inTurn, type Row, toRow } from "./row.mts";

/** A process is started for each, so this many for one figure. */
const STARTS = 7;

/** Importing the package into a program that has the SDK, beside importing the SDK. */
export async function imports({ runs }: { runs: number }): Promise<Row[]> {
  const pairs = await inTurn(
    runs * STARTS,
    async () => milliseconds("pulumi-datadog-revocation", "@pulumi/pulumi"),
    async () => milliseconds("@pulumi/pulumi"),
  );
  const work = "import of the package in a program, beyond `@pulumi/pulumi`";
  return [toRow({ work, peer: "import of `@pulumi/pulumi`", goal: 0.08 }, "ms", pairs)];
}

/** How long a fresh process takes to load a package, when it has loaded another before. */
function milliseconds(name: string, before?: string): number {
  const script = `
    ${before === undefined ? "" : `require("${before}");`}
    const started = performance.now();
    require("${name}");
    console.log(performance.now() - started);`;
  const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: import.meta.dirname, encoding: "utf8" });
  return Number(stdout);
}
