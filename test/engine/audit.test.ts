import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditReport } from "../../cli/audit/auditReport";
import { createAccount } from "../support/account";
import { audit } from "../support/auditCommand";
import type { Project } from "../support/engine";

const read = async (project: Project, ...args: string[]): Promise<AuditReport> => {
  const { stdout, stderr } = await audit(project, "--format", "json", ...args);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
};

test("revoking, editing, failing, removing and a kill are told as they were, to the cell", async () => {
  const account = await createAccount(
    ([kept, removed]) => `
    new TokenRevocation("kept", { tokenId: "${kept?.id}", reason: "first reason", ticket: "SEC-1",
      requestedBy: "ann@example.com", reportedAt: "2026-01-01T00:00:00Z" });
    new TokenRevocation("removed", { tokenId: "${removed?.id}", reason: pulumi.secret("planted reason") });
  `,
  );
  const { project, simulator, tokens } = account;
  const [kept, removed, failing, killed] = tokens.map(({ id }) => id) as [string, string, string, string];
  const hostile = "=1+1 \u001b[31m<script>alert(1)</script> | @all";
  const strange = simulator.addToken({ name: hostile }).id;
  const declared = `
    new TokenRevocation("kept", { tokenId: "${kept}", reason: "second reason" });
    new TokenRevocation("strange", { tokenId: "${strange}" });`;
  Object.assign(project.env, { PULUMI_CI_SYSTEM: "Our CI", PULUMI_CI_BUILD_URL: "https://ci.example.com/builds/7" });

  expect((await project.up("--skip-preview", "--message", "revoke the leaked ones")).code).toBe(0);
  account.setProgram(declared);
  expect((await project.up("--skip-preview", "--message", hostile)).output).toContain("1 deleted");

  simulator.fault({ method: "DELETE", path: new RegExp(failing) }, { kind: "status", status: 403 });
  account.setProgram(`${declared} new TokenRevocation("failing", { tokenId: "${failing}" });`);
  expect((await project.up("--skip-preview")).code).not.toBe(0);

  account.setProgram(`${declared} new TokenRevocation("killed", { tokenId: "${killed}" });`);
  simulator.fault({ method: "DELETE", path: new RegExp(killed) }, { kind: "hang", after: true });
  account.sent();
  const kill = new AbortController();
  const dying = project.runUntil(kill.signal, "up", "--yes", "--skip-preview");
  await account.until("DELETE null");
  const meanwhile = await audit(project, "--fail-on", "pending", "--fail-on", "alreadyRevoked");
  expect(meanwhile).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("a run is under way"),
    stderr: "--fail-on pending: cannot be judged for 1: stack project/test (a run is under way)\n",
  });
  kill.abort();
  await dying;

  // It left its lock: the process that held it is not running any more.
  const locked = await audit(project, "--fail-on", "pending", "--fail-on", "alreadyRevoked");
  expect(locked).toMatchObject({ code: 1, stderr: "--fail-on pending: applies to 1\n" });
  expect((await project.run("cancel", "--yes")).code).toBe(0);

  const report = await read(project);
  const history = (await project.history()).toReversed();
  expect(report.stacks).toEqual([
    {
      stack: "project/test",
      backend: "file",
      notes: [],
      deployments: history.map(({ kind, message, result, startTime, endTime, environment }, index) => ({
        version: index + 1,
        kind,
        message,
        result,
        startedAt: startTime,
        endedAt: endTime,
        author: environment["git.author"] ? `${environment["git.author"]} <${environment["git.author.email"]}>` : null,
        runner: "Our CI",
        reviewedPlan: false,
        uncommittedChanges: environment["git.dirty"] === undefined ? null : environment["git.dirty"] === "true",
        commit: environment["git.head"] ?? null,
        branch: environment["git.headName"]?.replace("refs/heads/", "") ?? null,
        buildUrl: "https://ci.example.com/builds/7",
        pullRequestUrl: null,
      })),
    },
  ]);
  expect(history.map(({ result }) => result)).toEqual(["succeeded", "succeeded", "failed"]);

  const actor = {
    ...simulator.keyOwner,
    organizationId: simulator.organization.id,
    organizationName: simulator.organization.name,
  };
  const expected = (tokenId: string, more: object) => {
    const { name, owner, scopes } = simulator.find(tokenId) ?? { name: "", owner: {}, scopes: [] };
    return expect.objectContaining({
      tokenId,
      outcome: "revoked",
      httpStatus: 204,
      status: "revoked",
      actor,
      apiUrl: simulator.url,
      snapshot: expect.objectContaining({ tokenId, name, owner, scopes: [...scopes].sort() }),
      ...more,
    });
  };
  const [first, second] = report.stacks[0]?.deployments ?? [];
  const told = { reason: "first reason", ticket: "SEC-1", requestedBy: "ann@example.com" };
  const rows = [
    expected(kept, { ...told, version: 1, deployment: first, removed: false, reportedAt: "2026-01-01T00:00:00Z" }),
    expected(removed, { reason: "(secret)", ticket: null, version: 1, deployment: first, removed: true }),
    expected(strange, { reason: null, version: 2, deployment: second, removed: false, reportedAt: null }),
  ];
  expect(report.records).toHaveLength(3);
  expect(report.records).toEqual(expect.arrayContaining(rows));
  // What the server's own log says.
  for (const { tokenId, revokedAt, verifiedAt, secondsToRevoke, reportedAt } of report.records) {
    const requests = simulator.requests().filter(({ path }) => path.endsWith(tokenId));
    const sent = requests.find(({ method }) => method === "DELETE");
    const gone = requests.find(({ method, status }) => method === "GET" && status === 404);
    expect(Date.parse(revokedAt) - (sent?.at ?? 0)).toBeGreaterThanOrEqual(0);
    expect(Date.parse(verifiedAt ?? "") - (gone?.at ?? 0)).toBeGreaterThanOrEqual(0);
    expect(secondsToRevoke).toBe(reportedAt && (Date.parse(revokedAt) - Date.parse(reportedAt)) / 1000);
  }
  expect(report.findings).toEqual([
    expect.objectContaining({ kind: "failed", tokenId: null, message: expect.stringContaining("deployment 3") }),
    expect.objectContaining({ kind: "pending", tokenId: killed, message: expect.stringContaining("interrupted") }),
    expect.objectContaining({ kind: "usedAfterReport", tokenId: kept }),
  ]);
  expect(JSON.stringify(report)).not.toContain("planted reason");

  const epoch = { folder: project.folder, env: { ...project.env, SOURCE_DATE_EPOCH: "1795651200" } };
  const everywhere = ["--all-projects", "--cwd", tmpdir(), "--format", "json"];
  const [one, other] = [await audit(epoch, ...everywhere), await audit(epoch, "--format", "json")];
  expect(one).toEqual(other);
  expect(JSON.parse(one.stdout)).toEqual({
    ...report,
    about: { ...report.about, madeAt: "2026-11-26T00:00:00Z", filters: {}, leftOut: 0, asked: null, missing: [] },
  });

  const unseen = await audit(project, "--ticket", "SEC-1", "--owner", "nobody@example.com", "--format", "csv");
  expect(unseen).toMatchObject({ code: 0, stderr: "" });
  expect(unseen.stdout.trimEnd().split("\n")).toHaveLength(2);
  expect(unseen.stdout).toContain(",only --owner nobody@example.com --ticket SEC-1,3,");

  const page = join(project.folder, "report.html");
  const failed = await audit(project, "--output", page, "--fail-on", "pending,alive");
  expect(failed).toMatchObject({
    code: 1,
    stdout: "",
    stderr: `Wrote ${page}.\n--fail-on pending: applies to 1\n`,
  });
  expect(readFileSync(page, "utf8")).toContain(kept);
  expect(readFileSync(page, "utf8")).not.toContain("<script>alert");

  const { apiKey, appKey, url } = simulator;
  Object.assign(project.env, { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey });
  simulator.restore(kept);
  const asked = await audit(project, "--verify", "--datadog-audit-trail", "--token", kept, "--fail-on", "alive");
  expect(asked.code).toBe(1);
  expect(asked.stdout).toContain("Datadog knows this token now: it is alive");
  expect(asked.stdout).toContain(`${simulator.keyOwner.handle} from 127.0.0.1 by API_AND_APP_KEY: 204`);

  const { apiKey: API, appKey: APP } = simulator.createKeys(["user_app_keys", "org_app_keys_read"]);
  Object.assign(project.env, { DD_API_KEY: API, DD_APP_KEY: APP });
  const unread = await audit(project, "--datadog-audit-trail", "--token", kept);
  expect(unread).toMatchObject({ code: 2, stdout: expect.stringContaining("audit_logs_read") });
  expect(unread.stderr).toMatch(/^The Audit Trail could not be read whole for \d records?\. .*\n$/);

  const elsewhere = simulator.addOrganization({ name: "Subsidiary" });
  Object.assign(project.env, { DD_API_KEY: elsewhere.apiKey, DD_APP_KEY: elsewhere.appKey });
  const others = await audit(project, "--verify", "--format", "csv");
  expect(others).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(` of organization Subsidiary at ${url}, credentials of the environment`),
    stderr: "--verify could not tell for 3 records whether the token is alive. The report says why beside each.\n",
  });
  expect(others.stdout).not.toMatch(/,gone,/);

  const wrong = await audit(project, "--stack", "tset");
  expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: 'Unknown stack "tset": did you mean "test"?\n' });
});
