import { join } from "node:path";
import type { AuditReport } from "../../cli/audit/auditReport";
import { createAccount } from "../support/account";
import { audit } from "../support/auditCommand";
import { createProject, type Project } from "../support/engine";
import { tryPostgres } from "../support/postgres";

const read = async (project: Project, ...args: string[]): Promise<AuditReport> => {
  const { stdout, stderr } = await audit(project, "--format", "json", ...args);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
};

test("without its client PostgreSQL is read through pulumi: state and history are told as of the revocation, and removed records are said to be missing", async () => {
  const postgres = await tryPostgres("the audit of a PostgreSQL backend");
  if (!postgres) return;
  // Whole seconds are all that history tells of time. By the time that the first `up` has seen its tokens gone, that in
  // which it revoked is over, so that the second cannot have begun in it.
  const account = await createAccount(() => "", undefined, { staysVisibleFor: 2_000 });
  const { simulator, tokens } = account;
  const [kept, removed] = tokens.map(({ id }) => id) as [string, string];
  const imports = `import { TokenRevocation } from "pulumi-datadog-revocation";\n`;
  const keep = `new TokenRevocation("kept", { tokenId: "${kept}", reason: "because", ticket: "SEC-1" });`;
  const project = await createProject({
    program: `${imports}${keep} new TokenRevocation("removed", { tokenId: "${removed}" });`,
    env: {
      PULUMI_BACKEND_URL: postgres.url,
      DD_HOST: simulator.url,
      DD_API_KEY: simulator.apiKey,
      DD_APP_KEY: simulator.appKey,
    },
  });
  expect((await project.up("--skip-preview")).code).toBe(0);
  project.setProgram(`${imports}${keep}`);
  expect((await project.up("--skip-preview")).code).toBe(0);

  project.env.NODE_OPTIONS = `--require ${join(__dirname, "../support/withoutPg.cjs")}`;
  const untouched = await read(project);
  expect(untouched.records).toEqual([
    expect.objectContaining({ tokenId: kept, version: 1, reason: "because", ticket: "SEC-1", removed: false }),
  ]);
  expect(untouched.stacks[0]).toMatchObject({ stack: "project/test", backend: "postgres" });
  expect(untouched.stacks[0]?.deployments.map(({ version, result }) => `${version} ${result}`)).toEqual([
    "1 succeeded",
    "2 succeeded",
  ]);
  expect(untouched.stacks[0]?.notes).toEqual([
    expect.stringMatching(
      /^Old checkpoints cannot be read from a postgres backend.*that removed resources: 2\. .* npm install --save-dev pg$/,
    ),
  ]);

  project.setProgram(`${imports}${keep.replace("because", "another")}`);
  expect((await project.up("--skip-preview")).code).toBe(0);
  const [edited] = (await read(project)).records;
  expect(edited).toMatchObject({ version: 1, reason: "because", ticket: "SEC-1" });

  project.setProgram(`${imports}${keep.replace("because", "another").replace("SEC-1", "SEC-2")}`);
  expect((await project.up("--skip-preview")).code).toBe(0);
  const text = (await audit(project, "--ticket", "SEC-1")).stdout;
  expect(text).toContain("1 record in stack project/test");

  project.env.PULUMI_BACKEND_URL = postgres.url.replace("pulumi@", "pulumi:pass-word@").replace(/:\d+\//, ":1/");
  const unreachable = await audit(project);
  expect(unreachable).toMatchObject({ code: 2, stdout: "" });
  expect(unreachable.stderr).toMatch(/^pulumi stack ls: unable to open state database .*npm install --save-dev pg\n$/);
  expect(unreachable.stderr).not.toContain("pass-word");
});
