import type { AuditReport } from "../../cli/audit/auditReport";
import { audit } from "../support/auditCommand";
import { createProject, type Project } from "../support/engine";
import { simulate } from "../support/simulator";
import { azureBackend, postgresBackend, s3Backend, type TestBackend } from "../support/stores/testBackends";

const imports = `import { TokenRevocation, TokenRevocationBatch } from "pulumi-datadog-revocation";\n`;
const fourWeeks = 28 * 24 * 3_600_000;

async function read(project: Project, ...args: string[]): Promise<AuditReport> {
  const { stdout, stderr } = await audit(project, "--format", "json", ...args);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

test.each([
  ["s3", s3Backend],
  ["azblob", azureBackend],
  ["postgres", postgresBackend],
])(
  "%s: a batch that grows, a reason that is mended and a removed record are told as in a folder",
  async (kind, start) => {
    const backend: TestBackend = await start();
    const simulator = await simulate({ tokens: 90 });
    const ids = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined).map(({ id }) => id);
    const [removed = "", reported = "", ...batch] = ids;
    const reportedAt = new Date(Date.now() - fourWeeks).toISOString();
    const { url, apiKey, appKey } = simulator;
    const declare = (total: number, reason: string, more = ""): string => `${imports}
    new TokenRevocationBatch("leak", { tokenIds: ${JSON.stringify(batch.slice(0, total))}, ticket: "SEC-1" });
    new TokenRevocation("reported", { tokenId: "${reported}", reason: "${reason}", reportedAt: "${reportedAt}" });
    ${more}`;
    const project = await createProject({
      program: declare(
        40,
        "leeked",
        `new TokenRevocation("removed", { tokenId: "${removed}", reason: "by mistake" });`,
      ),
      env: { PULUMI_BACKEND_URL: backend.url, ...backend.env, DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey },
    });
    expect((await project.up("--skip-preview")).code).toBe(0);
    const slow = await audit(project, "--fail-on", "slow:24h");
    expect(slow).toMatchObject({ code: 1, stderr: "--fail-on slow:24h: applies to 1\n" });

    project.setProgram(declare(50, "leaked"));
    expect((await project.up("--skip-preview")).output).toContain("1 deleted");
    const stored = await backend.content();
    const ticket = await read(project, "--ticket", "SEC-1");
    const versions = ticket.records.map(({ version }) => version);
    expect([1, 2].map((each) => versions.filter((version) => version === each).length)).toEqual([40, 10]);
    expect(await audit(project, "--fail-on", "slow:24h")).toMatchObject({ code: 1, stderr: slow.stderr });

    const all = await read(project, "--stack", "organization/test");
    expect(all.stacks).toMatchObject([{ stack: "project/test", backend: kind, notes: [] }]);
    expect(all.findings).toEqual([]);
    expect(all.records).toHaveLength(52);
    const of = (id: string): unknown => all.records.find(({ tokenId }) => tokenId === id);
    expect(of(removed)).toMatchObject({ version: 1, removed: true, reason: "by mistake" });
    expect(of(reported)).toMatchObject({ version: 1, removed: false, reason: "leeked", reportedAt });
    // An audit writes nothing.
    expect(await backend.content()).toEqual(stored);
  },
);
