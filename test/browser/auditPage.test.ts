import axe, { type AxeResults } from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { AuditRecord } from "../../cli/audit/auditReport";
import { renderHtml } from "../../cli/audit/html/renderHtml";
import { ABOUT, sampleReport } from "../support/auditSample";
import { testInBrowser, useBrowser } from "../support/browser";
import { answer, startServer } from "../support/server";

const browser = useBrowser();
const report = sampleReport();
const open = (options: BrowserContextOptions = {}) => browser.open(renderHtml(report), options);

/** The order of names: "ci-2" before "ci-10". */
const collator = new Intl.Collator("en", { numeric: true });

/** The records that are to be seen, by name or id, in the order on the page. */
const shown = (page: Page): Promise<string[]> =>
  page
    .locator("#records tbody th")
    .evaluateAll((cells) => cells.map((cell) => cell.firstElementChild?.textContent ?? ""));

const names = (records: readonly AuditRecord[]): string[] =>
  records.map(({ snapshot }) => snapshot?.name ?? "name not known");

const heading = (page: Page, text: string) => page.getByRole("columnheader", { name: text });

describe("what an auditor reads first", () => {
  testInBrowser("the sum of it, in words", async () => {
    const { page, complaints } = await open();
    expect(await page.title()).toBe("40 revocations in datadog-revocations");
    expect(await page.locator(".lede").innerText()).toBe(
      "From 2026-02-09 to 2026-10-12, 40 tokens were declared revoked in 2 stacks of the project datadog-revocations. " +
        "35 were revoked by these deployments, 2 were already revoked when their turn came, 3 were never seen there; " +
        "32 were verified, that is, " +
        "afterwards seen to be gone, and 1 is alive. From report to revocation it took 2 h 25 min at the median " +
        "(known for 31 of 40) and 3 d 12 h at the slowest, for ci-deploy-35. 3 matters need attention.",
    );
    const findings = await page.locator("#findings ~ ul > li").allInnerTexts();
    const kinds = findings.map((text) => /^(?:Still alive|Failed|Interrupted)/.exec(text)?.[0]);
    expect(kinds).toEqual(["Still alive", "Failed", "Interrupted"]);
    await page.locator("#findings ~ ul a").click();
    expect(await page.locator("#records tbody:target .badge").innerText()).toBe("Alive");
    expect(complaints).toEqual([]);
  });

  testInBrowser("two drawings, and their numbers as tables", async () => {
    const { page } = await open();
    for (const [name, column] of [
      ["Revocations and deployments over time", 2],
      ["Time from report to revocation", 1],
    ] as const) {
      const figure = page.getByRole("region", { name }).first();
      await expect(figure.getByRole("img", { name }).count()).resolves.toBe(1);
      await figure.getByText("The same as a table").click();
      const counts = await figure
        .locator("tbody tr")
        .evaluateAll((rows) =>
          rows.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent))),
        );
      const sums = counts.reduce((sum, row) => sum.map((each, index) => each + (row[index] ?? 0)));
      expect(sums).toEqual(column === 2 ? [35, 5] : [31]);
    }
  });

  testInBrowser("the way from the slowest to its record", async () => {
    const { page } = await open();
    await page.getByRole("searchbox").fill("nothing that is there");
    await page.getByRole("link", { name: "ci-deploy-35" }).first().click();
    const details = page.locator("#records tbody:target details");
    expect(await details.getAttribute("open")).toBe("");
    expect(await details.innerText()).toContain("3 d 12 h (304,314.2 s)");
  });
});

