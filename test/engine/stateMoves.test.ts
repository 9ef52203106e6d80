import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { audit } from "../support/auditCommand";
import { createProject, type Project, type State } from "../support/engine";
import type { Face } from "../support/face";
import { failing, readRelease, recordedAt, restore, alive as revivedId, startDatadog } from "../support/releases";
import { simulate } from "../support/simulator";

/** Several runs of the engine. */
const patience = 600_000;
const imports = `
import * as pulumi from "@pulumi/pulumi";
import { TokenRevocation, TokenRevocationBatch, TokenSweep } from "pulumi-datadog-revocation";
`;
const unknown = "00000000-0000-4000-8000-00000000dead";

let datadog: Simulator;
let project: Project;
let read = 0;

/** Every kind of resource, below a component too. */
function program({ protect = true, reason = "in a log" } = {}): string {
  const ids = JSON.stringify(datadog.tokens.slice(3, 30).map(({ id }) => id));
  const [one, two, three] = datadog.tokens;
  return `${imports}
    new TokenRevocation("by-id", { tokenId: "${one?.id}", reason: "${reason}", ticket: "INC-1" });
    new TokenRevocation("by-value", { token: pulumi.secret("${two?.value}"), reason: pulumi.secret("a name") });
    new TokenRevocation("kept", { tokenId: "${three?.id}" }, { protect: ${protect} });
    new TokenRevocation("unknown", { tokenId: "${unknown}" });
    const team = new pulumi.ComponentResource("test:index:Team", "team");
    new TokenRevocation("below", { tokenId: "${datadog.tokens[30]?.id}" }, { parent: team });
    const ids = ${ids};
    const batch = new TokenRevocationBatch("batch", { tokens: ids.slice(0, 9), ticket: pulumi.secret("INC-1") });
    new TokenRevocationBatch("nested", { tokens: ids.slice(9) }, { parent: team });
    new TokenSweep("report", { where: { namePattern: "swept/*" } });
    new TokenSweep("enforced", { where: { namePattern: "left/*" }, enforce: true, ticket: "INC-2" });
    export const { summary } = batch;
  `;
}

/** Makes a stack in which everything is done. */
async function start(face: Face): Promise<void> {
  datadog = await simulate({ tokens: 40, seed: 5 });
  read = 0;
  for (const name of ["left/a", "left/b", "swept/a"]) datadog.addToken({ name });
  const env = { DD_HOST: datadog.url, DD_API_KEY: datadog.apiKey, DD_APP_KEY: datadog.appKey };
  project = await createProject({ program: program(), env });
  project.turnTo(face);
  expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
  sent();
}

/**
 * Requests since the last call, sorted; but for the listings of a sweep's every run, and the question who asks, which a
 * record of a token that was never seen takes.
 */
