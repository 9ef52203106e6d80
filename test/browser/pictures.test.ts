import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { renderHtml } from "../../cli/audit/html/renderHtml";
import { sampleReport } from "../support/auditSample";
import { testInBrowser, useBrowser } from "../support/browser";

const browser = useBrowser();
const docs = (name: string): string => join(__dirname, "../../docs", name);
/** As large as a page that shows them should have to load. */
const MOST_BYTES = 200_000;

describe.each(["light", "dark"] as const)("the pictures of the report, %s", (colorScheme) => {
  const report = docs(`audit-report-${colorScheme}.png`);

  testInBrowser("the report, taken anew with UPDATE_DOCS=1", async () => {
    if (process.env.UPDATE_DOCS) {
      const viewport = { width: 1280, height: 1420 };
      const { page } = await browser.open(renderHtml(sampleReport()), { colorScheme, viewport });
      await page.screenshot({ path: report });
    }
    const { page } = await browser.open(`<img src="data:image/png;base64,${readFileSync(report, "base64")}">`);
    expect(
      await page.locator("img").evaluate(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]),
    ).toEqual([1280, 1420]);
    expect(statSync(report).size).toBeLessThan(MOST_BYTES);
  });
});

testInBrowser("the README's loop", async () => {
  const loop = readFileSync(docs("loop.svg"));
  const { page } = await browser.open(`<img src="data:image/svg+xml;base64,${loop.toString("base64")}">`);
  expect(
    await page.locator("img").evaluate(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]),
  ).toEqual([946, 200]);
});
