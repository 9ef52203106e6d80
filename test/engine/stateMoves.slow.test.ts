import type { State } from "../support/engine";
import { everyKind, MOVES, startStack } from "../support/movingStack";

/** Several runs of the engine. */
const patience = 600_000;

test.each(MOVES)(
  "edits, a token that is alive again, and the end of a stack whose %s resources went on with the other face",
  async (face, other) => {
    const stack = await startStack(face);
    const { project, datadog } = stack;
    const id = datadog.tokens[0]?.id ?? "";
    project.turnTo(other);
    datadog.restore(id);
    // A refresh goes by state, and so through the first face.
    const refreshed = await project.refresh("--skip-preview");
    expect(refreshed).toMatchObject({ code: 0, output: expect.stringMatching(/by-id updated .*\[diff: ~status\]/) });
    stack.sent();
    const up = await project.up("--skip-preview");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("~ 1 updated") });
    const path = `/api/v2/personal_access_tokens/${id}`;
    expect(stack.sent()).toEqual([`DELETE ${path}`, `GET ${path}`, `GET ${path}`]);

    project.setProgram(everyKind(datadog, { protect: false, reason: "in a public log" }));
    const edited = await project.up("--skip-preview");
    expect(edited).toMatchObject({ code: 0, output: expect.stringContaining("~ 1 updated") });
    expect(stack.sent()).toEqual([]);

    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(stack.acts()).toEqual([]);
    expect(await stack.held()).toEqual({ records: {}, types: [] });
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

const RESULTS = ["act", "acts", "actor", "failures", "records", "snapshot"];

test(
  "state of a later release: what the plugin does not know is kept by refresh and up, and an edit keeps it in the records",
  async () => {
    const stack = await startStack("plugin");
    const { project, datadog } = stack;
    const state: State = JSON.parse((await project.run("stack", "export")).stdout);
    for (const { type, urn, outputs = {} } of state.deployment.resources ?? []) {
      if (!/^datadog-revocation:index:Token(?!RevocationBatch)/.test(type)) continue;
      for (const name of RESULTS) if (name in outputs) outputs[name] = fromLater(outputs[name]);
      Object.assign(outputs, { later: [{ anything: 1 }] }, urn.endsWith("::by-id") && { outcome: "expired" });
    }
    project.write({ "state.json": JSON.stringify(state) });
    expect(await project.run("stack", "import", "--file", "state.json")).toMatchObject({ code: 0 });
    const { records } = await stack.held();
    expect(JSON.stringify(records)).toContain('"later":[{"anything":1}]');

    expect(await project.up("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await project.refresh("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect((await stack.held()).records).toEqual(records);

    const edited = everyKind(datadog, { protect: false, reason: "another" }).replace(
      'pulumi.secret("INC-1")',
      '"INC-9"',
    );
    project.setProgram(edited);
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    const { "by-id": byId, "batch-2": shard } = (await stack.held()).records;
    expect(byId).toMatchObject({ outputs: { reason: "another", outcome: "expired" } });
    const { outputs } = records["batch-2"] as { outputs: { records: object[] } };
    expect(JSON.stringify(outputs.records)).toContain("later");
    expect(shard).toMatchObject({ outputs: { ticket: "INC-9", records: outputs.records } });
    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(stack.acts()).toEqual([]);
  },
  patience,
);