function sent(): string[] {
  const requests = datadog.requests(read);
  read += requests.length;
  const lines = requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`);
  return lines
    .filter((line) => !/^GET \/api\/v2\/(personal_access_tokens|current_user|users(\/[^/]+)?)$/.test(line))
    .sort();
}

function acts(): string[] {
  return sent().filter((line) => !line.startsWith("GET "));
}

/** What state holds of each of our resources, decrypted. */
async function records(): Promise<Record<string, unknown>> {
  const { stdout } = await project.run("stack", "export", "--show-secrets");
  const { resources = [] } = (JSON.parse(stdout) as State).deployment;
  const ours = resources.filter(({ type }) => /datadog-revocation:(index:)?Token/.test(type));
  return Object.fromEntries(
    ours.map(({ urn, id, outputs, initErrors }) => [urn.split("::").at(-1), { id, outputs, initErrors }]),
  );
}

/** Types that tell which of the two they are, and what serves them: each once, sorted. */
async function types(): Promise<string[]> {
  const all = (await project.resources("")).map(({ type }) => type);
  return [...new Set(all)]
    .filter((type) => /^pulumi:providers|dynamic|index:Token(?!RevocationBatch)/.test(type))
    .sort();
}

const KINDS = ["TokenRevocation", "TokenRevocationShard", "TokenSweep"];
const TYPES: Record<Face, string[]> = {
  dynamic: [
    "pulumi:providers:pulumi-nodejs",
    ...KINDS.map((kind) => `pulumi-nodejs:dynamic/datadog-revocation:${kind}`),
  ],
  plugin: [...KINDS.map((kind) => `datadog-revocation:index:${kind}`), "pulumi:providers:datadog-revocation"],
};

/** A run that finds nothing to do. */
async function expectQuiet(run: Promise<{ code: number | null; output: string }>): Promise<void> {
  const { code, output } = await run;
  expect(output).toMatch(/Resources:\n +43 unchanged\n/);
  expect(output).not.toMatch(/warning:|error:|replaced|deleted/);
  expect(code).toBe(0);
  expect(sent()).toEqual([]);
}

test.each<[Face, Face]>([
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
])(
  "a stack of %s resources goes on with those of the other face, by a plan, and back: nothing is sent, nothing changes",
  async (face, other) => {
    await start(face);
    const recorded = await records();
    const report = await audit(project, "--format", "json");
    expect(await types()).toEqual(TYPES[face].toSorted());

    project.turnTo(other);
    await expectQuiet(project.preview("--save-plan", "plan.json"));
    await expectQuiet(project.up("--skip-preview", "--plan", "plan.json", "--expect-no-changes"));
    expect(await types()).toEqual(TYPES[other].toSorted());
    expect(await records()).toEqual(recorded);
    expect((await project.refresh("--skip-preview", "--expect-no-changes")).code).toBe(0);
    expect(acts()).toEqual([]);
    expect(await records()).toEqual(recorded);

    // Each record once, of the deployment that revoked; it is the type that changed in a resource's name.
    const { records: told, findings } = JSON.parse((await audit(project, "--format", "json")).stdout);
    const before = JSON.parse(report.stdout).records as { resource: string }[];
    expect(told).toEqual(before.map((each) => ({ ...each, resource: expect.any(String) })));
    expect(findings).toEqual([]);

    // State goes by hand from one backend to another, and back to the first face: refreshed first.
    const exported = (await project.run("stack", "export")).stdout;
    project.write({ "state.json": exported });
    expect(await project.run("stack", "import", "--file", "state.json")).toMatchObject({ code: 0 });
    project.turnTo(face);
    expect((await project.up("--skip-preview", "--refresh", "--expect-no-changes")).code).toBe(0);
    expect(acts()).toEqual([]);
    expect(await types()).toEqual(TYPES[face].toSorted());
    expect(await records()).toEqual(recorded);

    const refused = await project.destroy("--skip-preview");
    expect(refused.output).toMatch(/::kept" cannot be deleted\s+because it is protected/);
    expect(await project.run("state", "unprotect", "--all", "--yes")).toMatchObject({ code: 0 });
    expect(await project.destroy("--skip-preview")).toMatchObject({
      code: 0,
      output: expect.stringContaining("removed from state only. Nothing was sent to Datadog"),
    });
    expect(acts()).toEqual([]);
    expect(await records()).toEqual({});
  },
  patience,
);

test.each<[Face, Face]>([
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
])(
  "edits, a token that is alive again, and the end of a stack whose %s resources went on with the other face",
  async (face, other) => {
    await start(face);
    const [one] = datadog.tokens;
    // By state, refresh knows the first face only.
    project.turnTo(other);
    datadog.restore(one?.id ?? "");
    const refreshed = await project.refresh("--skip-preview");
    expect(refreshed).toMatchObject({ code: 0, output: expect.stringMatching(/by-id updated .*\[diff: ~status\]/) });
    sent();
    const path = `/api/v2/personal_access_tokens/${one?.id}`;
    const up = await project.up("--skip-preview");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("~ 1 updated") });
    expect(sent()).toEqual([`DELETE ${path}`, `GET ${path}`, `GET ${path}`]);

    project.setProgram(program({ protect: false, reason: "in a public log" }));
    const edited = await project.up("--skip-preview");
    expect(edited).toMatchObject({ code: 0, output: expect.stringContaining("~ 1 updated") });
    expect(sent()).toEqual([]);

    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(acts()).toEqual([]);
    expect(await records()).toEqual({});
  },
  patience,
);

test(
  "what 0.1.0 left goes on with the plugin, acted on where that is due, and back",
  async () => {
    const kept = readRelease("0.1.0");
    datadog = await startDatadog(kept.resources);
    read = 0;
    project = await restore(recordedAt(datadog, kept), datadog);
    const recorded = await records();
    project.turnTo("plugin");
    const up = await project.up("--skip-preview");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("~ 2 updated") });
    expect(acts().map((line) => line.split("/").at(-1))).toEqual([revivedId, failing]);
    const { alive: _, "batch-e": __, batch: ___, ...others } = recorded;
    expect(await records()).toMatchObject(others);

    const settled = await records();
    project.turnTo("dynamic");
    const back = await project.up("--skip-preview", "--expect-no-changes");
    expect(back).toMatchObject({ code: 0, output: expect.not.stringContaining("warning") });
    expect(await project.refresh("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await records()).toEqual(settled);
    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(acts()).toEqual([]);
  },
  patience,
);

/** What a later release may have added, at every depth; secrets stay what they are. */
function fromLater(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromLater);
  if (typeof value !== "object" || value === null || "ciphertext" in value) return value;
  const fields = Object.entries(value).map(([name, each]) => [name, fromLater(each)]);
  return { ...Object.fromEntries(fields), later: { anything: [1, null, "x"] } };
}

test(
  "state of a later release: what the plugin does not know is kept by refresh and up, and an edit keeps it in the records",
  async () => {
    await start("plugin");
    const state: State = JSON.parse((await project.run("stack", "export")).stdout);
    const outputsOf = async (name: string) => {
      const { outputs = {} } = (await project.resources("")).find(({ urn }) => urn.endsWith(`::${name}`)) ?? {};
      return outputs as { records: object[]; acts: object[] } & Record<string, unknown>;
    };
    const results = ["act", "acts", "actor", "failures", "records", "snapshot"];
    for (const { type, outputs = {} } of state.deployment.resources ?? []) {
      if (!/^datadog-revocation:index:Token(?!RevocationBatch)/.test(type)) continue;
      for (const name of results) if (name in outputs) outputs[name] = fromLater(outputs[name]);
      Object.assign(outputs, { later: [{ anything: 1 }] });
    }
    const byId = state.deployment.resources?.find(({ urn }) => urn.endsWith("::by-id"));
    Object.assign(byId?.outputs ?? {}, { outcome: "expired" });
    project.write({ "state.json": JSON.stringify(state) });
    expect(await project.run("stack", "import", "--file", "state.json")).toMatchObject({ code: 0 });
    const imported = await records();
    expect(JSON.stringify(imported)).toContain('"later":[{"anything":1}]');

    expect(await project.up("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await project.refresh("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await records()).toEqual(imported);

    const before = await outputsOf("batch-0");
    project.setProgram(program({ protect: false, reason: "another" }).replace('secret("INC-1")', 'secret("INC-9")'));
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    const { records: recordsNow } = await outputsOf("batch-0");
    expect(recordsNow).toEqual(before.records);
    expect(await outputsOf("by-id")).toMatchObject({ reason: "another", outcome: "expired" });
    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(acts()).toEqual([]);
  },
  patience,
);

test(
  "pulumi import adopts the record of a token that is gone, and refuses one that is alive",
  async () => {
    datadog = await simulate({ tokens: 5 });
    read = 0;
    const [gone, live] = datadog.tokens;
    datadog.revoke(gone?.id ?? "");
    const env = { DD_HOST: datadog.url, DD_API_KEY: datadog.apiKey, DD_APP_KEY: datadog.appKey };
    project = await createProject({ program: imports, env });
    project.turnTo("plugin");
    const adopt = (name: string, id = "") => {
      const options = ["--yes", "--skip-preview", "--generate-code=false"];
      return project.run("import", "datadog-revocation:index:TokenRevocation", name, id, ...options);
    };
    const refused = await adopt("live", live?.id);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`${live?.id}: not imported: it is not revoked (`);
    expect(await records()).toEqual({});

    const adopted = await adopt("leaked", gone?.id);
    expect(adopted).toMatchObject({ code: 0, output: expect.stringContaining("= 1 imported") });
    const recorded = { status: "revoked", outcome: "alreadyRevoked", httpStatus: 404, apiUrl: datadog.url };
    expect(await records()).toMatchObject({ leaked: { id: gone?.id, outputs: recorded } });
    // As the code that an import writes declares it.
    project.setProgram(`${imports}new TokenRevocation("leaked", { tokenId: "${gone?.id}" }, { protect: true });`);
    const up = await project.up("--skip-preview");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("    2 unchanged") });
    expect(acts()).toEqual([]);
    expect(await records()).toMatchObject({ leaked: { id: gone?.id, outputs: recorded } });
    expect((await audit(project, "--format", "csv")).stdout).toContain(`${gone?.id},`);
  },
  patience,
);
