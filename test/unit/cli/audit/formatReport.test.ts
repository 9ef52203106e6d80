import { formatReport } from "../../../../cli/audit/formatReport";
import { record, revocation, StackHistory, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

/** One token revoked, and one more when the first one's record is removed. */
function twoDeployments(): StackHistory {
  const history = new StackHistory();
  const said = { reason: "found in a log", ticket: "SEC-1", reportedAt: "2025-12-31T23:00:00Z" };
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), ...said, requestedBy: "ann@example.com" })], {
    message: "Revoke, at once",
    environment: { "git.author": "Ann Author", "git.head": "a8c18e5", "ci.build.url": "https://ci.example.com/77" },
  });
  history.deploy([revocation("b", record(tokenId(2), history.at()))]);
  return history;
}

test("CSV has one header and one row a record, with every column", async () => {
  const report = await reportOf(twoDeployments());
  const text = await formatReport({ ...report, records: report.records.slice(0, 1) }, "csv", undefined);
  expect(text).toBe(
    "tokenId,name,owner,ownerId,kind,scopes,createdAt,expiresAt,lastUsedAt,status,outcome,httpStatus," +
      "reportedAt,revokedAt,verifiedAt,secondsToRevoke,secondsToVerify,reason,ticket,requestedBy,actor," +
      "organization,organizationId,site,stack,version,message,result,startedAt,endedAt,deployer,commit," +
      "branch,buildUrl,pullRequestUrl,resource,resourceType,removed,superseded,interruptedRun\n" +
      "00000001-0000-4000-8000-000000000000,ci-deploy,robin.okafor@example.com," +
      "bcc8bb38-d1e1-4b52-adda-ebf269e3259c,personal,dashboards_read,2026-01-05T05:18:08.287Z,never,never," +
      "revoked,revoked,204,2025-12-31T23:00:00Z,2026-01-01T00:00:05.000Z,2026-01-01T00:00:05.500Z,3605,0.5," +
      "found in a log,SEC-1,ann@example.com,ops@example.com,0e7a0000-0000-4000-8000-000000000001," +
      '0e7a0000-0000-4000-8000-000000000001,datadoghq.eu,shop/dev,1,"Revoke, at once",succeeded,' +
      "2026-01-01T00:00:00.000Z,2026-01-01T00:01:00.000Z,Ann Author,a8c18e5,(it did not run on a branch)," +
      "https://ci.example.com/77,(history names none)," +
      "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::a,TokenRevocation," +
      "true,,\n",
  );
});

test("a table marks a record that was removed from state", async () => {
  const text = await formatReport(await reportOf(twoDeployments()), "table", undefined);
  const [, first = "", second = ""] = text.split("\n");
  expect(first).toContain("revoked (removed)");
  expect(second).not.toContain("(removed)");
});

test("a table fits the terminal, and shows more in a wider one", async () => {
  const report = await reportOf(twoDeployments());
  const widest = async (width: number): Promise<number> => {
    const [heading = "", ...rows] = (await formatReport(report, "table", width)).split("\n").slice(0, 3);
    return Math.max(heading.length, ...rows.map((row) => row.length));
  };
  for (const width of [80, 120, 200]) expect(await widest(width)).toBeLessThanOrEqual(width);
  expect(await widest(200)).toBeGreaterThan(await widest(80));
});

test("what was given later is told as such: shortly in a table and in a row of the page, whole in all else", async () => {
  const history = new StackHistory();
  const fields = { ...record(tokenId(1), history.at()), act: { apiUrl: "https://api.datadoghq.eu" } };
  history.deploy([revocation("a", fields)]);
  history.deploy([revocation("a", { ...fields, ticket: "SEC-1", requestedBy: "ann" })]);
  const report = await reportOf(history);
  const whole = 'given later, deployment 2: "SEC-1"';
  expect(await formatReport(report, "table", undefined)).toContain("(given later, deployment 2)");
  expect(await formatReport(report, "table", undefined)).not.toContain("SEC-1");
  expect(await formatReport(report, "csv", undefined)).toContain(`(${whole.replaceAll('"', '""')})`);
  expect(await formatReport(report, "markdown", undefined)).toContain(`(${whole})`);
  const page = await formatReport(report, "html", undefined);
  expect(page).toContain('<td><span class="unknown">given later</span></td>');
  expect(page).toContain(`<span class="unknown">${whole.replaceAll('"', "&quot;")}</span>`);
});

test("in no format is a token that was never seen gone, or revoked before, though Datadog does not know it", async () => {
  const history = new StackHistory();
  const unseen = { outcome: "alreadyRevoked", snapshot: undefined, verifiedAt: undefined };
  history.deploy([revocation("a", record(tokenId(1), history.at(), unseen))]);
  const { records, ...report } = await reportOf(history);
  const asked = {
    ...report,
    records: records.map((each) => ({ ...each, verification: { alive: null, why: "never seen" } })),
  };
  for (const format of ["table", "csv", "markdown", "html"] as const) {
    const text = await formatReport(asked, format, undefined);
    expect(text).toContain("not known: never seen");
    expect(text).not.toMatch(/it was revoked before|minor good|>gone<|,gone\b/);
  }
});
