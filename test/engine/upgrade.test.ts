import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { AuditReport } from "../../cli/audit/auditReport";
import { audit } from "../support/auditCommand";
import { withoutClaims } from "../support/auditOfRelease";
import type { Project, State, StateResource } from "../support/engine";
import { alive, failing, readRelease, record, recordedAt, restore, startDatadog, versions } from "../support/releases";

/** Tokens that the program lists later: alone, in the batch; and one that a sweep matches then. */
const added = {
  alone: "0add0000-0000-4000-8000-000000000001",
  inBatch: "0ba7c000-0000-4000-8000-00000000000a",
  matching: "0a7c0000-0000-4000-8000-000000000001",
};
/** Of a run of the engine; this test takes nine. */
const patience = 60_000;

let simulator: Simulator;
let project: Project;
let read = 0;

beforeAll(async () => {
  if (process.env.UPDATE_FIXTURES) await record();
}, 9 * patience);

test.each(versions)(
  "what %s left is audited, refreshed and kept, acted on where that is due, added to, and removed",
  async (version) => {
    const kept = readRelease(version);
    simulator = await startDatadog(kept.resources);
    const release = recordedAt(simulator, kept);
    read = 0;
    project = await restore(release, simulator);
    const recorded = await records();
    expect(await report()).toMatchObject(withoutClaims(release.report));

    // What still needs a hand is said, and nothing is changed by that.
    const due = [
      `${alive}: still alive when Datadog was last asked: pulumi up revokes it again`,
      "batch-e: 1 token to try again, which failed before or were still alive when Datadog was last asked",
    ];
    const refresh = await project.refresh("--skip-preview");
    expect(diagnostics(refresh.output)).toEqual(due);
    expect(refresh.code).toBe(0);
    expect(updated(refresh.output)).toEqual(["batch-e"]);
    expect(acts()).toEqual([]);
    expect(await records()).toEqual(recorded);

    const up = await project.up("--skip-preview");
    expect(diagnostics(up.output)).toEqual(due);
    expect(up.code).toBe(0);
    expect(updated(up.output)).toEqual(["alive", "batch-e"]);
    expect(acts()).toEqual([`DELETE ${alive} 204`, `DELETE ${failing} 204`]);
    const { alive: again, "batch-e": shard, batch, ...others } = await records();
    expect(again?.outputs).toMatchObject({ status: "revoked", verifiedAt: expect.any(String) });
    expect(shard?.outputs).toMatchObject({ failures: [], records: [{ tokenId: failing, outcome: "revoked" }] });
    expect(batch?.outputs).toMatchObject({ summary: { failed: 0, total: 6 } });
    expect(others).toEqual(without(recorded, "alive", "batch-e", "batch"));

    const quiet = await project.up("--skip-preview", "--expect-no-changes");
    expect(diagnostics(quiet.output)).toEqual([]);
    expect(quiet.code).toBe(0);
    expect(acts()).toEqual([]);

    for (const id of [added.alone, added.inBatch]) simulator.addToken({ id });
    simulator.addToken({ id: added.matching, name: "left/3", expiresAt: null });
    Object.assign(project.env, { added: added.alone, addedToBatch: added.inBatch });
    const more = await project.up("--skip-preview");
    expect(diagnostics(more.output)).toEqual([]);
    expect(more.code).toBe(0);
    const ids = Object.values(added).sort();
    expect(acts()).toEqual(ids.map((id) => `DELETE ${id} 204`));
    const touched = ["batch", "batch-0", "enforced"];
    expect(without(await records(), ...touched, "added", "alive", "batch-e")).toEqual(without(others, ...touched));

    const told = (await report()).records.map(({ tokenId }) => tokenId);
    const before = release.report.records.map(({ tokenId }) => tokenId);
    expect(told.slice(0, before.length)).toEqual(before);
    expect(told.slice(before.length).sort()).toEqual([...ids, alive, failing].sort());

    expect((await project.destroy("--skip-preview")).code).toBe(0);
    expect(acts()).toEqual([]);
    expect(await records()).toEqual({});
  },
  9 * patience,
);

/**
 * Everything that state holds of each resource, decrypted, by its name; but for what every `up` writes anew among the
 * inputs: the text that finds the host's module, what a shard is told of its batch, and which arguments are secret.
 */
async function records(): Promise<Record<string, Pick<StateResource, "id" | "inputs" | "outputs">>> {
  const { stdout } = await project.run("stack", "export", "--show-secrets");
  const { resources = [] } = (JSON.parse(stdout) as State).deployment;
  const ours = resources.filter(({ type }) => type.includes("datadog-revocation"));
  return Object.fromEntries(
    ours.map(({ urn, id, inputs, outputs }) => {
      const { __provider, batch: _, secretArguments: __, ...others } = inputs ?? {};
      return [urn.split("::").at(-1), { id, inputs: others, outputs }];
    }),
  );
}

function without<T>(all: Record<string, T>, ...names: string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

/** Requests since the last call that do more than look: `"DELETE <id> 204"`. */
function acts(): string[] {
  const requests = simulator.requests(read).filter(({ method }) => method !== "GET");
  read = simulator.requests().length;
  return requests.map(({ method, path, status }) => `${method} ${path.split("/").at(-1)} ${status}`).sort();
}

/** The resources that a run says it updated. */
function updated(output: string): string[] {
  return [...output.matchAll(/ (\S+) updated \(/g)].map(([, name]) => `${name}`).sort();
}

/** What a run warns of, and the errors. */
function diagnostics(output: string): string[] {
  const [, said = ""] = output.split("\nDiagnostics:\n");
  const lines = said.split("\n").flatMap((line) => /^ +(?:warning|error): (.*)$/.exec(line)?.slice(1) ?? []);
  return lines.sort();
}

async function report(): Promise<AuditReport> {
  const { stdout, stderr } = await audit(project, "--format", "json");
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}
