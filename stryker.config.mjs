import { part } from "./test/mutation/parts.mjs";

const cache = `.cache/mutation/${process.env.MUTATED_PART ?? "text"}`;

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: part.mutate,
  plugins: ["./test/mutation/runner.mjs"],
  testRunner: "in-process",
  coverageAnalysis: "perTest",
  concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 2),
  // What a mutant leaves running goes with the process.
  maxTestRunnerReuse: 100,
  incremental: true,
  incrementalFile: `${cache}/incremental.json`,
  tempDirName: `${cache}/sandbox`,
  ignorePatterns: [".cache", "dist", "docs", "bench", "test/browser", "test/engine", "test/wire"],
  // A busy machine is no dead mutant.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  dryRunTimeoutMinutes: 15,
  reporters: ["clear-text", "html", "json", "progress-append-only"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  cleanTempDir: "always",
  htmlReporter: { fileName: `${cache}/report.html` },
  jsonReporter: { fileName: `${cache}/report.json` },
  thresholds: { high: 95, low: 90, break: part.least },
  allowConsoleColors: false,
};
