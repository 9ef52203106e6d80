/** Runs `up` of a program on a stack of its own, and prints how many seconds each took, and the bytes of state. */

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import pulumi from "@pulumi/pulumi";
import automation from "@pulumi/pulumi/automation/index.js";
import { TokenRevocation, TokenRevocationBatch } from "pulumi-datadog-revocation";
import { pluginFolder } from "../../scripts/lib/plugin.mjs";

const { program, tokenIds, bytes, records, ups, env } = JSON.parse(await text(process.stdin)) as {
  readonly program: keyof typeof programs | keyof typeof yamlPrograms;
  readonly tokenIds: string[];
  readonly bytes: number;
  /** The file for a batch's records: `batch` writes it, `records` reads it. */
  readonly records?: string;
  readonly ups: number;
  readonly env: Record<string, string>;
};

class NoOp extends pulumi.dynamic.Resource {}

/** A dynamic provider as most people write one: an object literal with methods. */
const noOp: pulumi.dynamic.ResourceProvider = {
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

async function createRecords(inputs: object): Promise<pulumi.dynamic.CreateResult> {
  const { readFileSync } = await import("node:fs");
  return { id: "records", outs: { ...inputs, records: JSON.parse(readFileSync(records as string, "utf8")) } };
}

const programs = {
  revocations() {
    for (const id of tokenIds) new TokenRevocation(id, { tokenId: id, reason: "a bench", verify: false });
  },
  noOps() {
    for (const id of tokenIds) new NoOp(noOp, id, { tokenId: id, reason: "a bench" });
  },
  batch() {
    new TokenRevocationBatch("batch", { tokenIds, reason: "a bench", maxRevocations: tokenIds.length });
  },
  /** What a batch's state holds, in one resource. */
  records() {
    new NoOp({ ...noOp, create: createRecords }, "records", { tokenIds, reason: "a bench" });
  },
  /** Inputs and outputs hold the text once each. */
  bytes() {
    new NoOp(noOp, "bytes", { tokenId: "bytes", text: "x".repeat(bytes / 2) });
  },
};

/** For the provider plugin, which needs no program in TypeScript. JSON is YAML. */
const yamlPrograms = {
  yamlRevocations: () =>
    tokenIds.map((id) => [
      id,
      { type: "datadog-revocation:TokenRevocation", properties: { tokenId: id, reason: "a bench", verify: false } },
    ]),
  yamlBatch: () => [
    [
      "batch",
      {
        type: "datadog-revocation:TokenRevocationBatch",
        properties: { tokenIds, reason: "a bench", maxRevocations: tokenIds.length },
      },
    ],
  ],
};

const folder = join(import.meta.dirname, "../../.cache/bench", program);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "workspace"), { recursive: true });
const options = {
  workDir: join(folder, "workspace"),
  envVars: {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...env,
  },
};
const stack = program in yamlPrograms ? await yamlStack(program as keyof typeof yamlPrograms) : await inlineStack();
const seconds: number[] = [];
for (let up = 0; up < ups; up++) {
  const started = performance.now();
  await stack.up();
  seconds.push((performance.now() - started) / 1000);
}
if (program === "batch" && records !== undefined) {
  const { deployment } = await stack.exportStack();
  const outputs = deployment.resources.map((resource: { outputs?: { records?: object[] } }) => resource.outputs);
  writeFileSync(records, JSON.stringify(outputs.flatMap((each: { records?: object[] }) => each?.records ?? [])));
}
const state = statSync(join(folder, ".pulumi/stacks/bench/bench.json")).size;
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ seconds, state }));

function inlineStack(): Promise<automation.Stack> {
  const inline = { stackName: "bench", projectName: "bench", program: async () => programs[program as "batch"]() };
  const main = join(import.meta.dirname, "..");
  const projectSettings = { name: "bench", runtime: "nodejs", main, backend: { url: `file://${folder}` } };
  return automation.LocalWorkspace.createOrSelectStack(inline, { ...options, projectSettings });
}

function yamlStack(yaml: keyof typeof yamlPrograms): Promise<automation.Stack> {
  const project = {
    name: "bench",
    runtime: "yaml",
    backend: { url: `file://${folder}` },
    plugins: { providers: [{ name: "datadog-revocation", path: pluginFolder }] },
    resources: Object.fromEntries(yamlPrograms[yaml]()),
  };
  writeFileSync(join(options.workDir, "Pulumi.yaml"), JSON.stringify(project));
  const host = process.env.TEST_YAML_HOST;
  const PATH = [...(host ? [dirname(host)] : []), process.env.PATH].join(delimiter);
  return automation.LocalWorkspace.createOrSelectStack(
    { stackName: "bench", workDir: options.workDir },
    { ...options, envVars: { ...options.envVars, PATH } },
  );
}
