import { readOptions } from "../../../../cli/audit/auditOptions";
import type { AuditRecord, AuditReport, Finding } from "../../../../cli/audit/auditReport";
import { judge, narrow } from "../../../../cli/audit/judge";
import { publicPortion } from "../../../../provider/datadog/tokenIds";
import { snapshot, tokenId } from "../../../support/stackHistory";

const [one, two] = [tokenId(1), tokenId(2)] as [string, string];

function row(id: string, revokedAt: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const known = {
    tokenId: id,
    revokedAt,
    outcome: "revoked",
    status: "revoked",
    ticket: "SEC-1",
    verifiedAt: revokedAt,
  };
  return { ...known, secondsToRevoke: null, snapshot: snapshot(id), ...more } as AuditRecord;
}

const failed: Finding = { kind: "failed", stack: "shop/dev", resource: null, tokenId: two, message: "" };
const report: AuditReport = {
  project: "shop",
  stacks: [],
  records: [
    row(one, "2026-03-01T12:00:00.000Z", { secondsToRevoke: 90_000 }),
    row(two, "2026-03-02T23:59:59.999Z", {
      outcome: "alreadyRevoked",
      ticket: "SEC-2",
      verifiedAt: null,
      snapshot: null,
    }),
  ],
  findings: [failed],
};

const shown = (...args: string[]): string[] =>
  narrow(report, readOptions(args).filter).records.map(({ tokenId }) => (tokenId === one ? "one" : "two"));

test.each([
  [[], ["one", "two"]],
  [["--since", "2026-03-02"], ["two"]],
  [["--until", "2026-03-01"], ["one"]],
  [
    ["--until", "2026-03-02"],
    ["one", "two"],
  ],
  [["--since", "2026-03-01T12:00:00Z", "--until", "2026-03-01T12:00:00Z"], ["one"]],
  [
    ["--since", "2026-03-01T13:00:00+01:00"],
    ["one", "two"],
  ],
  [["--token", one.toUpperCase()], ["one"]],
  [["--token", publicPortion(two)], ["two"]],
  [
    ["--token", one, "--token", two],
    ["one", "two"],
  ],
  [["--owner", "Robin.Okafor@example.com"], ["one"]],
  [["--owner", "bcc8bb38-d1e1-4b52-adda-ebf269e3259c"], ["one"]],
  [["--ticket", "sec-2"], ["two"]],
  [["--outcome", "alreadyRevoked"], ["two"]],
  [["--outcome", "revoked", "--ticket", "SEC-2"], []],
])("%j shows %j", (args, expected) => {
  expect(shown(...args)).toEqual(expected);
});

test("findings go with their tokens", () => {
  const found = (...args: string[]): number => narrow(report, readOptions(args).filter).findings.length;
  expect([found(), found("--token", one), found("--ticket", "SEC-2"), found("--ticket", "SEC-1")]).toEqual([
    1, 0, 1, 0,
  ]);
});

test.each([
  ["alreadyRevoked", ["--fail-on alreadyRevoked: applies to 1"]],
  ["unverified", ["--fail-on unverified: applies to 1"]],
  ["slow:24h", ["--fail-on slow:24h: applies to 1"]],
  ["slow:2d", []],
  ["failed", ["--fail-on failed: applies to 1"]],
  ["pending", []],
  ["alive", []],
  ["pending,failed", ["--fail-on failed: applies to 1"]],
])("--fail-on %s", (condition, expected) => {
  expect(judge(report, readOptions(["--fail-on", condition]).failOn)).toEqual(expected);
});

test("what was seen gone for this report is not unverified", () => {
  const verified = report.records.map((record) => ({ ...record, verification: { alive: false } }));
  expect(judge({ ...report, records: verified }, [{ kind: "unverified" }])).toEqual([]);
});

test.each([
  [["--format", "jsom"], 'Unknown format "jsom"; did you mean "json"?'],
  [["--outcome", "revoket"], 'Unknown outcome "revoket"; did you mean "revoked"?'],
  [["--fail-on", "alife"], 'Unknown condition of --fail-on "alife"; did you mean "alive"?'],
  [["--fail-on", "slow"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "slow:24"], "--fail-on slow takes a duration, like slow:24h."],
  [["--fail-on", "alive:2"], "--fail-on alive takes no limit."],
  [["--since", "yesterday"], "--since takes a day like 2026-11-24"],
  [["--since", "2026-12-01", "--until", "2026-11-30"], "--since is later than --until"],
  [["--output", ""], "--output needs a value"],
  [["--until", "2026-02-30"], "--until takes a day like 2026-11-24"],
  [["--token", "ci-deploy"], "--token takes a token's id or its public portion."],
  [["--stak", "dev"], 'Unknown option "--stak"; did you mean "--stack"?'],
])("%j is refused, with what to write instead", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
