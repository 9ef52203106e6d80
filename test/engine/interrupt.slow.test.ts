import { type Scene, setScene, uuid } from "../support/deaths";
import { processesAreSeen } from "../support/engine";

const onLinux = processesAreSeen ? test : test.skip;
let scene: Scene;

const ids = [uuid("one"), uuid("two")];
const [one = "", two = ""] = ids;

/** A program whose second revocation waits for the first. */
const declareTwo = `
  import { TokenRevocation } from "pulumi-datadog-revocation";
  const one = new TokenRevocation("one", { tokenId: "${one}" });
  new TokenRevocation("two", { tokenId: "${two}" }, { dependsOn: one });
`;

/** The outcome of each token, as it is recorded. */
async function recorded(): Promise<Record<string, unknown>> {
  const { records } = await scene.project.recorded();
  return Object.fromEntries(records.map(({ tokenId, outcome }) => [tokenId, outcome]));
}

onLinux(
  "Ctrl-C lets the revocation that runs be recorded; a second one does not, and says so when it is resumed",
  async () => {
    scene = await setScene(ids);
    const { project, datadog } = scene;
    project.setProgram(declareTwo);

    let reached = scene.hold(1);
    let run = project.follow("up", "--yes", "--skip-preview");
    await reached;
    run.interrupt();
    await run.printed("^C received; cancelling");
    scene.release();
    const cancelled = await run.result;
    expect(cancelled.code).not.toBe(0);
    expect(cancelled.output).toContain("update canceled");
    expect(datadog.asked).toEqual([one]);
    expect(await recorded()).toEqual({ [one]: "revoked" });

    reached = scene.hold(2);
    run = project.follow("up", "--yes", "--skip-preview");
    await reached;
    run.interrupt();
    await run.printed("^C received; cancelling");
    run.interrupt();
    const terminated = await run.result;
    expect(terminated.code).not.toBe(0);
    expect(terminated.output).toContain("two creating (interrupted)");
    scene.release();
    expect(await recorded()).toEqual({ [one]: "revoked" });

    const resumed = await project.up("--skip-preview");
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.output).toContain("TokenRevocation::two, interrupted while creating");
    expect(resumed.output).toMatch(new RegExp(`warning: ${two}: .* does not know this token: it was revoked before`));
    expect(datadog.asked).toEqual([one, two, two]);
    expect(await recorded()).toEqual({ [one]: "revoked", [two]: "alreadyRevoked" });
  },
);

onLinux(
  "the host killed while Datadog's answer is outstanding: the next up records the token, without a cancel before",
  async () => {
    scene = await setScene(ids);
    const { project, datadog } = scene;
    project.setProgram(declareTwo);
    const reached = scene.hold(1);
    const run = project.up("--skip-preview");
    await reached;
    for (const pid of project.processes("host")) process.kill(pid, "SIGKILL");
    const killed = await run;
    scene.release();
    expect(killed.code).not.toBe(0);
    expect(killed.output).toContain("TokenRevocation one **creating failed** error: error reading from server: EOF");
    expect(datadog.asked).toEqual([one]);
    expect(await recorded()).toEqual({});

    const resumed = await project.up("--skip-preview");
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.output).toMatch(new RegExp(`warning: ${one}: .* does not know this token: it was revoked before`));
    expect(datadog.asked).toEqual([one, one, two]);
    expect(await recorded()).toEqual({ [one]: "alreadyRevoked", [two]: "revoked" });
  },
);
