/**
 * The command `identify` beside `grep` with the same pattern, on a log with one token value in 10 MB:
 * `node bench/identify.mts [megabytes] [runs]`, on the project's Node.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../.cache/bench");
const command = createRequire(import.meta.url).resolve("pulumi-datadog-revocation/package.json");
const cli = join(command, "../dist/cli/main.js");
const PATTERN = "dd[ps]at_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}";
const MEGABYTE = 1_000_000;
const BLOCK = 10 * MEGABYTE;

export interface IdentifyOptions {
  readonly megabytes?: number;
  readonly runs?: number;
}

/** The row of the bench's table. */
export async function identifyRow({ megabytes = 1000, runs = 5 }: IdentifyOptions = {}) {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, "identify.log");
  const values = writeLog(log, megabytes);
  try {
    readWhole(log);
    const measured = Array.from({ length: runs }, () => {
      const identify = seconds(process.execPath, [cli, "identify", log], {}, values + 1);
      const grep = seconds("grep", ["-oE", PATTERN, log], {}, values);
      const grepC = seconds("grep", ["-oE", PATTERN, log], { LC_ALL: "C" }, values);
      return { identify, grep, grepC, ratio: identify / Math.min(grep, grepC) };
    });
    const of = (name: keyof (typeof measured)[number]): string => median(measured.map((each) => each[name])).toFixed(2);
    const locale = process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || "C";
    return {
      work: `\`identify\` on ${megabytes / 1000} GB of log, one value in 10 MB`,
      peer: "`grep -oE` with the same pattern, the faster of two locales",
      goal: 2.0,
      ratio: Number(of("ratio")),
      figures: `${of("identify")} s; grep ${of("grep")} s in ${locale}, ${of("grepC")} s in C`,
    };
  } finally {
    rmSync(log);
  }
}

/** How long a command takes, from its start to its end, with its output read. */
function seconds(command: string, args: string[], env: NodeJS.ProcessEnv, lines: number): number {
  const started = performance.now();
  // Not to /dev/null: grep sees that, and stops at the first match.
  const { stdout } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  const taken = (performance.now() - started) / 1000;
  if (stdout.trimEnd().split("\n").length !== lines) throw new Error(`${command} did not print ${lines} lines`);
  return taken;
}

/** A log of blocks that differ in the value that each holds; returns how many. */
function writeLog(path: string, megabytes: number): number {
  const block = ordinaryLines(BLOCK);
  const blocks = Math.max(1, Math.round((megabytes * MEGABYTE) / BLOCK));
  const file = openSync(path, "w");
  for (let number = 0; number < blocks; number++) {
    const random = createHash("sha256").update(`${number}`).digest("hex");
    block.write(`key=ddpat_0${random.slice(0, 21)}_${random.slice(21, 57)}\n`, BLOCK / 2);
    writeSync(file, block);
  }
  closeSync(file);
  return blocks;
}

/** What a service logs: times, words, paths, ids and numbers, always the same. */
function ordinaryLines(length: number): Buffer {
  const words =
    "GET POST /api/v2/users /healthz accepted cache connection db_pool finished from in payment_status queue request retry timeout user worker".split(
      " ",
    );
  const lines: string[] = [];
  let seed = 1;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  const some = (count: number): string => Array.from({ length: count }, () => words[below(words.length)]).join(" ");
  const two = (limit: number): string => String(below(limit)).padStart(2, "0");
  const hex = (digits: number): string =>
    below(16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  for (let written = 0; written < length; ) {
    const time = `2026-11-24T${two(24)}:${two(60)}:${two(60)}.${100 + below(900)}Z`;
    const id = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(6)}${hex(6)}`;
    const line = `${time} INFO [worker-${below(100)}] ${some(3)} request=${id} ${some(2)} took ${below(1000)}ms\n`;
    lines.push(line);
    written += line.length;
  }
  return Buffer.from(lines.join("")).subarray(0, length);
}

/** So that the first run finds the file in memory as the others do. */
function readWhole(path: string): void {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(MEGABYTE);
  while (readSync(file, buffer) > 0);
  closeSync(file);
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

if (import.meta.main) {
  const [megabytes = 1000, runs = 5] = process.argv.slice(2).map(Number);
  const { work, peer, goal, ratio, figures } = await identifyRow({ megabytes, runs });
  console.log(`${work}, beside ${peer}: ${ratio}, goal ${goal} (${figures}; medians of ${runs} runs in turn)`);
}
