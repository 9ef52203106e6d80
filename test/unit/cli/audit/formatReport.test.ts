import type { AuditRecord } from "../../../../cli/audit/auditReport";
import { formatReport } from "../../../../cli/audit/formatReport";
import { ACTOR, record, revocation, StackHistory, secret, snapshot, tokenId } from "../../../support/stackHistory";
import { reportOf } from "./stackInMemory";

const FORMATS = ["table", "csv", "markdown", "html", "json"] as const;

/** One token revoked, and one more when the first one's record is removed. */
function twoDeployments(): StackHistory {
  const history = new StackHistory();
  const said = { reason: "found in a log", ticket: "SEC-1", reportedAt: "2025-12-31T23:00:00Z" };
  history.deploy([revocation("a", { ...record(tokenId(1), history.at()), ...said, requestedBy: "ann@example.com" })], {
    message: "Revoke, at once",
    environment: {
      "git.author": "Ann Author",
      "git.head": "a8c18e5",
      "git.dirty": "true",
      updatePlan: "false",
      "ci.build.url": "https://ci.example.com/77",
    },
  });
  history.deploy([revocation("b", record(tokenId(2), history.at()))]);
  return history;
}

test("CSV has one header and one row a record, with every column", async () => {
  const report = await reportOf(twoDeployments());
  const text = await formatReport({ ...report, records: report.records.slice(0, 1) }, "csv", undefined);
  expect(text).toBe(
    "\ufefftokenId,name,owner,ownerId,kind,scopes,createdAt,expiresAt,lastUsedAt,leak,status,outcome,httpStatus," +
      "reportedAt,revokedAt,verifiedAt,secondsToRevoke,secondsToRevokeFrom,secondsToVerify,reason,ticket,requestedBy,actor," +
      "organization,organizationId,site,stack,version,message,result,startedAt,endedAt,author,runner,reviewedPlan,commit," +
      "uncommittedChanges,branch,buildUrl,pullRequestUrl,resource,resourceType,removed,superseded,interruptedRun,reportMadeAt,reportFilters,reportLeftOut," +
      "askedAt,askedAs,reportMissing\n" +
      "00000001-0000-4000-8000-000000000000,ci-deploy,robin.okafor@example.com," +
      "bcc8bb38-d1e1-4b52-adda-ebf269e3259c,personal,dashboards_read,2026-01-05T05:18:08.287Z,never,never,," +
      "revoked,revoked,204,2025-12-31T23:00:00Z,2026-01-01T00:00:05.000Z,2026-01-01T00:00:05.500Z,3605,reportedAt,0.5," +
      "found in a log,SEC-1,ann@example.com,ops@example.com,0e7a0000-0000-4000-8000-000000000001," +
      '0e7a0000-0000-4000-8000-000000000001,datadoghq.eu,shop/dev,1,"Revoke, at once",succeeded,' +
      "2026-01-01T00:00:00.000Z,2026-01-01T00:01:00.000Z,Ann Author,(history names nobody),false,a8c18e5,true,(it did not run on a branch)," +
      "https://ci.example.com/77,(history names none)," +
      "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation::a,TokenRevocation," +
      "true,,,2026-11-24T09:30:00Z,everything,0,(not asked),(not asked),\n",
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
  const widest = async (width: number, more: Partial<AuditRecord> = {}): Promise<number> => {
    const shown = { ...report, records: report.records.map((record) => ({ ...record, ...more })) };
    const [heading = "", ...rows] = (await formatReport(shown, "table", width)).split("\n").slice(0, 3);
    return Math.max(heading.length, ...rows.map((row) => row.length));
  };
  const why = "not asked: its organization is not recorded";
  const asked = { verification: { alive: null, why }, auditTrail: { complete: false, events: [], why } };
  for (const width of [80, 100, 120, 200]) {
    expect(await widest(width)).toBeLessThanOrEqual(width);
    expect(await widest(width, asked)).toBeLessThanOrEqual(width);
  }
  expect(await widest(200)).toBeGreaterThan(await widest(80));
});

test("a table says which columns a terminal has no room for, and none where it has", async () => {
  const report = await reportOf(twoDeployments());
  const told = async (width?: number) =>
    /^Left out, because the terminal is too narrow: (.*)\. --format csv has all\.$/m.exec(
      await formatReport(report, "table", width),
    )?.[1];
  expect(await told(80)).toBe(
    "name, owner, secondsToRevoke, ticket, verifiedAt, stack, version, requestedBy, reason, author, runner, actor",
  );
  const [, first = ""] = (await formatReport(report, "table", 120)).split("\n");
  expect(first).toContain(` ${report.records[0]?.revokedAt} `);
  expect(await told(200)).toBe("reason, author, runner, actor");
  expect(await told(1000)).toBeUndefined();
  expect(await told()).toBeUndefined();
});

test("an author of a commit is not told to have run it, uncommitted changes and a plan are told", async () => {
  const report = await reportOf(twoDeployments());
  for (const format of FORMATS) expect(await formatReport(report, format, undefined)).not.toMatch(/deployed by/i);
  const markdown = await formatReport(report, "markdown", undefined);
  expect(markdown).toContain("| Author of the commit | Run by |");
  expect(markdown).toContain(
    "[1 (not bound to a plan)](https://ci.example.com/77) | Ann Author | (history names nobody) | a8c18e5 (with uncommitted changes) |",
  );
  expect(await formatReport(report, "table", undefined)).toContain("Ann Author (with uncommitted changes)");
  const page = await formatReport(report, "html", undefined);
  expect(page).toContain('<dt>Run by</dt><dd><span class="unknown">history names nobody</span></dd>');
  expect(page).toContain("<dt>Author of the commit</dt><dd><bdi>Ann Author</bdi></dd>");
  expect(page).toContain("<dt>Plan</dt><dd><bdi>not bound to a plan</bdi></dd>");
  expect(page).toContain("<dd><code>a8c18e5</code> with uncommitted changes</dd>");
  expect(page).toContain('<span class="minor">author of the commit: <bdi>Ann Author</bdi></span>');
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
  expect(page).toMatch(/<td [^>]*><span class="unknown">given later<\/span><\/td>/);
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

const cellsOf = (csv: string): Record<string, string | undefined>[] => {
  const [names = [], ...rows] = csv
    .replace("\ufeff", "")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
};

async function reportOfSnapshots(...snapshots: object[]) {
  const history = new StackHistory();
  history.deploy(
    snapshots.map((seen, index) => {
      const id = tokenId(index);
      return revocation(`r${index}`, record(id, history.at(index), { snapshot: { ...snapshot(id), ...seen } }));
    }),
  );
  return reportOf(history);
}

test("where the time of report is a secret, every format says how long it took at least, and no average counts it", async () => {
  const history = new StackHistory();
  const deployed = (n: number, leak: object, reportedAt: unknown) => {
    const seen = { ...snapshot(tokenId(n)), leak };
    return revocation(`r${n}`, { ...record(tokenId(n), history.at(n), { snapshot: seen }), reportedAt });
  };
  const leak = { detectedAt: "2025-12-30T08:00:00.000Z", source: "github" };
  history.deploy([deployed(1, leak, secret()), deployed(2, { source: "github" }, undefined)]);
  const report = await reportOf(history);
  const atLeast = "(at least 1d from leak; the time of report is secret)";
  const neither = "neither the time of a report nor of the leak is known";
  const csv = cellsOf(await formatReport(report, "csv", undefined));
  expect(csv.map(({ secondsToRevoke }) => secondsToRevoke)).toEqual([atLeast, `(${neither})`]);
  for (const format of ["table", "markdown"] as const) {
    const text = await formatReport(report, format, undefined);
    expect(text).toContain(atLeast);
    expect(text).toContain(neither);
    expect(text).not.toContain("longest from");
  }
  const page = await formatReport(report, "html", undefined);
  expect(page).toMatch(
    /<span>at least 1 d \d+ h<\/span><span class="minor">since Datadog found it leaked; time of report secret<\/span>/,
  );
  expect(page).toContain("The time from report to revocation is not known for any of them.");
  expect(page).not.toContain('id="distribution"');
  expect(page).toMatch(new RegExp(`<td [^>]*><span class="unknown">${neither}</span></td>`));
  expect(page).toContain(`<dd><span class="unknown">${neither}</span></dd>`);
});

test("a leak is told in every format: when and where, none known, or nothing where nobody said", async () => {
  const report = await reportOfSnapshots(
    { leak: { detectedAt: "2025-12-30T08:00:00.000Z", source: "github" } },
    { leak: { source: "pastebin" } },
    { leak: null },
    {},
  );
  const leaks = ["2025-12-30T08:00:00.000Z (github)", "time not known (pastebin)", "none known", ""];
  const csv = cellsOf(await formatReport(report, "csv", undefined));
  expect(csv.map(({ leak }) => leak)).toEqual(leaks);
  expect(csv.map(({ secondsToRevokeFrom }) => secondsToRevokeFrom)).toEqual(["leak.detectedAt", "", "", ""]);
  for (const format of ["table", "markdown"] as const) {
    const text = await formatReport(report, format, undefined);
    for (const leak of ["Found leaked by Datadog", ...leaks]) expect(text).toContain(leak);
    expect(text).toContain("2 found leaked by Datadog; longest from leak to revocation 1d.");
  }
  expect(await formatReport(report, "table", undefined)).toContain("1d from leak");
  const page = await formatReport(report, "html", undefined);
  expect(page).toContain('2025-12-30 08:00:00</time><span class="minor">in <bdi>github</bdi></span>');
  expect(page).toContain(
    '<span class="unknown">time not known</span><span class="minor">in <bdi>pastebin</bdi></span>',
  );
  expect(page).toContain('<span class="minor">after Datadog found it leaked</span>');
  expect(page).toContain(" s), after Datadog found it leaked</dd>");
  expect(page).toContain("From leak to revocation it took");
  expect(page).toContain("<dt>Found leaked by Datadog</dt><dd>none known</dd>");
  expect(page).toContain('<dt>Found leaked by Datadog</dt><dd><span class="unknown">Datadog did not say</span></dd>');
  expect(JSON.parse(await formatReport(report, "json", undefined)).records[2].snapshot.leak).toBeNull();
});

test("where no record has a leak, no table has a column for it", async () => {
  const report = await reportOfSnapshots({ leak: null }, {});
  for (const format of ["table", "markdown"] as const) {
    expect(await formatReport(report, format, undefined)).not.toMatch(/leak|count from/i);
  }
  const page = await formatReport(report, "html", undefined);
  expect(page).not.toMatch(/<th scope="col">Found leaked|class="leaks"|value="leaked"/);
});

test("a table with leaks fits the terminal", async () => {
  const report = await reportOfSnapshots({ leak: { detectedAt: "2025-12-30T08:00:00.000Z", source: "github" } });
  for (const width of [80, 120, 200]) {
    const lines = (await formatReport(report, "table", width)).split("\n").slice(0, 2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test("a finding of a use after the leak is told in every format that tells findings", async () => {
  const leak = { detectedAt: "2025-12-30T08:00:00.000Z" };
  const report = await reportOfSnapshots({ leak, lastUsedAt: "2025-12-31T08:00:00.000Z" });
  expect(await formatReport(report, "table", undefined)).toContain("usedAfterLeak r0");
  expect(await formatReport(report, "markdown", undefined)).toContain("usedAfterLeak r0");
  expect(await formatReport(report, "html", undefined)).toContain("Used after it leaked:</strong>");
});

test("a snapshot of nothing but the id is told in every format, without a hole in it", async () => {
  const nothing = { kind: undefined, name: undefined, owner: undefined, scopes: undefined, createdAt: undefined };
  const report = await reportOfSnapshots({ ...nothing, expiresAt: undefined, lastUsedAt: undefined, leak: {} });
  for (const format of FORMATS) {
    const text = (await formatReport(report, format, undefined)).replace(/<script>.*?<\/script>/s, "");
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  }
  const [cells] = cellsOf(await formatReport(report, "csv", undefined));
  for (const name of ["name", "owner", "ownerId", "scopes", "createdAt", "expiresAt", "lastUsedAt"]) {
    expect(cells?.[name]).toBe("(Datadog did not say)");
  }
  expect(cells?.leak).toBe("time not known");
});

describe("a service account", () => {
  const id = "ab69e61b-1f0e-4d4c-9a6e-0a6f6b1d2c33";
  async function textsOf(owner: object, actor: object = {}): Promise<string[]> {
    const history = new StackHistory();
    const seen = { ...snapshot(tokenId(1)), kind: "service", owner: { id, type: "service_account", ...owner } };
    const fields = { ...record(tokenId(1), history.at(), { snapshot: seen }), actor: { ...ACTOR, ...actor } };
    history.deploy([revocation("a", fields)]);
    const report = await reportOf(history);
    return Promise.all(
      (["table", "csv", "markdown", "html"] as const).map((as) => formatReport(report, as, undefined)),
    );
  }

  test("is shown by its name, as owner and as actor, wherever they are", async () => {
    for (const text of await textsOf({ handle: id, name: "deployer" }, { id, handle: id, name: "pipeline" })) {
      expect(text).toContain("deployer");
      expect(text).toContain("pipeline");
    }
    const page = (await textsOf({ handle: id, name: "deployer" }, { id, handle: id, name: "pipeline" }))[3];
    expect(page).toContain(`<dt>Owner</dt><dd><bdi>deployer</bdi> <code>${id}</code></dd>`);
    expect(page).toContain(`<dt>Acted</dt><dd><bdi>pipeline</bdi> <code>${id}</code></dd>`);
  });

  test("is shown by its id, once, where state of 0.1.0 has that for its handle", async () => {
    const [, csv = "", , page = ""] = await textsOf({ handle: id }, { id, handle: id });
    expect(cellsOf(csv)[0]).toMatchObject({ owner: id, ownerId: id, actor: id });
    expect(page).toMatch(new RegExp(`<dt>Owner</dt><dd>\\s*<code>${id}</code></dd>`));
    expect(page).toMatch(new RegExp(`<dt>Acted</dt><dd>\\s*<code>${id}</code></dd>`));
    expect(page).toContain(`<span><code>${id}</code></span><span class="minor">service account</span>`);
  });
});
