import type { AuditRecord } from "../../../../../cli/audit/auditReport";
import { link } from "../../../../../cli/audit/html/markup";
import { renderHtml } from "../../../../../cli/audit/html/renderHtml";
import { duration, floored } from "../../../../../cli/audit/html/units";
import { hostileReport, sampleReport } from "../../../../support/auditSample";

const words = (html: string): string =>
  (/<p class="lede">(.*?)<\/p>/s.exec(html)?.[1] ?? "").replace(/<[^>]+>/g, "").replace(/\s+/g, " ");

test("the page loads nothing, lets nothing run but its own script, and is the same bytes for the same report", () => {
  const page = renderHtml(hostileReport());
  expect(renderHtml(hostileReport())).toBe(page);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'$/,
  );
  expect(page).not.toMatch(/<[^>]+\s(?:src|style|on\w+)=(?![^<]*&quot;)/);
  expect(page.match(/<script/g)).toHaveLength(2);
});

describe("the summary", () => {
  const report = sampleReport({ records: 1 });
  const [record] = report.records as [AuditRecord];
  const summaryOf = (changes: Partial<AuditRecord>): string =>
    words(renderHtml({ ...report, records: [{ ...record, ...changes }], findings: [] }));

  test("the summary of one token", () => {
    expect(summaryOf({})).toBe(
      "On 2026-02-14, 1 token was declared revoked in 2 stacks of the project datadog-revocations. 1 was revoked by " +
        "these deployments; 1 was verified, that is, afterwards seen to be gone. From report to revocation it took 6 h " +
        "31 min for log-forwarder-30. Nothing needs attention.",
    );
  });

  test("the summary of a token whose time of report is unknown, and that is alive", () => {
    const summary = summaryOf({ secondsToRevoke: null, verification: { alive: true } });
    expect(summary).toContain("and 1 is alive. The time from report to revocation is not known for any of them.");
  });

  test("the summary leaves out that a removed record was alive", () => {
    expect(summaryOf({ status: "alive", verifiedAt: null, removed: true })).toContain("0 were verified");
    expect(summaryOf({ status: "alive", verifiedAt: null, removed: true })).not.toContain("alive");
    expect(summaryOf({ status: "alive", verifiedAt: null, removed: false })).toContain("and 1 is alive");
  });

  test("the summary counts a token once, however many stacks recorded it", () => {
    const again = { ...record, stack: "acme/datadog-revocations/sandbox" };
    expect(words(renderHtml({ ...report, records: [record, again] }))).toContain("1 token (in 2 records) was declared");
  });
});

test("a record of a time that is no time is shown, and left out of the drawings", () => {
  const report = sampleReport({ records: 2 });
  const records = report.records.map((each) => ({ ...each, revokedAt: "last Tuesday" }));
  const page = renderHtml({ ...report, records });
  expect(page).toContain("<bdi>last Tuesday</bdi>");
  expect(page).toContain("0 revocations as bars");
});

test("of many findings the first are shown, and the rest is counted and folded", () => {
  const report = sampleReport({ records: 1 });
  const finding = { kind: "failed", stack: "main", resource: null, tokenId: null } as const;
  const findings = Array.from({ length: 1010 }, (_, index) => ({ ...finding, message: `no ${index}` }));
  const [before, after] = renderHtml({ ...report, findings }).split("<details><summary>1,000 more</summary>");
  expect(before?.match(/<li>/g)).toHaveLength(10);
  expect(after).toContain("no 1009");
});

test("an outcome of a later version is shown as it is, marked, and counted apart", () => {
  const report = sampleReport({ records: 2 });
  const [record] = report.records as [AuditRecord];
  const later = { ...record, outcome: "suspended", unknown: { outcome: "a word of a later version" } };
  const page = renderHtml({ ...report, records: [record, later] });
  expect(page).toContain('<span class="badge other">suspended</span>');
  expect(page).toContain('<dd><bdi>suspended</bdi><span class="unknown"> (a word of a later version)</span></dd>');
  expect(words(page)).toContain(
    "1 was revoked by these deployments, of 1 this version does not know what the record says;",
  );
});

