import { renameSync, rmSync, writeFileSync } from "node:fs";
import { setScene, uuid } from "../support/deaths";

test("state that cannot be written: the engine says so, nothing more is sent, and the next up records", async () => {
  const ids = [uuid("one"), uuid("two")];
  const [one = "", two = ""] = ids;
  const { project, datadog, hold, release, dispose } = await setScene(ids);
  try {
    project.setProgram(`
      import { TokenRevocation } from "pulumi-datadog-revocation";
      const one = new TokenRevocation("one", { tokenId: "${one}" });
      new TokenRevocation("two", { tokenId: "${two}" }, { dependsOn: one });
    `);
    const reached = hold(1);
    const run = project.up("--skip-preview");
    await reached;
    // As on a full disk, but for root too and on any system.
    const folder = project.stateFolder;
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, "");
    release();
    // The engine tries for half a minute, and once more.
    const failed = await run;
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("failed to save snapshot");
    expect(datadog.asked).toEqual([one]);
    rmSync(folder);
    renameSync(`${folder}.away`, folder);

    const resumed = await project.up("--skip-preview");
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.output).toContain(`warning: ${one}: Datadog`);
    expect(datadog.asked).toEqual([one, one, two]);
    const records = await project.resources(":TokenRevocation");
    expect(records.map(({ id, outputs }) => [id, outputs?.outcome])).toEqual([
      [one, "alreadyRevoked"],
      [two, "revoked"],
    ]);
  } finally {
    await dispose();
  }
});
