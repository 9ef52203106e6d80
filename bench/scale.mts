/**
 * What one machine does: the figures of `docs/scale.md`. `npx node bench/scale.mts [tokens …]`, by default with batches of
 * 1,000 and 10,000 tokens; a batch of 100,000 takes minutes more. On Linux, where a process's memory can be read.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";
import automation from "@pulumi/pulumi/automation/index.js";
import { TokenRevocation, TokenRevocationBatch } from "pulumi-datadog-revocation";
import { ensureEngine } from "../scripts/lib/engine.mjs";
import { runProgram } from "./child.mts";
import { startDatadog } from "./datadog.mts";

const folder = join(import.meta.dirname, "../.cache/bench/scale");
const backend = join(folder, "backend");
const PROJECT = "scale";
const STACK = "team-0000";

interface Up {
  readonly seconds: number;
  /** MB, the most at any moment. */
  readonly memory: Record<"program" | "engine" | "host", number>;
  /** Bytes of state after it, and of history that it added. */
  readonly state: number;
  readonly history: number;
}

/** What a child does: its lists of tokens, one `up` each. */
interface Work {
  readonly kind: "batch" | "single";
  readonly lists: readonly (readonly string[])[];
  readonly env: Record<string, string>;
}

if (process.argv[2] === "up") console.log(JSON.stringify(await runUps(JSON.parse(await text(process.stdin)))));
else await main(process.argv.slice(2).map(Number));

async function main(counts: readonly number[]): Promise<void> {
  await ensureEngine();
  const print = (line = ""): void => console.log(line);
  print(
    `On ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}.`,
  );
  print();
  print("| batch | what | seconds | tokens a second | program, engine, host: MB | state | history grows by |");
  print("|---|---|---|---|---|---|---|");
  for (const count of counts.length > 0 ? counts : [1_000, 10_000]) {
    const datadog = await startDatadog({ tokens: count + 1 });
    const all = datadog.tokenIds;
    const ups = await inChild({ kind: "batch", lists: [all.slice(1), all.slice(1), all], env: env(datadog) });
    datadog.stop();
    for (const [index, what] of ["first `up`", "unchanged `up`", "one token more"].entries()) {
      const { seconds, memory, state, history } = ups[index] as Up;
      const rate = index === 0 ? Math.round(count / seconds).toLocaleString("en") : "–";
      const { program, engine, host } = memory;
      print(
        `| ${count.toLocaleString("en")} | ${what} | ${seconds.toFixed(1)} | ${rate} | ` +
          `${[program, engine, host].map(Math.round).join(", ")} | ${megabytes(state)} | ${megabytes(history)} |`,
      );
    }
  }
  print();
  await auditOfMany(print, { stacks: 100, updates: 10, tokens: 10 });
  await sharedLimit(print, { processes: 10, tokens: 200, limit: 100 });
  rmSync(folder, { recursive: true, force: true });
}

