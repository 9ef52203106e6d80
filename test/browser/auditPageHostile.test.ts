import { renderHtml } from "../../cli/audit/html/renderHtml";
import { hostileReport, sampleReport } from "../support/auditSample";
import { testInBrowser, useBrowser } from "../support/browser";
import { NASTY_NAMES, PLANTED_SECRET } from "../support/nastyNames";

const browser = useBrowser();

/** A name as the page may show it: nothing that steers a terminal, breaks a line or turns the writing direction, no secret. */
const harmless = (name: string): string =>
  name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(PLANTED_SECRET, "[redacted]");

testInBrowser("names that are markup, scripts or escapes are shown as text, and change nothing", async () => {
  const { page, complaints } = await browser.open(renderHtml(hostileReport()));
  expect(await page.title()).toBe(`${NASTY_NAMES.length} revocations in ${NASTY_NAMES[0]} (filtered, incomplete)`);
  const cells = await page.locator("#records tbody .name").allTextContents();
  expect(cells.toSorted()).toEqual(NASTY_NAMES.map(harmless).toSorted());

  const reasons = await page
    .locator("#records .fields dt", { hasText: "Reason" })
    .evaluateAll((terms) => terms.map((term) => term.nextElementSibling?.textContent));
  expect(reasons.toSorted()).toEqual(NASTY_NAMES.map(harmless).toSorted());

  // The same elements as with harmless names, and nothing of theirs among them.
  expect(await page.locator("script, style").count()).toBe(3);
  expect(await page.locator("img, iframe, h1 ~ h1, [onerror], [onmouseover]").count()).toBe(0);
  const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.protocol));
  expect(new Set(links)).toEqual(new Set(["file:", "https:"]));
  const content = await page.content();
  for (const character of ["\u202e", "\u2066", "\u200f", "\u001b", "\u0007", "\u009b"])
    expect(content).not.toContain(character);

  for (const name of NASTY_NAMES.slice(0, 5)) {
    await page.getByRole("searchbox").fill(harmless(name));
    expect(await page.locator("#records tbody").count()).toBeGreaterThan(0);
  }
  expect(complaints).toEqual([]);
});

testInBrowser("rows that wait as text are as harmless when they are shown", async () => {
  const { records, ...report } = hostileReport();
  const many = Array.from({ length: Math.ceil(201 / records.length) }, () => records).flat();
  const { page, complaints } = await browser.open(renderHtml({ ...report, records: many }));
  expect(await page.title()).toBe(`${many.length} revocations in ${NASTY_NAMES[0]} (filtered, incomplete)`);
  await page.getByRole("button", { name: "Next" }).click();
  expect(await page.locator("#records tbody .name").allTextContents()).toEqual(
    many.slice(200).map(({ snapshot }) => harmless(snapshot?.name ?? "")),
  );
  const holding = many.filter((record) => JSON.stringify(record).includes("<img src=x onerror="));
  await page.getByRole("searchbox").fill("<img src=x onerror=");
  expect(await page.getByRole("status").innerText()).toBe(`${holding.length} of ${many.length} records`);
  expect(await page.locator("img").count()).toBe(0);
  expect(complaints).toEqual([]);
});

testInBrowser("a name that is written from right to left leaves its neighbours in place", async () => {
  const { records, ...report } = sampleReport({ records: 1 });
  const renamed = records.map((record) => ({ ...record, requestedBy: "שלום (team) 42" }));
  const { page } = await browser.open(renderHtml({ ...report, records: renamed }));
  const cell = page.locator("#records tbody td").nth(4).locator("bdi");
  expect(await page.evaluate(`getComputedStyle(document.querySelector("#records td bdi")).unicodeBidi`)).toBe(
    "isolate",
  );
  expect(await cell.innerText()).toBe("שלום (team) 42");
});
