/**
 * `audit` of fifty stacks with ten deployments each in a bucket of S3, beside the same in a folder:
 * `node bench/stores.mts [runs]`, on the project's Node. The bucket is served by a process of its own, which answers at
 * once: what the network adds is not in it.
 */
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inTurn, median, type Row } from "./row.mts";

const STACKS = 50;
const DEPLOYMENTS = 10;
/** Tokens that each deployment adds. */
const TOKENS = 10;

const base = join(import.meta.dirname, "../.cache/bench/stores");
const folder = join(base, "backend");
const command = join(import.meta.dirname, "../node_modules/pulumi-datadog-revocation/dist/cli/main.js");
const TYPE = "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation";

/** As Pulumi writes it; every other deployment changes what the one before declared, so that old states count. */
function writeStack(name: string, ordinal: number): void {
  const history = join(folder, ".pulumi/history/revocations", name);
  mkdirSync(history, { recursive: true });
  const resources: object[] = [];
  let state = "";
  for (let version = 1; version <= DEPLOYMENTS; version++) {
    const start = Date.UTC(2026, 0, 1) + version * 3_600_000;
    const at = new Date(start + 5_000).toISOString();
    for (let n = 0; n < TOKENS; n++) {
      const number = (ordinal * DEPLOYMENTS + version) * TOKENS + n;
      const tokenId = `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
      resources.push({
        urn: `urn:pulumi:${name}::revocations::${TYPE}::token-${number}`,
        type: TYPE,
        outputs: { tokenId, status: "revoked", outcome: "revoked", httpStatus: 204, revokedAt: at, verifiedAt: at },
        modified: at,
      });
    }
    state = JSON.stringify({
      version: 3,
      checkpoint: { stack: `organization/revocations/${name}`, latest: { resources } },
    });
    const before = (version - 1) * TOKENS;
    const resourceChanges = {
      create: TOKENS,
      same: version % 2 === 0 ? before - 1 : before,
      update: version % 2 === 0 ? 1 : 0,
    };
    const entry = { kind: "update", message: "", environment: {}, result: "succeeded", resourceChanges };
    const times = { startTime: start / 1000, endTime: start / 1000 + 10 };
    const file = join(history, `${name}-${start}000000`);
    writeFileSync(`${file}.history.json`, JSON.stringify({ ...entry, ...times }));
    writeFileSync(`${file}.checkpoint.json`, state);
  }
  mkdirSync(join(folder, ".pulumi/stacks/revocations"), { recursive: true });
  writeFileSync(join(folder, ".pulumi/stacks/revocations", `${name}.json`), state);
}

async function seconds(backend: string): Promise<{ seconds: number; report: string }> {
  const started = performance.now();
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    PULUMI_BACKEND_URL: backend,
    SOURCE_DATE_EPOCH: "1790000000",
  };
  const args = [command, "audit", "--project", "revocations", "--format", "json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1e9 });
  return {
    seconds: (performance.now() - started) / 1000,
    report: stdout.replaceAll('"backend": "s3"', '"backend": "file"'),
  };
}

/** The row of the bench's table. */
export async function storesRow({ runs = 3 }: { readonly runs?: number } = {}): Promise<Row> {
  for (let ordinal = 0; ordinal < STACKS; ordinal++) writeStack(`team-${ordinal}`, ordinal);
  const child = fork(join(import.meta.dirname, "programs/s3.mts"), [folder], { execArgv: ["--no-warnings"] });
  try {
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    const url = `s3://state?region=us-east-1&endpoint=127.0.0.1:${port}&disableSSL=true&s3ForcePathStyle=true`;
    const pairs = await inTurn(
      runs,
      () => seconds(url),
      () => seconds(`file://${folder}`),
    );
    if (pairs.some(({ ours, peer }) => ours.report !== peer.report)) throw new Error("The reports differ.");
    const of = (name: "ours" | "peer"): string => median(pairs.map((pair) => pair[name].seconds)).toFixed(2);
    return {
      work: `\`audit\` of ${STACKS} stacks with ${DEPLOYMENTS} deployments each, on S3`,
      peer: "the same in a folder",
      goal: 3,
      ratio: median(pairs.map(({ ours, peer }) => ours.seconds / peer.seconds)),
      figures: `${of("ours")} s; ${of("peer")} s`,
    };
  } finally {
    child.kill();
    rmSync(base, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [runs = 3] = process.argv.slice(2).map(Number);
  const { work, peer, goal, ratio, figures } = await storesRow({ runs });
  console.log(
    `${work}, beside ${peer}: ${ratio.toFixed(2)}, goal ${goal} (${figures}; medians of ${runs} runs in turn)`,
  );
}