describe("a record", () => {
  testInBrowser("says all that is known, and why the rest is not", async () => {
    const { page } = await open();
    const sandboxed = report.records.findIndex(({ unknown }) => unknown.runner !== undefined);
    const row = page.locator("#records tbody").nth(sandboxed);
    await row.getByText("Details").click();
    const text = await row.locator(".fields").innerText();
    const { tokenId, revokedAt, actor, snapshot } = report.records[sandboxed] as AuditRecord;
    for (const known of [tokenId, revokedAt.slice(11, 23), actor?.handle, actor?.organizationId, snapshot?.owner?.id]) {
      expect(text).toContain(known);
    }
    expect(text).toContain("history names nobody");
    expect(text).toContain("it did not run in a git checkout");
  });

  testInBrowser("leads to its deployment, and only deployments lead elsewhere", async () => {
    const { page } = await open();
    await page.locator("#records tbody").first().getByRole("link", { name: "main #1" }).click();
    expect(await page.locator("tr:target").innerText()).toContain("Merge pull request #118");
    const links = await page
      .locator("a:not([href^='#'])")
      .evaluateAll((all) => [...new Set(all.map((link) => `${link.getAttribute("rel")} ${new URL(link.href).host}`))]);
    expect(links.toSorted()).toEqual(["noreferrer ci.example.com", "noreferrer git.example.com"]);
  });
});

describe("sorting", () => {
  testInBrowser("by a click: up, then down; what is not known comes last either way", async () => {
    const { page } = await open();
    const timed = report.records
      .filter(({ secondsToRevoke }) => secondsToRevoke !== null)
      .toSorted((a, b) => (a.secondsToRevoke ?? 0) - (b.secondsToRevoke ?? 0));
    const button = page.getByRole("button", { name: "Time to revoke" });
    await button.click();
    expect(await heading(page, "Time to revoke").getAttribute("aria-sort")).toBe("ascending");
    expect((await shown(page)).slice(0, timed.length)).toEqual(names(timed));
    await button.click();
    expect(await heading(page, "Time to revoke").getAttribute("aria-sort")).toBe("descending");
    expect((await shown(page)).slice(0, timed.length)).toEqual(names(timed.toReversed()));
    expect(await page.locator("#records tbody").count()).toBe(40);
  });

  testInBrowser("from the keyboard, which stays on the heading; one heading at a time tells the order", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Clear" }).focus();
    for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
    const focused = page.locator(":focus");
    expect(await focused.innerText()).toContain("Owner");
    expect(await heading(page, "Owner").getAttribute("aria-sort")).toBe("ascending");
    const owners = report.records.flatMap(({ snapshot }) => snapshot?.owner?.handle ?? snapshot?.owner?.id ?? []);
    const cells = page.locator("#records tbody td:nth-child(2) bdi, #records td:nth-child(2) code");
    const seen = (await cells.allInnerTexts()).slice(0, owners.length);
    expect(seen).toEqual(owners.toSorted(collator.compare));
    await page.keyboard.press("Space");
    expect(await heading(page, "Owner").getAttribute("aria-sort")).toBe("descending");
    expect(await page.locator("[aria-sort]").count()).toBe(1);
    expect(await page.locator("caption").filter({ hasText: "Sorted by" }).innerText()).toContain("owner, descending");
  });
});

describe("filtering", () => {
  testInBrowser("by words that all must occur, wherever in the record", async () => {
    const { page } = await open();
    const wanted = report.records.filter(
      ({ snapshot, reason }) => snapshot?.name?.startsWith("grafana-bridge") && reason?.includes("support"),
    );
    expect(wanted.length).toBeGreaterThan(0);
    await page.getByRole("searchbox").fill("Grafana-Bridge-  support");
    expect(await shown(page)).toEqual(names(wanted));
    expect(await page.getByRole("status").innerText()).toBe(`${wanted.length} of 40 records`);

    const { commit } = report.records[8]?.deployment ?? {};
    await page.getByRole("searchbox").fill(commit ?? "");
    expect(await shown(page)).toEqual(names(report.records.filter(({ deployment }) => deployment?.commit === commit)));
  });

  testInBrowser("by outcome, together with words and order; Clear shows all again", async () => {
    const { page } = await open();
    await page.getByLabel("Outcome", { exact: true }).selectOption("already revoked");
    expect(await page.getByRole("status").innerText()).toBe("5 of 40 records");
    await page.getByLabel("Outcome", { exact: true }).selectOption("alive");
    expect(await shown(page)).toEqual(names(report.records.filter(({ status }) => status === "alive")));
    await page.getByRole("searchbox").fill("not there");
    expect(await page.getByRole("status").innerText()).toBe("0 of 40 records");
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await shown(page)).toEqual(names(report.records));
  });
});

