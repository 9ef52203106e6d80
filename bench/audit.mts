/**
 * `audit --format json` on a stack of 1,000 deployments and 10,000 records, beside the floor: node reading and parsing
 * once each checkpoint that brought records, and the state. `node bench/audit.mts [runs]`, on the project's Node, after
 * `npm start` has made the engine.
 *
 * The stack has a batch of tokens, a hundred of which came with every tenth deployment; the others changed nothing.
 */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "../scripts/lib/engine.mjs";

const deployments = 1000;
const records = 10_000;
/** Every tenth deployment brings tokens. */
const bringing = 10;
const each = records / (deployments / bringing);

const folder = join(import.meta.dirname, "../.cache/bench/audit");
const history = join(folder, ".pulumi/history/revocations/main");
const command = join(import.meta.dirname, "../node_modules/pulumi-datadog-revocation/dist/cli/main.js");

/** As a batch of sixteen shards leaves it. */
function record(index: number, at: number): object {
  const tokenId = `${(index % 16).toString(16)}${index.toString(16).padStart(7, "0")}-0000-4000-8000-000000000000`;
  const time = new Date(at).toISOString();
  return {
    httpStatus: 204,
    outcome: "revoked",
    revokedAt: time,
    snapshot: {
      createdAt: "2025-11-05T05:18:08.287Z",
      expiresAt: "2026-11-04T21:33:28.626Z",
      kind: "personal",
      lastUsedAt: "2026-01-01T09:00:00.000Z",
      name: `token-${index}`,
      owner: { handle: `user-${index % 50}@example.com`, id: "bcc8bb38-d1e1-4b52-adda-ebf269e3259c", type: "users" },
      scopes: ["dashboards_read", "monitors_read"],
      tokenId,
    },
    status: "revoked",
    tokenId,
    verifiedAt: time,
  };
}

/** Writes the backend; returns the files that a reader of every record cannot do without. */
function writeHistory(): string[] {
  const shards = Array.from({ length: 16 }, (): { records: object[]; modified: string } => ({
    records: [],
    modified: "",
  }));
  const needed: string[] = [];
  mkdirSync(history, { recursive: true });
  mkdirSync(join(folder, ".pulumi/stacks/revocations"), { recursive: true });
  const batch = "urn:pulumi:main::revocations::datadog-revocation:index:TokenRevocationBatch";
  const type = "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocationShard";
  let text = "";
  for (let version = 1; version <= deployments; version++) {
    const start = Date.UTC(2026, 0, 1) + version * 3_600_000;
    const brings = version % bringing === 0;
    for (let n = 0; brings && n < each; n++) {
      const index = (version / bringing - 1) * each + n;
      shards[index % 16]?.records.push(record(index, start + 5_000));
    }
    if (brings) for (const shard of shards) shard.modified = new Date(start + 6_000).toISOString();
    if (brings || version === 1) {
      const resources = shards.map(({ records, modified }, digit) => ({
        urn: `${batch}$${type}::leak-${digit.toString(16)}`,
        type,
        parent: `${batch}::leak`,
        outputs: {
          records,
          failures: [],
          apiUrl: "https://api.datadoghq.com",
          ticket: `SEC-${version}`,
          status: "revoked",
        },
        modified: modified || new Date(start).toISOString(),
      }));
      text = JSON.stringify({
        version: 3,
        checkpoint: { stack: "organization/revocations/main", latest: { resources } },
      });
    }
    const base = join(history, `main-${start}000000`);
    const changes = version === 1 ? { create: 16 } : brings ? { update: 16 } : { same: 16 };
    const entry = { kind: "update", message: "", environment: {}, result: "succeeded", resourceChanges: changes };
    writeFileSync(
      `${base}.history.json`,
      JSON.stringify({ ...entry, startTime: start / 1000, endTime: start / 1000 + 10 }),
    );
    writeFileSync(`${base}.checkpoint.json`, text);
    if (brings) needed.push(`${base}.checkpoint.json`);
  }
  writeFileSync(join(folder, ".pulumi/stacks/revocations/main.json"), text);
  return [...needed, join(folder, ".pulumi/stacks/revocations/main.json")];
}

interface Run {
  readonly seconds: number;
  /** Most memory that the process had, in MB. */
  readonly memory: number;
}

/** Runs node under the eyes of the system's own count of its memory. */
async function measure(...args: string[]): Promise<Run> {
  const started = performance.now();
  const script = "process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS))";
  const child = spawn(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(script)}`, ...args], {
    env: { ...process.env, PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_HOME: join(folder, "home") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(said);
  return { seconds: (performance.now() - started) / 1000, memory: Number(/maxRSS (\d+)/.exec(said)?.[1]) / 1024 };
}

/** The row of the bench's table. */
export async function auditRow({ runs = 3 }: { readonly runs?: number } = {}) {
  await ensureEngine();
  try {
    const list = join(folder, "needed.json");
    writeFileSync(list, JSON.stringify(writeHistory()));
    const floor = `const { readFileSync } = require("fs");
      for (const file of JSON.parse(readFileSync(${JSON.stringify(list)}))) JSON.parse(readFileSync(file, "utf8"));`;
    const measured: { audit: Run; floor: Run }[] = [];
    for (let run = 0; run < runs; run++) {
      measured.push({
        audit: await measure(command, "audit", "--project", "revocations", "--format", "json"),
        floor: await measure("-e", floor),
      });
    }
    const of = (pick: (run: { audit: Run; floor: Run }) => number): number => median(measured.map(pick));
    return {
      work: `\`audit\` of ${deployments.toLocaleString("en-US")} deployments and ${records.toLocaleString("en-US")} records`,
      peer: "node reading and parsing the checkpoints that brought records",
      goal: 2.0,
      ratio: Number(of(({ audit, floor }) => audit.seconds / floor.seconds).toFixed(2)),
      figures:
        `${of(({ audit }) => audit.seconds).toFixed(1)} s, ${of(({ audit }) => audit.memory).toFixed(0)} MB; ` +
        `floor ${of(({ floor }) => floor.seconds).toFixed(1)} s, ${of(({ floor }) => floor.memory).toFixed(0)} MB`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

if (import.meta.main) {
  const [runs = 3] = process.argv.slice(2).map(Number);
  const { work, peer, goal, ratio, figures } = await auditRow({ runs });
  console.log(`${work}, beside ${peer}: ${ratio}, goal ${goal} (${figures}; medians of ${runs} runs in turn)`);
}