test("the table says not given only where that is known", () => {
  const report = sampleReport({ records: 1 });
  const [record] = report.records as [AuditRecord];
  const cells = (why: string | undefined, more: Partial<AuditRecord> = {}): string[] => {
    const columns = ["requestedBy", "ticket", "reason", "reportedAt"];
    const unknown = why === undefined ? {} : Object.fromEntries(columns.map((column) => [column, why]));
    const nothing = { requestedBy: null, ticket: null, reason: null, reportedAt: null, secondsToRevoke: null, unknown };
    const page = renderHtml({ ...report, records: [{ ...record, ...nothing, ...more }] });
    const row = page.split('id="record-1">')[1]?.split('class="more">')[0] ?? "";
    return [...row.matchAll(/<td [^>]*><span class="unknown">(.*?)<\/span>/g)].map(([, text = ""]) => text);
  };
  const changed = "the resource was changed since; now none";
  expect(cells(undefined)).toEqual(["no time of report", "not given", "not given"]);
  expect(cells("not given")).toEqual(["no time of report", "not given", "not given"]);
  expect(cells('given later: "x"')).toEqual(["time of report given later", "given later", "given later"]);
  expect(cells(changed)).toEqual(["time of report not known", "not known", "not known"]);
  expect(cells("not given", { unknown: { ticket: changed, reason: "not given" } })[2]).toBe("not known");
  expect(cells("not given", { unknown: { ticket: "not given", reason: changed } })[2]).toBe("not known");
  expect(cells("not given", { unknown: { ticket: changed, reason: 'given later: "x"' } })[2]).toBe("given later");
  expect(cells("not given", { reportedAt: "(secret)" })[0]).toBe("time of report secret");
  expect(cells("not given", { reportedAt: "yesterday" })[0]).toBe("time of report unreadable");
  expect(cells("not given", { reportedAt: "2027-01-01T00:00:00Z" })[0]).toBe("reported later");
  expect(cells("not given", { reportedAt: "2026-01-01T00:00:00Z", outcome: "suspended" })[0]).toBe("not known");
});

test("the histogram and the details do not say of a leak of unknown time that only a report is missing", () => {
  const report = sampleReport({ records: 2 });
  const [record, other] = report.records as [AuditRecord, AuditRecord];
  const { snapshot } = record;
  const leaked = { snapshot: snapshot && { ...snapshot, leak: { source: "github" } } };
  const untimed = { ...record, ...leaked, reportedAt: null, secondsToRevoke: null, unknown: {} };
  const page = renderHtml({ ...report, records: [untimed, other] });
  expect(page).toContain("1 not counted: already revoked, never seen there, or not known from when to count");
  expect(page).toContain("not computed: neither the time of a report nor of the leak is known");
});

test("an address is a link if a browser may follow it, and text if not", () => {
  expect(link("https://git.example.com/pull/1").text).toMatch(
    /^<a href="https:..git.example.com.pull.1" rel="noreferrer">/,
  );
  expect(link("HTTP://ci.example.com").text).toMatch(/^<a href="http:..ci.example.com." rel="noreferrer">/);
  for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.com", "build 7"]) {
    expect(link(text).text).not.toContain("<a");
  }
});

test("durations are told in the two largest units", () => {
  expect([0.25, 59.6, 61, 3599.6, 8040, 86_399, 304_314, -5].map(duration)).toEqual([
    ...["0.3 s", "1 min", "1 min 1 s", "1 h", "2 h 14 min", "1 d", "3 d 12 h", "−5 s"],
  ]);
});

test("what took at least as long is rounded down", () => {
  expect([0.25, 59.6, 3599.6, 86_399, 86_400].map(floored)).toEqual([
    "0 s",
    "59 s",
    "59 min 59 s",
    "23 h 59 min",
    "1 d",
  ]);
});
