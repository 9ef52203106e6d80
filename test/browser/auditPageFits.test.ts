import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { AuditRecord, AuditReport } from "../../cli/audit/auditReport";
import { readStyle } from "../../cli/audit/html/assets";
import { histogram } from "../../cli/audit/html/histogram";
import { renderHtml } from "../../cli/audit/html/renderHtml";
import { timeline } from "../../cli/audit/html/timeline";
import { hostileReport, sampleReport } from "../support/auditSample";
import { testInBrowser, useBrowser } from "../support/browser";
import { NASTY_NAMES } from "../support/nastyNames";

const browser = useBrowser();

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const PHONE = 390;
const WIDTHS = [PHONE, 800, 1280, 1920];
/** What the margins of 12 mm leave of A4 and Letter, upright and on their side, in CSS pixels. */
const PAPERS: Readonly<Record<string, number>> = {
  "A4 upright": 703,
  "Letter upright": 725,
  "A4 on its side": 1032,
  "Letter on its side": 965,
};

const MEASURE = readFileSync(join(__dirname, "fits.browser.js"), "utf8");
const problemsOf = (page: Page): Promise<string[]> => page.evaluate<string[]>(MEASURE);

/** What does not fit on an open page, at each width and on each paper. */
async function misfits(page: Page, papers = PAPERS): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const measure = async (name: string): Promise<void> => {
    const problems = await problemsOf(page);
    if (problems.length > 0) found[name] = problems.slice(0, 10);
  };
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await measure(`${width} px`);
  }
  for (const [paper, width] of Object.entries(papers)) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ media: "print" });
    // Only the first unfolds the details.
    await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
    await measure(paper);
  }
  return found;
}

/** The same report, its revocations and deployments spread over a span of time. */
function over(span: number, { records, stacks, ...report }: AuditReport, since = Date.UTC(2026, 9, 2, 23, 59, 58)) {
  const times = [
    ...records.map(({ revokedAt }) => revokedAt),
    ...stacks.flatMap(({ deployments }) => deployments.map(({ startedAt }) => startedAt)),
  ].map((time) => Date.parse(time));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const moved = (time: string): string =>
    new Date(since + ((Date.parse(time) - first) / (last - first)) * span).toISOString();
  return {
    ...report,
    records: records.map((record) => ({ ...record, revokedAt: moved(record.revokedAt) })),
    stacks: stacks.map(({ deployments, ...stack }) => ({
      ...stack,
      deployments: deployments.map((run) => ({ ...run, startedAt: moved(run.startedAt) })),
    })),
  };
}

const withRecords = (report: AuditReport, change: (record: AuditRecord, index: number) => Partial<AuditRecord>) => ({
  ...report,
  records: report.records.map((record, index) => ({ ...record, ...change(record, index) })),
});

const sample = sampleReport({ records: 15 });
const withLeaks = withRecords(sample, ({ snapshot }, index) => ({
  snapshot: snapshot && {
    ...snapshot,
    ...(index % 2 === 0 && { leak: { detectedAt: "2026-10-02T08:00:00.000Z", source: "github" } }),
  },
}));
const LONG = "a-service-account-with-quite-a-long-name-of-the-payments-department@subdomain.example.com";

const HISTORIES: Record<string, () => AuditReport> = {
  "of one record": () => sampleReport({ records: 1 }),
  "of one second": () => over(SECOND, sample),
  "of one day": () => over(DAY, sample),
  "of three years": () => over(3 * 365 * DAY, sample),
  "with leaks": () => withLeaks,
  "without any time to revoke": () => withRecords(sample, () => ({ secondsToRevoke: null })),
  "without any time": () => ({
    ...withRecords(sample, () => ({ secondsToRevoke: null, revokedAt: "not a time" })),
    stacks: sample.stacks.map((stack) => ({ ...stack, deployments: [] })),
  }),
  "of long names": () =>
    withRecords(withLeaks, ({ snapshot, deployment }) => ({
      requestedBy: LONG,
      ticket: "https://tickets.example.com/browse/SEC-1042?focusedId=1234567890",
      snapshot: snapshot && { ...snapshot, name: LONG, owner: { id: LONG, type: "users", handle: LONG } },
      deployment: deployment && { ...deployment, branch: LONG },
    })),
  // A third of them, as long ones take paper long to lay out.
  "of nasty names": () => hostileReport(NASTY_NAMES.filter((_, index) => index % 3 === 0)),
};

describe("all of the page fits, on screens of four widths and on paper", () => {
  testInBrowser.each(Object.entries(HISTORIES))("in a history %s", async (_, history) => {
    const { page } = await browser.open(renderHtml(history()));
    expect(await misfits(page)).toEqual({});
  });

  testInBrowser("in a history of ten thousand records in one bar, on screens", async () => {
    const report = withRecords(sampleReport({ records: 10_000 }), () => ({ secondsToRevoke: 100 }));
    const { page } = await browser.open(renderHtml(report));
    expect(await misfits(page, {})).toEqual({});
    // Of a thousand deployments, those that failed must not hide those that succeeded.
    const edges = await page.evaluate<[number, number]>(`["succeeded", "failed"].map((mark) => {
      const boxes = [...document.querySelectorAll("svg svg ." + mark)].map((path) => path.getBoundingClientRect());
      return mark === "failed" ? Math.min(...boxes.map(({ top }) => top)) : Math.max(...boxes.map(({ bottom }) => bottom));
    })`);
    expect(edges[1]).toBeGreaterThanOrEqual(edges[0]);
  });
});

