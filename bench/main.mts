/** `npm run bench -- [row …] [--runs N]`: measures, and prints one table. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem, type } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureEngine } from "../scripts/lib/engine.mjs";
import { auditRow } from "./audit.mts";
import { client } from "./client.mts";
import { identifyRow } from "./identify.mts";
import { imports } from "./imports.mts";
import { limit } from "./limit.mts";
import { pluginBatch, pluginRevocations, revocations } from "./revocations.mts";
import type { Row } from "./row.mts";
import { storesRow } from "./stores.mts";
import { unchanged } from "./unchanged.mts";

/** What can be chosen. The last ones take minutes, and are left out unless they are named. */
const ROWS: Record<string, (runs: number) => Promise<Row[]>> = {
  revocations: (runs) => revocations({ runs }),
  plugin: (runs) => pluginRevocations({ runs }),
  "plugin-batch": (runs) => pluginBatch({ runs }),
  client: (runs) => client({ runs }),
  limit: (runs) => limit({ runs }),
  "unchanged-1000": (runs) => unchanged({ runs, count: 1_000 }),
  "unchanged-10000": (runs) => unchanged({ runs, count: 10_000 }),
  import: (runs) => imports({ runs }),
  identify: async (runs) => [await identifyRow({ runs })],
  audit: async (runs) => [await auditRow({ runs })],
  stores: async (runs) => [await storesRow({ runs })],
  "unchanged-100000": (runs) => unchanged({ runs, count: 100_000 }),
  "revocations-1000": (runs) => revocations({ runs, count: 1_000 }),
};
const LONG = ["revocations-1000"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" }, help: { type: "boolean", default: false } },
});
const runs = Number(values.runs);
const unknown = positionals.filter((name) => !Object.hasOwn(ROWS, name));
if (values.help || unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  const why = unknown.length > 0 ? `No row is called ${unknown.join(", ")}.\n` : "";
  console.error(`${why}npm run bench -- [row …] [--runs N]\nRows: ${Object.keys(ROWS).join(", ")}`);
  process.exit(values.help ? 0 : 2);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(ROWS).filter((name) => !LONG.includes(name));

await ensureEngine();
const rows: Row[] = [];
for (const name of chosen) {
  console.error(`${name} …`);
  rows.push(...((await ROWS[name]?.(runs)) ?? []));
}

const require = createRequire(import.meta.url);
const version = (name: string): string => {
  // Not every package lets its package.json be asked for by name.
  const folders = require.resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, "package.json")).find(existsSync);
  return `${name} ${file === undefined ? "?" : JSON.parse(readFileSync(file, "utf8")).version}`;
};
const packages = ["pulumi-datadog-revocation", "@pulumi/pulumi", "@datadog/datadog-api-client"].map(version);
const engine = execFileSync("pulumi", ["version"], { encoding: "utf8" }).trim();
console.log(
  [
    "| work | peer | ratio | goal | ours; peer |",
    "|---|---|---|---|---|",
    ...rows.map(line),
    "",
    `Medians of ${runs} runs in turn, on ${machine()}; Node ${process.versions.node}, Pulumi ${engine}, ${packages.join(", ")}.`,
  ].join("\n"),
);

function line({ work, peer, ratio, goal, figures }: Row): string {
  const missed = ratio > goal ? " (missed)" : "";
  return `| ${work} | ${peer} | ${ratio.toFixed(ratio < 0.1 ? 3 : 2)}${missed} | ≤ ${goal} | ${figures} |`;
}

function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${processors.length} × ${processors[0]?.model.trim() ?? "?"}, ${memory} GiB, ${type()}`;
}
