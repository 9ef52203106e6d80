import Ajv from "ajv";
import addFormats from "ajv-formats";
import schema from "../../../../audit.schema.json";
import { timeOfReport } from "../../../../cli/audit/about";
import type { ReportFormat } from "../../../../cli/audit/auditOptions";
import type { About, Asked, AuditReport } from "../../../../cli/audit/auditReport";
import { formatReport } from "../../../../cli/audit/formatReport";
import { ABOUT, sampleReport } from "../../../support/auditSample";

const FORMATS = ["table", "csv", "markdown", "html", "json"] as const;
const SENTENCE = "--owner: cannot be judged for 1, left out here: 1 (its owner is not known: never seen)";
const asked: Asked = {
  at: "2026-11-24T09:30:07Z",
  apiUrl: "https://api.datadoghq.eu",
  actor: { id: "a-1", handle: "ann@example.com", organizationId: "o-1", organizationName: "Acme" },
  credentials: "configuration of stack shop/dev",
  questions: ["verify", "datadog-audit-trail"],
};
const limited: About = {
  ...ABOUT,
  filters: { since: ["2026-11-01"], owner: ["ann example", "bob"] },
  leftOut: 3,
  asked,
  missing: [SENTENCE],
};
const report = (about: About, more: Partial<AuditReport> = {}): AuditReport => ({
  ...sampleReport({ records: 2 }),
  about,
  ...more,
});

