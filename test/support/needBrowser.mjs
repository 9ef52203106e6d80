import { ensureBrowser } from "../../scripts/lib/browser.mjs";

/** Tests of this tier open pages in a real Chromium. */
export default ensureBrowser;