/** One stack is made by the engine, and copied under other names. */
async function auditOfMany(
  print: (line: string) => void,
  { stacks, updates, tokens }: { stacks: number; updates: number; tokens: number },
): Promise<void> {
  const datadog = await startDatadog({ tokens });
  const lists = Array.from({ length: updates }, () => datadog.tokenIds);
  const ups = await inChild({ kind: "single", lists, env: env(datadog) });
  datadog.stop();
  for (let number = 1; number < stacks; number++) copyStack(`team-${String(number).padStart(4, "0")}`);
  const command = join(import.meta.dirname, "../node_modules/pulumi-datadog-revocation/dist/cli/main.js");
  const started = performance.now();
  const child = spawn(process.execPath, [command, "audit", "--project", PROJECT, "--format", "json"], {
    env: { ...process.env, PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_HOME: join(folder, "home") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const peak = watchMemory(() => [["audit", child.pid]]);
  const { records } = JSON.parse(await text(child.stdout));
  const seconds = (performance.now() - started) / 1000;
  print(
    `- \`audit\` of ${stacks} stacks with ${updates} updates and ${tokens} tokens each, in a folder: ${seconds.toFixed(1)} s, ` +
      `${Math.round(peak().audit ?? 0)} MB, ${records.length} records. An \`up\` that changes nothing takes ` +
      `${(ups.at(-1)?.seconds ?? 0).toFixed(1)} s there.`,
  );
}

/** The host's code in so many processes, which know nothing of each other. */
async function sharedLimit(
  print: (line: string) => void,
  { processes, tokens, limit }: { processes: number; tokens: number; limit: number },
): Promise<void> {
  const datadog = await startDatadog({ tokens: processes * tokens, rateLimit: { limit, periodSeconds: 1 } });
  const { url, apiKey, appKey, tokenIds } = datadog;
  const costs = await Promise.all(
    Array.from({ length: processes }, (_, number) => {
      const own = tokenIds.slice(number * tokens, (number + 1) * tokens);
      return runProgram<{ seconds: number }>("revokeOurs.mts", { url, apiKey, appKey, tokenIds: own, concurrency: 32 });
    }),
  );
  const { requests, refused, from, to } = await datadog.asked();
  datadog.stop();
  const took = costs.map(({ seconds }) => seconds).toSorted((one, other) => one - other);
  print(
    `- ${processes} processes with ${tokens} tokens each under one limit of ${limit} a second: ` +
      `${((to - from) / 1000).toFixed(1)} s (the limit alone: ${(processes * tokens) / limit} s), ` +
      `${((100 * refused) / requests).toFixed(1)} % answers 429, the first was done after ${took[0]?.toFixed(1)} s, ` +
      `the last after ${took.at(-1)?.toFixed(1)} s.`,
  );
}

function env({ url, apiKey, appKey }: { url: string; apiKey: string; appKey: string }): Record<string, string> {
  return { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e5 ? 2 : 1)} MB`;
}

/** In a process of its own, whose memory is then the program's. */
async function inChild(work: Work): Promise<Up[]> {
  const child = spawn(process.execPath, [import.meta.filename, "up"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(work));
  const output = await text(child.stdout);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}

async function runUps({ kind, lists, env }: Work): Promise<Up[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "workspace"), { recursive: true });
  mkdirSync(backend);
  let tokenIds: string[] = [];
  const programs = {
    batch: () =>
      void new TokenRevocationBatch("batch", { tokenIds, reason: "a bench", maxRevocations: tokenIds.length }),
    single: () => tokenIds.forEach((tokenId) => void new TokenRevocation(tokenId, { tokenId, reason: "a bench" })),
  };
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: PROJECT, program: async () => programs[kind]() },
    {
      workDir: join(folder, "workspace"),
      projectSettings: {
        name: PROJECT,
        runtime: "nodejs",
        main: import.meta.dirname,
        backend: { url: `file://${backend}` },
      },
      envVars: {
        PULUMI_HOME: join(folder, "home"),
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        ...env,
      },
    },
  );
  const ups: Up[] = [];
  for (const list of lists) {
    tokenIds = [...list];
    const before = historySize();
    const peak = watchMemory(descendants);
    const started = performance.now();
    await stack.up();
    const seconds = (performance.now() - started) / 1000;
    const memory = { program: 0, engine: 0, host: 0, ...peak() };
    const state = statSync(join(backend, ".pulumi/stacks", PROJECT, `${STACK}.json`)).size;
    ups.push({ seconds, memory, state, history: historySize() - before });
  }
  return ups;
}

function historySize(): number {
  const history = join(backend, ".pulumi/history", PROJECT, STACK);
  try {
    return readdirSync(history).reduce((sum, file) => sum + statSync(join(history, file)).size, 0);
  } catch {
    // There was no update yet.
    return 0;
  }
}

/** Copies the stack that the engine made, with its history. */
function copyStack(name: string): void {
  const rename = (path: string): void => {
    writeFileSync(path, readFileSync(path, "utf8").replaceAll(STACK, name));
    const file = basename(path);
    if (file.includes(STACK)) renameSync(path, join(path, "..", file.replace(STACK, name)));
  };
  const stacks = join(backend, ".pulumi/stacks", PROJECT);
  cpSync(join(stacks, `${STACK}.json`), join(stacks, `${name}.json`));
  rename(join(stacks, `${name}.json`));
  const history = join(backend, ".pulumi/history", PROJECT);
  cpSync(join(history, STACK), join(history, name), { recursive: true });
  for (const file of readdirSync(join(history, name))) rename(join(history, name, file));
}

type Found = readonly (readonly [name: string, pid: number | undefined])[];

/** Looks every now and then; the system itself keeps the most that each process had. @returns stops, and tells MB */
function watchMemory(find: () => Found): () => Record<string, number> {
  const peaks: Record<string, number> = {};
  const look = (): void => {
    for (const [name, pid] of find()) peaks[name] = Math.max(peaks[name] ?? 0, peakMemory(pid));
  };
  const timer = setInterval(look, 100);
  return () => {
    look();
    clearInterval(timer);
    return peaks;
  };
}

function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    // It has ended.
    return 0;
  }
}

/** This process, which runs the program; the engine; and the host. */
function descendants(): Found {
  const found: [string, number][] = [["program", process.pid]];
  for (const pid of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`PULUMI_HOME=${join(folder, "home")}`)) continue;
      if (basename(command[0] ?? "") === "pulumi") found.push(["engine", pid]);
      if (command.some((argument) => argument.includes("/dynamic-provider"))) found.push(["host", pid]);
    } catch {
      // It has ended, or is another user's.
    }
  }
  return found;
}