describe("everybody can use it", () => {
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ["violations"] })`);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }

  const few = renderHtml(sampleReport({ records: 18 }));

  testInBrowser.each(["light", "dark"] as const)("axe finds nothing wrong in %s", async (colorScheme) => {
    const { page } = await browser.open(few, { colorScheme });
    await page.locator("details").evaluateAll((all) => {
      for (const details of all.slice(0, 8)) details.open = true;
    });
    expect(await violations(page)).toEqual([]);
  });

  testInBrowser("nor on a small screen, nor in a report of nothing", async () => {
    const { page } = await browser.open(few, { viewport: { width: 360, height: 700 } });
    expect(await violations(page)).toEqual([]);
    const room = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");
    expect(room[0]).toBeLessThanOrEqual(room[1]);

    const stacks = [{ stack: "dev", backend: "file", deployments: [], notes: [] }];
    const empty = await browser.open(renderHtml({ about: ABOUT, project: "empty", stacks, records: [], findings: [] }));
    expect(await violations(empty.page)).toEqual([]);
    expect(await empty.page.locator(".lede").innerText()).toBe(
      "No record of a revocation in stack dev. Nothing needs attention.",
    );
    expect(empty.complaints).toEqual([]);
  });

  testInBrowser("the first stop of the keyboard leads past everything else", async () => {
    const { page } = await open();
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").innerText()).toBe("Skip to the records");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").getAttribute("id")).toBe("text");
  });

  testInBrowser("without scripts it is whole, and offers nothing that would not work", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator("#records tbody").count()).toBe(40);
    expect(await page.getByRole("button").count()).toBe(0);
    expect(await page.getByRole("searchbox").count()).toBe(0);
    await page.locator("#records summary").first().click();
    expect(await page.locator("#records .fields").first().isVisible()).toBe(true);
  });
});

describe("on paper", () => {
  testInBrowser("there are no controls, and every record's details", async () => {
    const { page } = await open({ colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const control of ["#controls", ".skip", "#pages", "#records summary", ".figure summary"]) {
      expect(await page.locator(control).first().isVisible()).toBe(false);
    }
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    const folded = await page.locator("details:not([open])").count();
    await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
    expect(
      await page.locator("#records .fields").evaluateAll((all) => all.every((each) => each.checkVisibility())),
    ).toBe(true);
    await page.evaluate(`dispatchEvent(new Event("afterprint"))`);
    expect(await page.locator("details:not([open])").count()).toBe(folded);
  });
});

describe("leaks", () => {
  const leaks = [{ detectedAt: "2026-10-02T08:00:00.000Z", source: "github" }, { source: "pastebin" }, null, undefined];
  const sample = sampleReport({ records: 12 });
  const records = sample.records.map((each, index): AuditRecord => {
    const leak = leaks[index % leaks.length];
    if (each.snapshot === null || leak === undefined) return each;
    const from = leak?.detectedAt === undefined ? {} : ({ secondsToRevokeFrom: "leak.detectedAt" } as const);
    return { ...each, ...(each.secondsToRevoke !== null && from), snapshot: { ...each.snapshot, leak } };
  });
  const leaking = records.filter(({ snapshot }) => snapshot?.leak);
  const page = renderHtml({ ...sample, records });

  testInBrowser("stand in a column of their own, by which the table is sorted and filtered", async () => {
    const { page: shownPage, complaints } = await browser.open(page);
    await shownPage.getByLabel("Outcome", { exact: true }).selectOption("found leaked by Datadog");
    expect(await shown(shownPage)).toEqual(names(leaking));
    await shownPage.getByRole("button", { name: "Found leaked (UTC)" }).click();
    const dated = leaking.filter(({ snapshot }) => snapshot?.leak?.detectedAt);
    const undated = leaking.filter(({ snapshot }) => !snapshot?.leak?.detectedAt);
    expect(await shown(shownPage)).toEqual(names([...dated, ...undated]));
    const cells = await shownPage.locator("#records tbody td:nth-child(3)").allInnerTexts();
    expect(cells.slice(0, dated.length).every((text) => /^2026-10-02 08:00:00\s+in github$/.test(text))).toBe(true);
    expect(cells.at(-1)).toMatch(/^time not known\s+in pastebin$/);
    expect(complaints).toEqual([]);
  });

  testInBrowser.each([
    ["on a large screen", 1280],
    ["on a small one", 360],
  ])("leave every heading its room %s, and axe finds nothing wrong", async (_, width) => {
    const { page: shownPage } = await browser.open(page, { viewport: { width, height: 900 } });
    const headings = await shownPage
      .locator("#records thead th")
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(headings).toBe(0);
    const room = await shownPage.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");
    expect(room[0]).toBeLessThanOrEqual(room[1]);
    await shownPage.evaluate(axe.source);
    const { violations } = await shownPage.evaluate<AxeResults>(`axe.run({ resultTypes: ["violations"] })`);
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});

describe("10,000 records", () => {
  testInBrowser("no step touches more rows than are shown at once", async () => {
    const { records } = sampleReport({ records: 10_000 });
    const { page, complaints } = await browser.open(renderHtml({ ...report, records }));
    await page.evaluate(`
      var touched = 0;
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) touched += addedNodes.length;
      }).observe(document.getElementById("records"), { childList: true });
    `);
    const touched = () => page.evaluate("[touched, (touched = 0)][0]");
    const status = page.getByRole("status");

    expect(await page.locator("#records tbody").count()).toBe(200);
    await page.getByRole("button", { name: "Token" }).click();
    expect(await touched()).toBe(200);
    const sorted = await shown(page);
    expect(sorted).toEqual(names(records.toSorted(byName)).slice(0, 200));

    const wanted = records.toSorted(byName).filter(({ ticket }) => ticket?.startsWith("SEC-9"));
    await page.getByRole("searchbox").fill("sec-9");
    expect(await status.innerText()).toBe(`${wanted.length.toLocaleString("en-US")} of 10,000 records`);
    expect(await touched()).toBe(200);
    expect(await shown(page)).toEqual(names(wanted).slice(0, 200));

    await page.getByRole("button", { name: "Next" }).click();
    expect(await touched()).toBe(wanted.length - 200);
    expect(await shown(page)).toEqual(names(wanted).slice(200));
    expect(await page.locator("#page").innerText()).toBe(
      `201–${wanted.length} of ${wanted.length.toLocaleString("en-US")}`,
    );

    await page.evaluate(`location.hash = "#record-9876"`);
    await page.locator("#record-9876").waitFor();
    expect(await page.locator("#record-9876").innerText()).toContain(records[9875]?.tokenId);
    expect(await page.locator("#records tbody").count()).toBeLessThanOrEqual(200);
    expect(complaints).toEqual([]);
  });

  function byName({ snapshot: one }: AuditRecord, { snapshot: other }: AuditRecord): number {
    if (!one || !other) return Number(one === null) - Number(other === null);
    return collator.compare(one.name ?? "", other.name ?? "");
  }
});

testInBrowser("whatever got into the page could neither run nor send anything", async () => {
  const { page } = await open();
  const elsewhere = await startServer(answer(200));
  await page.evaluate(`(async (url) => {
    const made = (name, attributes = {}) => Object.assign(document.createElement(name), attributes);
    const button = made("button");
    button.setAttribute("onclick", "document.title = 'taken over'");
    document.body.append(made("script", { textContent: "document.title = 'taken over'" }), button);
    document.body.append(made("img", { src: url + "/image" }), made("script", { src: url + "/script" }));
    button.click();
    navigator.sendBeacon(url + "/beacon");
    await fetch(url + "/fetch").catch(() => undefined);
  })(${JSON.stringify(elsewhere.url)})`);
  expect(await page.title()).toBe("40 revocations in datadog-revocations");
  const blocked = page.waitForEvent("console", (message) => message.text().includes("form-action"));
  await page.evaluate(`
    const form = Object.assign(document.createElement("form"), { action: "${elsewhere.url}/form" });
    document.body.append(form);
    form.submit();
  `);
  await blocked;
  expect(elsewhere.received).toEqual([]);
});
