import { audit } from "../support/auditCommand";
import { createProject } from "../support/engine";
import { imports, MOVES, MovingStack, startStack, TYPES } from "../support/movingStack";
import type { CommandResult } from "../support/processes";
import { failing, readRelease, recordedAt, restore, alive as revivedId, startDatadog } from "../support/releases";
import { simulate } from "../support/simulator";

/** Several runs of the engine. */
const patience = 600_000;

let stack: MovingStack;

/** A run that finds nothing to do. */
async function expectQuiet(run: Promise<CommandResult>): Promise<void> {
  const { code, output } = await run;
  expect(output).toMatch(/Resources:\n +43 unchanged\n/);
  expect(output).not.toMatch(/warning:|error:|replaced|deleted/);
  expect(code).toBe(0);
  expect(stack.sent()).toEqual([]);
}

test.each(MOVES)(
  "a stack of %s resources goes on with those of the other face, by a plan, and back: nothing is sent, nothing changes",
  async (face, other) => {
    stack = await startStack(face);
    const { project } = stack;
    const { records, types } = await stack.held();
    const report = await audit(project, "--format", "json");
    expect(types).toEqual(TYPES[face]);

    project.turnTo(other);
    await expectQuiet(project.preview("--save-plan", "plan.json"));
    await expectQuiet(project.up("--skip-preview", "--plan", "plan.json", "--expect-no-changes"));
    expect(await stack.held()).toEqual({ records, types: TYPES[other] });
    expect((await project.refresh("--skip-preview", "--expect-no-changes")).code).toBe(0);
    expect(stack.acts()).toEqual([]);

    // Each record once, of the deployment that revoked; it is the type that changed in a resource's name.
    const { records: told, findings } = JSON.parse((await audit(project, "--format", "json")).stdout);
    const before = JSON.parse(report.stdout).records as { resource: string }[];
    expect(told).toEqual(before.map((each) => ({ ...each, resource: expect.any(String) })));
    expect(findings).toEqual([]);

    // By way of a file, as from one backend to another, and back to the first face: refreshed first.
    project.write({ "state.json": (await project.run("stack", "export")).stdout });
    expect(await project.run("stack", "import", "--file", "state.json")).toMatchObject({ code: 0 });
    project.turnTo(face);
    expect((await project.up("--skip-preview", "--refresh", "--expect-no-changes")).code).toBe(0);
    expect(await stack.held()).toEqual({ records, types: TYPES[face] });

    const refused = await project.destroy("--skip-preview");
    expect(refused.output).toMatch(/::kept" cannot be deleted\s+because it is protected/);
    expect(await project.run("state", "unprotect", "--all", "--yes")).toMatchObject({ code: 0 });
    expect(await project.destroy("--skip-preview")).toMatchObject({
      code: 0,
      output: expect.stringContaining("removed from state only. Nothing was sent to Datadog"),
    });
    expect(stack.acts()).toEqual([]);
    expect(await stack.held()).toEqual({ records: {}, types: [] });
  },
  patience,
);

test(
  "what 0.1.0 left goes on with the plugin, acted on where that is due, and back",
  async () => {
    const kept = readRelease("0.1.0");
    const datadog = await startDatadog(kept.resources);
    const project = await restore(recordedAt(datadog, kept), datadog);
    stack = new MovingStack(project, datadog);
    const { alive: _, "batch-e": __, batch: ___, ...others } = (await stack.held()).records;
    project.turnTo("plugin");
    const up = await project.up("--skip-preview");
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("~ 2 updated") });
    expect(stack.acts().map((line) => line.split("/").at(-1))).toEqual([revivedId, failing]);
    const { records } = await stack.held();
    expect(records).toMatchObject(others);

    project.turnTo("dynamic");
    const back = await project.up("--skip-preview", "--expect-no-changes");
    expect(back).toMatchObject({ code: 0, output: expect.not.stringContaining("warning") });
    expect(await project.refresh("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect((await stack.held()).records).toEqual(records);
    expect(await project.destroy("--skip-preview")).toMatchObject({ code: 0 });
    expect(stack.acts()).toEqual([]);
  },
  patience,
);

test(
  "pulumi import adopts the record of a token that is gone, and refuses one that is alive",
  async () => {
    const datadog = await simulate({ tokens: 5 });
    const [gone, live] = datadog.tokens;
    datadog.revoke(gone?.id ?? "");
    const env = { DD_HOST: datadog.url, DD_API_KEY: datadog.apiKey, DD_APP_KEY: datadog.appKey };
    const project = await createProject({ program: imports, env });
    project.turnTo("plugin");
    stack = new MovingStack(project, datadog);
    const adopt = (name: string, id = "") => {
      const options = ["--yes", "--skip-preview", "--generate-code=false"];
      return project.run("import", "datadog-revocation:index:TokenRevocation", name, id, ...options);
    };
    const refused = await adopt("live", live?.id);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`${live?.id}: not imported: it is not revoked (`);
    expect((await stack.held()).records).toEqual({});

    const adopted = await adopt("leaked", gone?.id);
    expect(adopted).toMatchObject({ code: 0, output: expect.stringContaining("= 1 imported") });
    const { records } = await stack.held();
    const outputs = { status: "revoked", outcome: "alreadyRevoked", httpStatus: 404, apiUrl: datadog.url };
    expect(records).toMatchObject({ leaked: { id: gone?.id, outputs } });
    // As the code that an import writes declares it.
    project.setProgram(`${imports}new TokenRevocation("leaked", { tokenId: "${gone?.id}" }, { protect: true });`);
    expect(await project.up("--skip-preview", "--expect-no-changes")).toMatchObject({ code: 0 });
    expect(stack.acts()).toEqual([]);
    expect((await stack.held()).records).toEqual(records);
    expect((await audit(project, "--format", "csv")).stdout).toContain(`${gone?.id},`);
  },
  patience,
);
