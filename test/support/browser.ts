import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = process.env.TEST_CHROMIUM;

/** Skipped where no Chromium runs, unless it must run there; needBrowser.mjs has said why it does not. */
export const testInBrowser =
  executablePath === undefined && process.env.TEST_CHROMIUM_IS_NEEDED === undefined ? test.skip : test;

/** A page that was opened from a file. */
export interface OpenedPage {
  readonly page: Page;
  /** What it asked for besides itself, and what it or the browser complained of. */
  readonly complaints: readonly string[];
}

export interface Opener {
  /** Opens a page in a window of its own. */
  open(html: string, options?: BrowserContextOptions): Promise<OpenedPage>;
}

/** One browser for all tests of a file. */
export function useBrowser(): Opener {
  let browser: Browser | undefined;
  const folder = mkdtempSync(join(tmpdir(), "browser-test-"));
  beforeAll(async () => {
    if (executablePath === undefined) return;
    const fonts = join(dirname(executablePath), "fonts.conf");
    browser = await chromium.launch({
      executablePath,
      // Containers run as root and have little shared memory.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
      env: { ...process.env, ...(existsSync(fonts) && { FONTCONFIG_FILE: fonts }) },
    });
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let pages = 0;
  return {
    open: async (html, options = {}) => {
      if (browser === undefined)
        throw new Error("No Chromium runs on this machine: the beginning of the output says why.");
      const file = join(folder, `${pages++}.html`);
      writeFileSync(file, html);
      const url = pathToFileURL(file).href;
      const page = await (await browser.newContext(options)).newPage();
      const complaints: string[] = [];
      page.on("request", (request) => {
        if (request.url().split("#")[0] !== url) complaints.push(`request for ${request.url()}`);
      });
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(url);
      return { page, complaints };
    },
  };
}
