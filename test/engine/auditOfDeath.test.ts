import { setTimeout as sleep } from "node:timers/promises";
import type { AuditReport } from "../../cli/audit/auditReport";
import { audit } from "../support/auditCommand";
import { setScene, uuid } from "../support/deaths";
import { processesAreSeen } from "../support/engine";
import { unheld } from "../support/unheld";

const onLinux = processesAreSeen ? test : test.skip;

const LISTED = 160;
/** Of those that are listed, revoked by somebody else before. */
const GONE = 40;
/** The DELETE after which the engine is killed. */
const MOMENT = 70;

onLinux("the audit names the killed run beside each record that it may have cost, and beside no other", async () => {
  const ids = Array.from({ length: LISTED }, (_, index) => uuid(`audit ${index}`));
  const gone = new Set(ids.slice(0, GONE));
  const scene = await setScene(ids.slice(GONE));
  const { project, datadog } = scene;
  try {
    project.setProgram(`
      import { TokenRevocationBatch } from "pulumi-datadog-revocation";
      new TokenRevocationBatch("leak", { tokens: ${JSON.stringify(ids)}, ticket: "SEC-1", concurrency: 4 });
    `);
    const reached = scene.hold(MOMENT);
    const run = project.up("--skip-preview");
    await Promise.race([reached, run.then(({ output }) => Promise.reject(new Error(output)))]);
    const recordedBefore = new Set((await project.recorded()).records.map(({ tokenId }) => tokenId));
    for (const pid of project.processes("engine")) process.kill(pid, "SIGKILL");
    await run;
    scene.release();
    while (project.providerLives()) await sleep(20, undefined, unheld);
    const byKilled = new Set(datadog.revoked);
    expect((await project.run("cancel", "--yes")).code).toBe(0);
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
    // What was edited later changes nothing of what is told.
    project.setProgram(`
      import { TokenRevocationBatch } from "pulumi-datadog-revocation";
      new TokenRevocationBatch("leak", { tokens: ${JSON.stringify(ids)}, ticket: "SEC-2", concurrency: 4 });
    `);
    expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });

    const { stdout } = await audit(project, "--format", "json");
    const { records, findings }: AuditReport = JSON.parse(stdout);
    expect(findings).toEqual([]);
    expect(records).toHaveLength(LISTED);
    expect(new Set(records.map(({ ticket }) => ticket))).toEqual(new Set(["SEC-1"]));
    const lost = records.filter(({ tokenId, outcome }) => outcome === "alreadyRevoked" && byKilled.has(tokenId));
    expect(lost.length).toBeGreaterThan(0);
    for (const { tokenId, interruptedRun } of lost) {
      const resource = expect.stringMatching(`::leak-${tokenId[0]}$`);
      expect(interruptedRun).toEqual({ operation: "creating", resource, before: 1 });
    }
    const named = records.filter(({ interruptedRun }) => interruptedRun);
    // Beside what others had revoked it stands too, where the killed run had not recorded the shard.
    const wrong = named.filter(
      ({ tokenId }) => recordedBefore.has(tokenId) || !(gone.has(tokenId) || byKilled.has(tokenId)),
    );
    expect(wrong).toEqual([]);
    const text = (await audit(project)).stdout;
    expect(text).toContain(`${named.length} that Datadog did not know, and that a killed run may have revoked`);
  } finally {
    await scene.dispose();
  }
});
