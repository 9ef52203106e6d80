/** Runs `up` of a program on a stack of its own, and prints how many seconds each took, and the bytes of state. */

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pulumi from "@pulumi/pulumi";
import automation from "@pulumi/pulumi/automation/index.js";
import { TokenRevocation, TokenRevocationBatch } from "pulumi-datadog-revocation";
import { pluginFolder } from "../../scripts/lib/plugin.mjs";

const { program, tokenIds, bytes, records, ups, env } = JSON.parse(await text(process.stdin)) as {
  readonly program: keyof typeof programs;
  readonly tokenIds: string[];
  readonly bytes: number;
  /** The file for a batch's records: `batch` writes it, `records` reads it. */
  readonly records?: string;
  readonly ups: number;
  readonly env: Record<string, string>;
};

class NoOp extends pulumi.dynamic.Resource {}

/** A resource of the provider plugin, as the SDKs for all languages declare it. */
class PluginRevocation extends pulumi.CustomResource {
  constructor(tokenId: string) {
    super("datadog-revocation:index:TokenRevocation", tokenId, { tokenId, reason: "a bench", verify: false });
  }
}

class PluginBatch extends pulumi.ComponentResource {
  constructor(args: pulumi.Inputs) {
    super("datadog-revocation:index:TokenRevocationBatch", "batch", args, {}, true);
  }
}

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
  pluginRevocations() {
    for (const id of tokenIds) new PluginRevocation(id);
  },
  pluginBatch() {
    new PluginBatch({ tokenIds, reason: "a bench", maxRevocations: tokenIds.length });
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

const folder = join(import.meta.dirname, "../../.cache/bench", program);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "workspace"), { recursive: true });
const project = {
  name: "bench",
  runtime: "nodejs",
  main: join(import.meta.dirname, ".."),
  backend: { url: `file://${folder}` },
  // Left out of the SDK's type.
  plugins: { providers: [{ name: "datadog-revocation", path: pluginFolder }] },
};
const stack = await automation.LocalWorkspace.createOrSelectStack(
  { stackName: "bench", projectName: "bench", program: async () => programs[program]() },
  {
    workDir: join(folder, "workspace"),
    projectSettings: project,
    envVars: {
      PULUMI_HOME: join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...env,
    },
  },
);
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
