import { type Scene, setScene, uuid } from "../support/deaths";
import { processesAreSeen } from "../support/engine";

const onLinux = processesAreSeen ? test : test.skip;
let scene: Scene;

/** Two for each hex digit that an id can begin with. */
const ids = Array.from({ length: 32 }, (_, index) => (index % 16).toString(16) + uuid(`${index}`).slice(1));

/** The outcome of each token, as it is recorded. */
async function recorded(): Promise<Record<string, unknown>> {
  const { records } = await scene.project.recorded();
  return Object.fromEntries(records.map(({ tokenId, outcome }) => [tokenId, outcome]));
}

onLinux(
  "Ctrl-C lets the shards of a batch that are at work be recorded, whole, and the next up does the rest",
  async () => {
    scene = await setScene(ids);
    const { project, datadog } = scene;
    project.setProgram(`
    import { TokenRevocationBatch } from "pulumi-datadog-revocation";
    new TokenRevocationBatch("leak", { tokenIds: ${JSON.stringify(ids)} });
  `);
    const reached = scene.hold(9);
    const run = project.follow("up", "--yes", "--skip-preview");
    await reached;
    run.interrupt();
    await run.printed("^C received; cancelling");
    scene.release();
    expect((await run.result).code).not.toBe(0);
    const first = [...datadog.revoked];
    expect(first.length).toBeGreaterThanOrEqual(10);
    expect(first.length).toBeLessThan(ids.length);
    expect(await recorded()).toEqual(Object.fromEntries(first.map((id) => [id, "revoked"])));

    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    expect(datadog.asked.toSorted()).toEqual(ids.toSorted());
    expect(await recorded()).toEqual(Object.fromEntries(ids.map((id) => [id, "revoked"])));
  },
);
