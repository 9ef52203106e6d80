// `npm test`: lint, types, and all tests. `npm test -- <arguments>` hands the arguments to jest and runs nothing else,
// for a look at a part: `npm test -- --selectProjects unit`, `npm test -- tokenIds`.
import { entry } from "./lib/processes.mjs";
import { installDependencies, onOwnNode, setUp } from "./lib/setup.mjs";
import { jest, resultsTo, TestRun } from "./lib/testRun.mjs";

await entry(async () => {
  const args = process.argv.slice(2);
  if (args.length > 0) {
    await installDependencies();
    return onOwnNode(jest, args);
  }

  const run = new TestRun();
  await setUp();
  await run.lintAndTypes();
  const tiers =
    "Tests: unit, mocks, host (the real process of the provider), plugin (the same through the provider plugin), browser (the report in Chromium), wire (beside Datadog's own clients), engine and enginePlugin (the real Pulumi engine)";
  await run.test("jest", tiers, jest, resultsTo);
  return run.conclude();
});