/** As a reader sees it: without markup. */
const read = async (about: About, as: ReportFormat, more: Partial<AuditReport> = {}): Promise<string> =>
  (await formatReport(report(about, more), as, undefined))
    .replace(/<style>.*?<\/style>|<script.*?<\/script>/gs, "")
    .replace(/<[^>]+>/g, "")
    .replace(/&quot;|""|\\"/g, '"')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

test.each(FORMATS)("%s says when it was made, that it shows everything, and that Datadog was not asked", async (as) => {
  const text = await read(ABOUT, as);
  expect(text).toMatch(as === "html" ? /Made \(UTC\)2026-11-24 09:30:00/ : /2026-11-24T09:30:00Z/);
  if (as === "json") expect(JSON.parse(await formatReport(report(ABOUT), as, undefined)).about).toEqual(ABOUT);
  else expect(text).toMatch(/everything/);
  if (as === "html") expect(text).toContain("Datadog asked for this reportno");
  else if (as === "csv") expect(text).toContain("everything,0,(not asked),(not asked),\n");
  else if (as !== "json") expect(text).toContain("Datadog was not asked.");
  expect(text).not.toMatch(/incomplete|filtered|left out|Missing from/);
});

test.each(FORMATS)("%s says its filters, when and as whom Datadog was asked, and what is missing", async (as) => {
  const text = await read(limited, as);
  if (as === "json") {
    expect(JSON.parse(await formatReport(report(limited), as, undefined)).about).toEqual(limited);
    return;
  }
  expect(text).toContain('only --since 2026-11-01 --owner "ann example" --owner bob');
  expect(text).toContain(
    "ann@example.com of organization Acme at https://api.datadoghq.eu, credentials of the configuration of stack shop/dev",
  );
  expect(text).toContain(as === "html" ? "2026-11-24 09:30:07" : "2026-11-24T09:30:07Z");
  expect(text).toContain(SENTENCE);
  if (as !== "csv") expect(text).toMatch(/3 records are left out/);
});

test("the page says at its top, and in its title, that it is filtered or incomplete", async () => {
  const titled = async (about: About): Promise<(string | undefined)[]> => {
    const page = await formatReport(report(about), "html", undefined);
    return [/<title>(.*?)</.exec(page)?.[1], /<h2 id="notice">(.*?)</.exec(page)?.[1]];
  };
  const title = "2 revocations in datadog-revocations";
  expect(await titled(ABOUT)).toEqual([title, undefined]);
  expect(await titled({ ...limited, missing: [] })).toEqual([`${title} (filtered)`, "This report is filtered"]);
  expect(await titled({ ...ABOUT, missing: ["x"] })).toEqual([`${title} (incomplete)`, "This report is incomplete"]);
  expect(await titled(limited)).toEqual([`${title} (filtered, incomplete)`, "This report is incomplete"]);
});

test.each(["table", "markdown", "html"] as const)(
  "%s does not say of nothing shown that there is nothing",
  async (as) => {
    const stacks = [{ stack: "dev", backend: "file", deployments: [], notes: [] }];
    const say = (about: Partial<About>, findings: AuditReport["findings"] = []): Promise<string> =>
      formatReport(report({ ...ABOUT, ...about }, { stacks, records: [], findings }), as, undefined);
    expect(await say({})).toContain("No record of a revocation in stack dev.");
    const filtered = await say({ filters: { token: ["a"] }, leftOut: 6 });
    expect(filtered).toContain("The filters leave out every record in stack dev: 6 in all.");
    const unread = { kind: "unreadable", stack: "dev", resource: null, tokenId: null, message: "damaged" } as const;
    expect(await say({ missing: [SENTENCE] }, [unread])).toContain("No record could be read in stack dev.");
    for (const about of [{ filters: { token: ["a"] }, leftOut: 6 }, { missing: [SENTENCE] }]) {
      expect(await say(about)).not.toMatch(/Nothing needs attention|Nothing was found:/);
    }
  },
);

test("the page counts a deployment's tokens as those that are shown, where filters leave some out", async () => {
  const page = (about: Partial<About>) => formatReport(report({ ...ABOUT, ...about }), "html", undefined);
  expect(await page({})).not.toContain("Tokens shown");
  expect(await page({ filters: { token: ["a"] }, leftOut: 6 })).toContain('data-column="Tokens shown"');
});

test("CSV says all this in each row, and in one row where there is no record", async () => {
  const rowsOf = async (more: Partial<AuditReport>): Promise<string[]> =>
    (await formatReport(report(limited, more), "csv", undefined)).trimEnd().split("\n");
  const about = (row: string): string => row.slice(row.indexOf("2026-11-24T09:30:00Z,"));
  const [heading = "", ...rows] = await rowsOf({});
  expect(heading).toMatch(/^\ufefftokenId,.*,reportMadeAt,reportFilters,reportLeftOut,askedAt,askedAs,reportMissing$/);
  expect(rows).toHaveLength(2);
  expect(new Set(rows.map(about)).size).toBe(1);
  const [, only = "", ...more] = await rowsOf({ records: [] });
  expect([about(only), more]).toEqual([about(rows[0] ?? ""), []]);
  expect(only).toMatch(/^,+2026-11-24T09:30:00Z,"only .*,"Missing: --owner: cannot /);
});

test("a CSV cell of what is missing stays readable, however much that is", async () => {
  const missing = Array.from({ length: 500 }, (_, index) => `Sentence ${index}.`);
  const csv = await formatReport(report({ ...ABOUT, missing }), "csv", undefined);
  for (const row of csv.trimEnd().split("\n").slice(1))
    expect(/,(Missing: Sentence 0\. [^,]*…)$/.exec(row)?.[1]).toHaveLength(1000);
});

test("the report of several projects names them, or how many more there are", async () => {
  const projects = ["a", "b", "c", "d", "e"];
  const stack = { backend: "file", deployments: [], notes: [] };
  const stacks = projects.map((name) => ({ ...stack, stack: `${name}/dev` }));
  const of = (some: number): Partial<AuditReport> => ({
    project: projects.slice(0, some).join(", "),
    stacks: stacks.slice(0, some),
  });
  expect(await read(ABOUT, "table", of(2))).toContain("of stacks a/dev, b/dev. It shows");
  expect(await read(ABOUT, "table", of(5))).toContain("of 5 stacks of a, b, c and 2 more. It shows");
  const page = await read(ABOUT, "html", of(5));
  expect(page).toContain("2 revocations in a, b, c and 2 more");
  expect(page).toContain("in 5 stacks of the projects a, b, c and 2 more");
});

test("what a report says of itself is as the schema says", async () => {
  const validate = addFormats(new Ajv({ strict: false })).compile(schema);
  for (const about of [ABOUT, limited]) {
    validate(JSON.parse(await formatReport(report(about), "json", undefined)));
    expect(validate.errors).toBeNull();
  }
});

test("SOURCE_DATE_EPOCH stands for the clock; without it the time is now, and other text is refused", () => {
  expect(timeOfReport({ SOURCE_DATE_EPOCH: "1795651200" })).toBe("2026-11-26T00:00:00Z");
  const before = Date.now();
  for (const env of [{}, { SOURCE_DATE_EPOCH: "" }]) {
    const made = timeOfReport(env);
    expect(made).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(made) - before)).toBeLessThan(60_000);
  }
  for (const text of ["now", "-1", "1.5", "999999999999999"]) {
    expect(() => timeOfReport({ SOURCE_DATE_EPOCH: text })).toThrow("SOURCE_DATE_EPOCH takes seconds since 1970");
  }
});
