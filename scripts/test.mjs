// `npm test`: lint, types, and all tests. `npm test -- <arguments>` hands the arguments to jest and runs nothing else,
// for a look at a part: `npm test -- --selectProjects unit`, `npm test -- tokenIds`.
import * as fs from "node:fs";
import { cache, inRoot } from "./lib/paths.mjs";
import { entry } from "./lib/processes.mjs";
import { installDependencies, onOwnNode, setUp } from "./lib/setup.mjs";
import { summarize } from "./lib/testSummary.mjs";

const jest = "node_modules/jest/bin/jest.js";
const results = cache("tests/results.json");
/** The last line of a whole run, for whoever runs it: `.ci/run` repeats it. */
const summary = cache("tests/summary.txt");

/** Biome colours its output even where it goes to a file. */
const colors = process.stdout.isTTY ? [] : ["--colors=off"];

await entry(async () => {
  const args = process.argv.slice(2);
  if (args.length > 0) {
    await installDependencies();
    return onOwnNode(jest, args);
  }

  fs.rmSync(cache("tests"), { recursive: true, force: true });
  fs.mkdirSync(cache("tests"), { recursive: true });
  await setUp();
  const checks = {
    lint: await said("Lint", "node_modules/@biomejs/biome/bin/biome", ["ci", ...colors, inRoot()]),
    types: await said("Types", "node_modules/typescript/bin/tsc", ["--noEmit", "-p", inRoot()]),
  };
  const tiers =
    "Tests: unit, mocks, host (the real process of the provider), browser (the report in Chromium), wire (beside Datadog's own clients), engine (the real Pulumi engine)";
  const status = await said(tiers, jest, ["--json", `--outputFile=${results}`]);

  const { lines, total, failed } = summarize(checks, results);
  console.log(`\n${[...lines, total].join("\n")}`);
  fs.writeFileSync(summary, `${total}\n`);
  return failed > 0 ? 1 : status;
});

async function said(what, script, args) {
  console.log(`\n${what}`);
  return onOwnNode(script, args);
}
