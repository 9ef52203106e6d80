import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The style sheet of the page. */
export const readStyle = (): string => read("report.css");

/** The page's script. */
export const readScript = (): string => read("report.browser.js");

/** The files stand beside this one, in the sources and in the package. */
function read(name: string): string {
  // As a browser reads a page: what the policy's hash is made of must be what the browser makes it of.
  return readFileSync(join(__dirname, name), "utf8").replaceAll("\r\n", "\n");
}
