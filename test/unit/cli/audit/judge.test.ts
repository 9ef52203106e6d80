import { readOptions } from "../../../../cli/audit/auditOptions";
import type { AuditedHistory, AuditRecord, Finding } from "../../../../cli/audit/auditReport";
import { judge, unjudged, unread } from "../../../../cli/audit/judge";
import { record, revocation, StackHistory, snapshot, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

const [one, two] = [tokenId(1), tokenId(2)] as [string, string];

function row(id: string, revokedAt: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const known = { tokenId: id, revokedAt, outcome: "revoked", status: "revoked", ticket: "SEC-1", unknown: {} };
  return { ...known, verifiedAt: revokedAt, secondsToRevoke: null, snapshot: snapshot(id), ...more } as AuditRecord;
}

const later = { outcome: "alreadyRevoked", verifiedAt: null } as const;
const failed: Finding = { kind: "failed", stack: "shop/dev", resource: null, tokenId: two, message: "" };
const report: AuditedHistory = {
  project: "shop",
  stacks: [],
  records: [
    row(one, "2026-03-01T12:00:00.000Z", { secondsToRevoke: 90_000 }),
    row(two, "2026-03-02T23:59:59.999Z", { ...later, ticket: "SEC-2", snapshot: null }),
  ],
  findings: [failed],
};

test.each([
  ["alreadyRevoked", "alreadyRevoked"],
  ["unverified", "unverified"],
  ["slow:24h", "slow:24h"],
  ["slow:2d", null],
  ["failed", "failed"],
  ["pending", null],
  ["alive", null],
  ["pending,failed", "failed"],
])("of --fail-on %s, what applies is %s", (condition, applies) => {
  const expected = applies === null ? [] : [`--fail-on ${applies}: applies to 1`];
  expect(judge(report, readOptions(["--fail-on", condition]).failOn)).toEqual(expected);
});

test("--fail-on unverified names what --verify could not judge, instead of counting it", () => {
  const verified = report.records.map((record) => ({ ...record, verification: { alive: null, why: "never seen" } }));
  const asked = { ...report, records: verified };
  expect(judge(asked, [{ kind: "unverified" }])).toEqual([]);
  const line = `--fail-on unverified: cannot be judged for 1: ${two} (not known: never seen)`;
  expect(unjudged(asked, [{ kind: "unverified" }])).toEqual([line]);
  expect(unjudged(report, [{ kind: "unverified" }])).toEqual([]);
});

test("--fail-on alive names what --verify could not judge, but neither what is superseded nor what counts as alive", () => {
  const at = "2026-03-01T12:00:00.000Z";
  const verification = { alive: null, why: "answered 503" };
  const records = [
    row(one, at, { verification }),
    row(two, at, { verification, supersededBy: { version: 2, revokedAt: at, resource: "urn::r" } }),
    row(two, at, { verification, status: "alive" }),
    row(two, at, { verification: { alive: false } }),
  ];
  const line = `--fail-on alive: cannot be judged for 1: ${one} (not known: answered 503)`;
  expect(unjudged({ ...report, records }, [{ kind: "alive" }, { kind: "failed" }])).toEqual([line]);
  expect(unjudged(report, [{ kind: "alive" }])).toEqual([]);
});

test("--fail-on slow names what this stack revoked, and whose time of report cannot be known", () => {
  const at = "2026-03-01T12:00:00.000Z";
  const untimed = (reportedAt: string | null, why: string, more: Partial<AuditRecord> = {}): AuditRecord =>
    row(one, at, { reportedAt, unknown: { reportedAt: why, secondsToRevoke: "so" }, ...more });
  const records = [
    untimed(null, "not given"),
    untimed(null, 'given later, deployment 3: "2026-01-01T00:00:00Z"'),
    untimed(null, "the resource was changed since; now none", { tokenId: two }),
    untimed(null, "a secret is not kept with the act", { outcome: "alreadyRevoked" }),
    untimed("(secret)", ""),
    untimed("2026-03-02T00:00:00Z", ""),
    untimed("2026-03-01T00:00:00Z", "", { secondsToRevoke: 43_200 }),
  ];
  const { failOn } = readOptions(["--fail-on", "slow:24h,unverified"]);
  const late = `${one} (its time of report was given later)`;
  const line = `--fail-on slow:24h: cannot be judged for 3: ${late}, ${two} (so), ${one} (so)`;
  expect(unjudged({ ...report, records }, failOn)).toEqual([line]);
});

describe("what could not be read or asked is told", () => {
  const at = "2026-03-01T12:00:00.000Z";
  const elsewhere = "not asked: it was recorded elsewhere";
  const trail = (complete: boolean, why: string): AuditRecord =>
    row(one, at, { auditTrail: { complete, events: [], why } });
  const verified = (why: string, more: Partial<AuditRecord> = {}): AuditRecord =>
    row(one, at, { verification: { alive: null, why }, ...more });
  const supersededBy = { version: 2, revokedAt: at, resource: "urn::r" };
  const beside = "The report says why beside each.";

  test.each<[string, AuditRecord[], string[]]>([
    ["nothing was asked", [row(one, at)], []],
    ["the Audit Trail was read whole", [trail(true, "none")], []],
    [
      "the Audit Trail was read in part",
      [trail(false, "answered 403"), trail(true, "none")],
      [`The Audit Trail could not be read whole for 1 record. ${beside}`],
    ],
    [
      "the Audit Trail was not asked",
      [trail(false, elsewhere), trail(false, elsewhere)],
      [`The Audit Trail was not asked about 2 records. ${beside}`],
    ],
    [
      "--verify asked with other keys, and got no answer",
      [verified(elsewhere), verified("answered 503")],
      [`--verify could not tell for 2 records whether the token is alive. ${beside}`],
    ],
    [
      "--verify did not find what was never seen, or a later record tells",
      [verified("never seen"), verified(elsewhere, { supersededBy })],
      [],
    ],
  ])("where %s", (_, records, lines) => {
    expect(unread({ ...report, records })).toEqual(lines);
  });

  test("where data is damaged", () => {
    const findings = [{ ...failed, kind: "unreadable" as const }];
    expect(unread({ ...report, findings })).toEqual(["Some data could not be read. The report names it."]);
  });
});

test("--fail-on unverified leaves out what --verify saw gone", () => {
  const verified = report.records.map((record) => ({ ...record, verification: { alive: false } }));
  expect(judge({ ...report, records: verified }, [{ kind: "unverified" }])).toEqual([]);
});

test("--fail-on unverified counts a record that was verified once, and whose token is alive", () => {
  const records = [row(one, "2026-03-01T12:00:00.000Z", { status: "alive", verifiedAt: "2026-03-01T12:00:01.000Z" })];
  expect(judge({ ...report, records }, [{ kind: "unverified" }])).toEqual(["--fail-on unverified: applies to 1"]);
});

describe("leaks", () => {
  const at = "2026-03-01T12:00:00.000Z";
  const seen = (more: object): Partial<AuditRecord> => ({
    unknown: {},
    reportedAt: null,
    snapshot: { tokenId: one, ...more },
  });
  const leak = { detectedAt: "2026-03-01T00:00:00Z" };
  const { failOn: slow } = readOptions(["--fail-on", "slow:24h"]);
  const { failOn: used } = readOptions(["--fail-on", "usedAfterLeak"]);

  test("--fail-on slow counts the time from the leak, and names a record whose time of report may be earlier", () => {
    const timed = (secondsToRevoke: number, why: string): AuditRecord =>
      row(one, at, { ...seen({ leak }), secondsToRevoke, unknown: { reportedAt: why } });
    const atLeast = (more: Partial<AuditRecord>, detectedAt = "2026-02-28T11:00:00Z"): AuditRecord =>
      row(one, at, { ...seen({ leak: { detectedAt } }), ...more });
    const notKept = { unknown: { reportedAt: "a secret is not kept" } };
    const isSecret = { reportedAt: "(secret)" };
    const records = [timed(90_000, "not given"), atLeast(notKept), timed(60, "not given")];
    expect(judge({ ...report, records }, slow)).toEqual(["--fail-on slow:24h: applies to 2"]);
    expect(unjudged({ ...report, records }, slow)).toEqual([]);
    const open = { ...report, records: [notKept, isSecret].map((more) => atLeast(more, leak.detectedAt)) };
    expect(judge(open, slow)).toEqual([]);
    expect(unjudged(open, slow)).toEqual([
      `--fail-on slow:24h: cannot be judged for 2: ${one} (its time of report is not known), ` +
        `${one} (its time of report is secret)`,
    ]);
    expect(judge({ ...report, records: [atLeast(isSecret)] }, slow)).toEqual(["--fail-on slow:24h: applies to 1"]);
    expect(judge({ ...report, records: [atLeast({ ...isSecret, outcome: "alreadyRevoked" })] }, slow)).toEqual([]);
  });

  const soon = { secondsToRevoke: 60, reportedAt: at, unknown: {} };
  test.each<[string, Partial<AuditRecord>, string | undefined]>([
    ["known", { ...seen({ leak }), ...soon }, undefined],
    ["none", { ...seen({ leak: null }), ...soon }, undefined],
    ["that nobody spoke of", { ...seen({}), ...soon }, undefined],
    [
      "of unknown time",
      { ...seen({ leak: { source: "github" } }), ...soon },
      "Datadog found it leaked, and did not say when",
    ],
    [
      "of a time that is none",
      { ...seen({ leak: { detectedAt: "soon" } }), ...soon },
      "Datadog found it leaked, and did not say when",
    ],
    ["that cannot be read", { ...seen({}), ...soon, unknown: { leak: "(secret)" } }, "whether it leaked is (secret)"],
    [
      "of a snapshot that is a secret",
      { ...soon, snapshot: null, unknown: { snapshot: "(secret)" } },
      "whether it leaked is not known: its snapshot is (secret)",
    ],
    ["of a token never seen", { ...soon, snapshot: null, unknown: { snapshot: "never seen" } }, undefined],
  ])("--fail-on slow is judged by a leak %s", (_, more, why) => {
    const lines = why === undefined ? [] : [`--fail-on slow:24h: cannot be judged for 1: ${one} (${why})`];
    expect(unjudged({ ...report, records: [row(one, at, more)] }, slow)).toEqual(lines);
  });

  test("--fail-on usedAfterReport applies also where a finding tells of the leak alone", () => {
    const lastUsedAt = "2026-03-01T06:00:00Z";
    const records = [row(one, at, { ...seen({ leak, lastUsedAt }), reportedAt: "2026-03-01T03:00:00Z" })];
    const { failOn } = readOptions(["--fail-on", "usedAfterLeak,usedAfterReport"]);
    expect(judge({ ...report, records }, failOn)).toEqual([
      "--fail-on usedAfterLeak: applies to 1",
      "--fail-on usedAfterReport: applies to 1",
    ]);
  });

  test("--fail-on usedAfterReport leaves a record that does not tell to one that was reported at the same time", () => {
    const reportedAt = "2026-03-01T03:00:00Z";
    const unseen = (more: object): AuditRecord =>
      row(one, at, { snapshot: null, unknown: { snapshot: "never seen" }, reportedAt, ...more });
    const told = row(one, at, { ...seen({ lastUsedAt: null }), reportedAt });
    const { failOn } = readOptions(["--fail-on", "usedAfterReport"]);
    expect(unjudged({ ...report, records: [told, unseen({})] }, failOn)).toEqual([]);
    const line = `--fail-on usedAfterReport: cannot be judged for 1: ${one} (never seen)`;
    const other = unseen({ reportedAt: "2026-02-01T00:00:00Z" });
    expect(unjudged({ ...report, records: [told, other] }, failOn)).toEqual([line]);
    const unreported = row(one, at, { ...seen({}), unknown: { reportedAt: "not given" } });
    expect(unjudged({ ...report, records: [unreported, other] }, failOn)).toEqual([line]);
  });

  test.each<[string, Partial<AuditRecord>, string | undefined]>([
    ["was used before", seen({ leak, lastUsedAt: "2026-02-28T00:00:00Z" }), undefined],
    ["was used after, which is a finding", seen({ leak, lastUsedAt: "2026-03-01T06:00:00Z" }), undefined],
    ["was never used", seen({ leak, lastUsedAt: null }), undefined],
    ["is not known to have leaked", seen({ leak: null }), undefined],
    ["has no last use that is known", seen({ leak }), "Datadog did not say when it was last used"],
    ["has a last use that is no time", seen({ leak, lastUsedAt: "?" }), "Datadog did not say when it was last used"],
    ["leaked at a time not known", seen({ leak: {}, lastUsedAt: at }), "Datadog found it leaked, and did not say when"],
    ["may have leaked", seen({ lastUsedAt: at }), "Datadog did not say whether it leaked"],
    ["was never seen", { snapshot: null, unknown: { snapshot: "never seen" } }, "never seen"],
    [
      "has a snapshot that cannot be read",
      { snapshot: null, unknown: { snapshot: "(secret)" } },
      "its snapshot is (secret)",
    ],
  ])("--fail-on usedAfterLeak judges a token that %s", (_, more, why) => {
    const lines = why === undefined ? [] : [`--fail-on usedAfterLeak: cannot be judged for 1: ${one} (${why})`];
    expect(unjudged({ ...report, records: [row(one, at, more)] }, used)).toEqual(lines);
  });

  test("--fail-on usedAfterLeak asks one record of a token to tell, not all", () => {
    const unseen = row(one, at, { snapshot: null, unknown: { snapshot: "never seen" } });
    const records = [row(one, at, seen({ leak: null })), unseen, { ...unseen, tokenId: two }];
    expect(unjudged({ ...report, records }, used)).toEqual([
      `--fail-on usedAfterLeak: cannot be judged for 1: ${two} (never seen)`,
    ]);
  });
});

describe("where a state before a removal is not kept", () => {
  const all = [
    "alreadyRevoked",
    "unverified",
    "slow:24h",
    "usedAfterLeak",
    "usedAfterReport",
    "alive",
    "pending",
    "failed",
  ];
  const { failOn } = readOptions(all.flatMap((condition) => ["--fail-on", condition]));
  /** The conditions that are open for the whole stack. */
  const openFor = (history: AuditedHistory): string[] =>
    unjudged({ ...history, records: history.records.filter(({ removed }) => !removed) }, failOn)
      .filter((line) => line.includes("stack shop/dev (records that deployment 2 may have removed cannot be shown)"))
      .map((line) => /^--fail-on ([^:]+)/.exec(line)?.[1] ?? "");

  function removing(): StackHistory {
    const history = new StackHistory();
    history.deploy([revocation("a", record(one, history.at()))]);
    history.deploy([revocation("b", record(two, history.at()))]);
    return history;
  }

  test("no condition on what was removed counts as judged", async () => {
    const history = removing();
    history.checkpoints[0] = undefined;
    const ofRecords = ["alreadyRevoked", "unverified", "slow", "usedAfterLeak", "usedAfterReport"];
    expect(openFor(await reportOf(history))).toEqual(ofRecords);
    expect(openFor(await reportOf(history, false))).toEqual(ofRecords);
    const told = await reportOf(history);
    const verified = told.records.map((each) => ({ ...each, verification: { alive: false } }));
    expect(openFor({ ...told, records: verified })).toEqual([...ofRecords, "alive"]);
  });

  test("all are judged where every such state is kept, or nothing can have been removed", async () => {
    expect(openFor(await reportOf(removing()))).toEqual([]);
    const growing = new StackHistory();
    growing.deploy([revocation("a", record(one, growing.at()))]);
    growing.deploy([...growing.resources.values(), revocation("b", record(two, growing.at()))]);
    expect(openFor(await reportOf(growing, false))).toEqual([]);
  });
});
