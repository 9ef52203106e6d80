/**
 * 1,000 entries of revocations.yaml beside 1,000 no-op dynamic resources as most people write them, an object literal
 * with methods: `node bench/ledger.mts [entries] [runs]`, on the project's Node, after `npm start` has made the engine.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pulumi from "@pulumi/pulumi";
import automation from "@pulumi/pulumi/automation/index.js";
import { TokenRevocation } from "pulumi-datadog-revocation";
import { startSimulator } from "pulumi-datadog-revocation/simulator";
import { readLedger } from "../examples/ledger/ledger.ts";
import { ensureEngine } from "../scripts/lib/engine.mjs";

const entries = Number(process.argv[2] ?? 1000);
const runs = Number(process.argv[3] ?? 3);
const folder = join(import.meta.dirname, "../.cache/bench/ledger");

await ensureEngine();
const datadog = await startSimulator({ tokens: Math.ceil(entries * 1.3) });
const tokens = datadog.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined).slice(0, entries);

/** One first `up`, in seconds. */
async function up(name: string, program: () => void): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "workspace"), { recursive: true });
  const ledger = tokens.map(({ id }) => `  - tokenId: ${id}\n    reason: a bench\n    verify: false\n`);
  writeFileSync(join(folder, "revocations.yaml"), `revocations:\n${ledger.join("")}`);
  for (const { id } of tokens) datadog.restore(id);
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName: "bench", projectName: name, program: async () => program() },
    {
      workDir: join(folder, "workspace"),
      projectSettings: { name, runtime: "nodejs", main: import.meta.dirname, backend: { url: `file://${folder}` } },
      envVars: {
        PULUMI_HOME: join(folder, "home"),
        PULUMI_CONFIG_PASSPHRASE: "bench",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        DD_HOST: datadog.url,
        DD_API_KEY: datadog.apiKey,
        DD_APP_KEY: datadog.appKey,
      },
    },
  );
  const started = performance.now();
  await stack.up();
  return (performance.now() - started) / 1000;
}

function ledger(): void {
  for (const { tokenId, args } of readLedger(join(folder, "revocations.yaml"))) new TokenRevocation(tokenId, args);
}

class NoOp extends pulumi.dynamic.Resource {}

function noOps(): void {
  const provider: pulumi.dynamic.ResourceProvider = {
    async check(_olds, news) {
      return { inputs: news };
    },
    async create(inputs) {
      return { id: inputs.tokenId, outs: inputs };
    },
    async diff() {
      return { changes: false };
    },
    async read(id, props) {
      return { id, props };
    },
    async update(_id, _olds, news) {
      return { outs: news };
    },
    async delete() {},
  };
  for (const { id } of tokens) new NoOp(provider, id, { tokenId: id, reason: "a bench" });
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const measured: { ledger: number; noOps: number }[] = [];
for (let run = 0; run < runs; run++) {
  measured.push({ ledger: await up("ledger", ledger), noOps: await up("no-ops", noOps) });
}
await datadog.stop();
const seconds = { ledger: median(measured.map((m) => m.ledger)), noOps: median(measured.map((m) => m.noOps)) };
const ratio = median(measured.map((m) => m.ledger / m.noOps));
console.log(
  `${tokens.length} entries ${seconds.ledger.toFixed(1)} s, as many no-op resources ${seconds.noOps.toFixed(1)} s: ` +
    `${ratio.toFixed(2)} (medians of ${runs} runs in turn, node ${process.version})`,
);
