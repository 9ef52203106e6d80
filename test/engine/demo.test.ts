import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AnimatedPicture } from "../support/animatedPicture";
import { cleanEnvironment, runCommand } from "../support/processes";

const root = join(__dirname, "../..");

test("the demo, which `npm start` runs, goes through to the audit and its page", async () => {
  const options = { cwd: root, env: cleanEnvironment(), timeout: 280_000 };
  const { code, output } = await runCommand(process.execPath, [join(root, "scripts/demo.mjs")], options);
  expect(output).not.toMatch(/Error|\bat .*\.(js|ts|mts|mjs):\d/);
  expect(code).toBe(0);
  expect(recordedRows().filter((row) => !neutral(output).includes(row))).toEqual([]);
  const page = join(root, ".cache/demo/audit.html");
  expect(existsSync(page) && readFileSync(page, "utf8")).toContain("<title>");
});

/** What the README's recording shows up to the audit, whose table depends on the width: else `npm run recording`. */
function recordedRows(): string[] {
  const rows = new AnimatedPicture(readFileSync(join(root, "docs/demo.svg"), "utf8")).rows();
  const audit = rows.findIndex((row) => row.includes("Audit:"));
  expect(audit).toBeGreaterThan(0);
  return rows.slice(0, audit).map(neutral);
}

/** On one line, as a terminal breaks lines by its width, and without what differs from run to run. */
function neutral(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/127\.0\.0\.1:\d+/g, "(address)")
    .replace(/\d+ GET/g, "(count) GET");
}
