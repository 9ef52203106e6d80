import { setTimeout as sleep } from "node:timers/promises";
import type { AuditRecord, AuditReport } from "../../cli/audit/auditReport";
import { audit } from "../support/auditCommand";
import { setScene, uuid } from "../support/deaths";
import { type Project, processesAreSeen } from "../support/engine";
import { type PulumiCloud, startPulumiCloud } from "../support/pulumiCloud";
import { unheld } from "../support/unheld";

const onLinux = processesAreSeen ? test : test.skip;

const LISTED = 300;
/** The DELETE after which the engine is killed. */
const MOMENT = 150;

/** Reads the report where no pulumi command is, and sees that it only reads. */
async function auditWithoutPulumi({ folder, env }: Project, cloud: PulumiCloud): Promise<AuditReport> {
  const before = cloud.requests.length;
  const { stdout, stderr } = await audit({ folder, env: { ...env, PATH: "/nowhere" } }, "--format", "json");
  if (stdout === "") throw new Error(stderr);
  expect(cloud.requests.slice(before).filter((request) => !request.startsWith("GET "))).toEqual([]);
  expect(stdout + stderr).not.toContain(cloud.accessToken);
  return JSON.parse(stdout);
}

onLinux(
  "on Pulumi Cloud a killed run, the next one and a removal are told, each record with its deployment",
  async () => {
    const cloud = await startPulumiCloud({ path: "/pulumi" });
    const ids = Array.from({ length: LISTED }, (_, index) => uuid(`cloud ${index}`));
    const { project, datadog, ...scene } = await setScene(ids, {
      PULUMI_BACKEND_URL: cloud.url,
      PULUMI_ACCESS_TOKEN: cloud.accessToken,
      PULUMI_CONSOLE_DOMAIN: "localhost",
    });
    try {
      project.setProgram(`
      import { TokenRevocationBatch } from "pulumi-datadog-revocation";
      new TokenRevocationBatch("leak", { tokens: ${JSON.stringify(ids)}, ticket: "SEC-1", concurrency: 4 });
    `);
      const reached = scene.hold(MOMENT);
      const run = project.up("--skip-preview", "--message", "revoke the leaked ones");
      await Promise.race([reached, run.then(({ output }) => Promise.reject(new Error(output)))]);
      for (const pid of project.processes("engine")) process.kill(pid, "SIGKILL");
      await run;
      scene.release();
      while (project.providerLives()) await sleep(20, undefined, unheld);
      const byKilled = new Set(datadog.revoked);

      const during = await auditWithoutPulumi(project, cloud);
      expect(during.findings).toEqual([
        expect.objectContaining({
          kind: "underWay",
          stack: "acme/project/test",
          message: expect.stringContaining("by ann"),
        }),
      ]);
      expect(during.records.length).toBeGreaterThan(0);

      expect((await project.run("cancel", "--yes")).code).toBe(0);
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      const whole = await auditWithoutPulumi(project, cloud);
      expect(whole.findings).toEqual([]);
      expect(whole.stacks).toMatchObject([
        {
          stack: "acme/project/test",
          backend: "cloud",
          notes: [],
          deployments: [
            { version: 1, result: "failed", message: "revoke the leaked ones" },
            { version: 2, result: "succeeded" },
          ],
        },
      ]);
      expect(whole.records.map(({ tokenId }) => tokenId).toSorted()).toEqual(ids.toSorted());
      const of = (version: number | null) => whole.records.filter((each) => each.version === version);
      const idsOf = (records: readonly AuditRecord[]): string[] => records.map(({ tokenId }) => tokenId);
      expect(idsOf(of(1))).toEqual(idsOf(during.records));
      expect(idsOf(whole.records).toSorted()).toEqual(ids.toSorted());
      expect([of(1).length + of(2).length, of(null)]).toEqual([LISTED, []]);
      // What the killed run revoked and could not record names it; nothing else does.
      const lost = of(2).filter(({ tokenId }) => byKilled.has(tokenId));
      expect(lost.length).toBeGreaterThan(0);
      for (const each of lost) expect(each).toMatchObject({ outcome: "alreadyRevoked", interruptedRun: { before: 2 } });
      for (const each of of(2)) if (!byKilled.has(each.tokenId)) expect(each.outcome).toBe("revoked");

      project.setProgram("");
      expect(await project.up("--skip-preview")).toMatchObject({ code: 0 });
      const removed = await auditWithoutPulumi(project, cloud);
      expect(removed.records.map((each) => ({ ...each, removed: false }))).toEqual(whole.records);
      expect(removed.records.every(({ removed }) => removed)).toBe(true);
    } finally {
      await scene.dispose();
    }
  },
);
