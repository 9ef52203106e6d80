import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../support/processes";

const root = join(__dirname, "../..");

test("the demo, which `npm start` runs, goes through to the audit and its page", async () => {
  const options = { cwd: root, env: cleanEnvironment(), timeout: 280_000 };
  const { code, output } = await runCommand(process.execPath, [join(root, "scripts/demo.mjs")], options);
  expect(output).not.toMatch(/Error|\bat .*\.(js|ts|mts|mjs):\d/);
  expect(code).toBe(0);
  const page = join(root, ".cache/demo/audit.html");
  expect(existsSync(page) && readFileSync(page, "utf8")).toContain("<title>");
});
