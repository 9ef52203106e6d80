import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../../support/processes";

const root = join(__dirname, "../../..");

test("a test that fails before it has cleaned up does not keep jest from ending", async () => {
  const config = {
    rootDir: root,
    testEnvironment: "<rootDir>/test/support/environment.mjs",
    testMatch: ["<rootDir>/test/fixtures/leavesAll.cjs"],
    transform: {},
    moduleFileExtensions: ["js", "cjs"],
    modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.cache/"],
  };
  const jest = join(root, "node_modules/jest/bin/jest.js");
  const options = { cwd: root, env: cleanEnvironment(), timeout: 50_000 };
  const { code, output } = await runCommand(process.execPath, [jest, "--config", JSON.stringify(config)], options);
  expect(output).toContain("as intended");
  expect(output).toContain("leavesAll.cjs left running, and ended now: processes 1, servers 1\n");
  expect(code).toBe(1);
});
