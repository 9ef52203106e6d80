import { formatReport } from "../../../../cli/audit/formatReport";
import { judge } from "../../../../cli/audit/judge";
import { record, revocation, StackHistory, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

/** What a 404 leaves of a token that this stack does not remember. */
const unseen = (id: string, at: string): object => {
  const { snapshot: _, verifiedAt: __, ...fields } = record(id, at) as Record<string, unknown>;
  return { ...fields, outcome: "alreadyRevoked", httpStatus: 404 };
};

/** A revocation that was verified, and whose resource was then renamed. */
function renamed(): StackHistory {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("b", unseen(tokenId(1), history.at()))]);
  return history;
}

test("the earlier record of a token names the later one, and nothing calls it removed", async () => {
  const report = await reportOf(renamed());
  const [earlier, later] = report.records;
  const resource = expect.stringContaining("TokenRevocation::b");
  expect(earlier?.supersededBy).toEqual({ version: 2, revokedAt: "2026-01-01T00:10:05.000Z", resource });
  expect(later?.supersededBy).toBeUndefined();
  for (const format of ["table", "csv", "markdown", "html"] as const) {
    const text = await formatReport(report, format, undefined);
    expect(text).toContain("superseded by deployment 2");
    expect(text).not.toMatch(/\(removed\)|<span class="minor">record removed later|removed later: recovered/);
  }
  const html = await formatReport(report, "html", undefined);
  expect(html).toContain("1 record is superseded by a later one of the same token.");
  expect(html).not.toContain('<span class="minor good">verified gone');
});

test("each of several records names the next, and one whose deployment is not known says so", async () => {
  const history = new StackHistory();
  for (const name of ["a", "b", "c"]) history.deploy([revocation(name, unseen(tokenId(1), history.at()))]);
  history.deploy([revocation("d", unseen(tokenId(1), history.at()))], { killed: true });
  const report = await reportOf(history);
  expect(report.records.map(({ supersededBy }) => supersededBy?.version)).toEqual([2, 3, null, undefined]);
  expect(await formatReport(report, "table", undefined)).toContain("(superseded by a later record)");
});

test("a token that was alive, and was revoked again, is neither alive nor unverified", async () => {
  const history = new StackHistory();
  const { verifiedAt: _, ...first } = record(tokenId(1), history.at()) as Record<string, unknown>;
  history.deploy([revocation("a", first)]);
  history.deploy([revocation("a", { ...first, status: "alive" })], { kind: "refresh" });
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  const report = await reportOf(history);
  expect(report.records.map(({ status }) => status)).toEqual(["alive", "revoked"]);
  expect(report.findings).toEqual([]);
  expect(judge(report, [{ kind: "alive" }, { kind: "unverified" }])).toEqual([]);
  const text = await formatReport(report, "table", undefined);
  expect(text).toContain("2 records in stack shop/dev: 2 revoked; 1 seen gone; 1 superseded by a later record");
  expect(text).not.toContain("declare it again");
});

test("a record that was removed and has no later one is removed", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([]);
  const report = await reportOf(history);
  expect(report.records[0]).not.toHaveProperty("supersededBy");
  expect(await formatReport(report, "table", undefined)).toContain("revoked (removed)");
});

test("a token that is alive is not hidden by a later record that was removed", async () => {
  const history = new StackHistory();
  const alive = revocation("a", record(tokenId(1), history.at(), { status: "alive" }));
  history.deploy([alive]);
  history.deploy([alive, revocation("b", unseen(tokenId(1), history.at()))]);
  history.deploy([alive]);
  const report = await reportOf(history);
  expect(report.records.map(({ supersededBy, removed }) => [supersededBy, removed])).toEqual([
    [undefined, false],
    [undefined, true],
  ]);
  expect(judge(report, [{ kind: "alive" }])).toEqual(["--fail-on alive: applies to 1"]);
});
