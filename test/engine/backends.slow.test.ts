import { setTimeout as sleep } from "node:timers/promises";
import type { AuditReport } from "../../cli/audit/auditReport";
import { audit } from "../support/auditCommand";
import { createProject } from "../support/engine";
import { simulate } from "../support/simulator";
import { type Emulated, fakeGcsBackend, motoBackend } from "../support/stores/independent";
import { azureBackend, folderBackend, postgresBackend, s3Backend } from "../support/stores/testBackends";
import { unheld } from "../support/unheld";

// Two of the servers are installed and compiled first.
jest.setTimeout(2_400_000);

const backends: [string, () => Promise<Emulated>][] = [
  ["a folder", folderBackend],
  ["our S3", s3Backend],
  ["moto's S3", motoBackend],
  ["Azurite", azureBackend],
  ["fake-gcs-server", fakeGcsBackend],
  ["PostgreSQL", postgresBackend],
];

test.each(backends)(
  "on %s replaced and removed records, a run under way and a killed one are told",
  async (_, start) => {
    const { url: PULUMI_BACKEND_URL, env } = await start();
    const simulator = await simulate();
    const [kept, replaced, removed, killed] = simulator.tokens
      .filter(({ serviceAccountId }) => serviceAccountId === undefined)
      .map(({ id }) => id);
    const declare = (...resources: [string, string | undefined][]): string =>
      `import { TokenRevocation } from "pulumi-datadog-revocation";\n` +
      resources.map(([name, tokenId]) => `new TokenRevocation("${name}", { tokenId: "${tokenId}" });`).join("\n");
    const { url, apiKey, appKey } = simulator;
    const project = await createProject({
      program: declare(["one", replaced], ["two", removed]),
      env: { ...env, PULUMI_BACKEND_URL, DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey },
    });
    const read = async (): Promise<AuditReport> => {
      const { stdout, stderr } = await audit(project, "--format", "json");
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    };
    const kinds = ({ findings }: AuditReport): string[] => findings.map(({ kind }) => kind);
    project.env.PULUMI_DIY_BACKEND_GZIP = "true";
    expect((await project.up("--skip-preview")).code).toBe(0);
    project.setProgram(declare(["one", kept]));
    expect((await project.up("--skip-preview")).code).toBe(0);

    project.setProgram(declare(["one", kept], ["three", killed]));
    simulator.fault({ method: "DELETE", path: new RegExp(`${killed}`) }, { kind: "hang", after: true });
    const kill = new AbortController();
    const dying = project.runUntil(kill.signal, "up", "--yes", "--skip-preview");
    const isSent = (): boolean =>
      simulator.requests().some(({ method, path }) => method === "DELETE" && path.endsWith(`${killed}`));
    while (!isSent()) await sleep(10, undefined, unheld);
    expect(kinds(await read())).toEqual(["underWay"]);
    kill.abort();
    await dying;

    const report = await read();
    expect(kinds(report)).toEqual(["pending"]);
    const rows = report.records.map(({ tokenId, version, removed }) => [tokenId, version, removed]);
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(
      expect.arrayContaining([
        [kept, 2, false],
        [replaced, 1, true],
        [removed, 1, true],
      ]),
    );
    expect((await project.run("cancel", "--yes")).code).toBe(0);
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect((await read()).records).toHaveLength(4);
  },
);