describe("the drawings fit", () => {
  const { records, ...report } = sampleReport({ records: 12 });
  const gallery = (figures: readonly { readonly text: string }[]): string =>
    `<!DOCTYPE html><meta name="viewport" content="width=device-width"><style>${readStyle()}</style><body><main>${figures
      .map(({ text }) => `<div class="figures">${text}${text}</div>`)
      .join("")}`;

  testInBrowser("over any span of time, wherever its ticks come to stand", async () => {
    const spans = [
      0,
      SECOND,
      7 * SECOND,
      MINUTE,
      10 * MINUTE,
      HOUR,
      7 * HOUR,
      DAY,
      3 * DAY,
      25 * DAY,
      59 * DAY,
      61 * DAY,
    ];
    const years = [1, 2, 3, 11, 60].map((each) => each * 365 * DAY);
    const starts = [Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31, 23, 59, 59), Date.UTC(2027, 5, 17, 11, 12, 13)];
    const figures = [...spans, ...years].flatMap((span) =>
      starts.map((start) => timeline(over(span, { ...report, records }, start))),
    );
    const { page } = await browser.open(gallery(figures));
    expect(await misfits(page)).toEqual({});
    const unlabelled = await page
      .locator("svg[role]")
      .evaluateAll(
        (all) => all.filter((each) => each.querySelectorAll(".coarse text, .fine text").length === 0).length,
      );
    expect(unlabelled).toBe(0);
  });

  testInBrowser("with the median anywhere, and counts of any size side by side", async () => {
    const times = [0.1, 59, 60, 290, 310, 899, 3599, 14_000, 86_000, 600_000, 2_400_000, 2_419_200, 90_000_000, -3600];
    const timed = (secondsToRevoke: number, many = 1): AuditRecord[] =>
      new Array<AuditRecord>(many).fill({ ...(records[0] as AuditRecord), secondsToRevoke });
    const medians = times.map((time) => histogram({ ...report, records: timed(time) }));
    const counts = [9, 99, 999, 1234, 9999, 12_345, 100_000].map((many) =>
      histogram({ ...report, records: [30, 100, 400, 2000, 8000].flatMap((time) => timed(time, many)) }),
    );
    const unlike = histogram({ ...report, records: [...timed(30), ...timed(400, 10_000)] });
    const { page } = await browser.open(gallery([...medians, ...counts, unlike]));
    expect(await misfits(page)).toEqual({});
  });
});

describe("on a phone", () => {
  const open = async () => {
    const { page } = await browser.open(renderHtml(withLeaks), { viewport: { width: PHONE, height: 844 } });
    return page;
  };

  testInBrowser("a record's outcome is on the screen with its name, and each cell says what it is", async () => {
    const page = await open();
    const row = page.locator("#records tbody").first();
    await row.scrollIntoViewIfNeeded();
    for (const part of [row.locator(".name"), row.locator(".badge")]) {
      const box = await part.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? PHONE)).toBeLessThanOrEqual(PHONE);
    }
    const headings = await page.locator("#records thead th").allInnerTexts();
    const labels = await row
      .locator("tr:first-child > *")
      .evaluateAll((cells) =>
        cells.map((cell) => cell.ownerDocument.defaultView.getComputedStyle(cell, "::before").content),
      );
    expect(labels.map((label) => /^"(.*?)"/.exec(label)?.[1])).toEqual(headings.map((heading) => heading.trim()));
  });

  testInBrowser.each(["#records", ".deployments"])("the table %s stays one for who listens", async (table) => {
    const page = await open();
    const cdp = await page.context().newCDPSession(page);
    const { result } = await cdp.send("Runtime.evaluate", { expression: `document.querySelector("${table}")` });
    const { nodes } = await cdp.send("Accessibility.queryAXTree", { objectId: result.objectId as string });
    const roles = nodes.map(({ role }) => role?.value);
    const columns = await page.locator(table).first().locator("thead th").count();
    const rows = await page.locator(table).first().locator("tbody th").count();
    expect(roles[0]).toBe("table");
    expect(roles.filter((role) => role === "columnheader")).toHaveLength(columns);
    expect(roles.filter((role) => role === "rowheader")).toHaveLength(rows);
    expect(roles.filter((role) => role === "cell").length).toBeGreaterThanOrEqual(rows * (columns - 1));
    // Chromium sees the table in the cards even without their roles; others do not.
    expect(await page.locator(`${table} :is(thead, tbody, tr, th, td):not([role])`).count()).toBe(0);
  });

  testInBrowser("records can be sorted", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Owner" }).click();
    expect(await page.getByRole("columnheader", { name: "Owner" }).getAttribute("aria-sort")).toBe("ascending");
  });
});
