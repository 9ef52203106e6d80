import * as fs from "node:fs";
import { relative, sep } from "node:path";
import { inRoot } from "./paths.mjs";

/**
 * Counts what a whole run of the tests did.
 *
 * @param {Record<string, number>} checks exit status by name; each counts as one test
 * @param {Record<string, string>} results files with jest's results as JSON, by name; one that is missing counts as a
 *   failure
 * @returns a line for each check and tier, a line for all in the form `N passed, N failed, N skipped`, and the failures
 */
export function summarize(checks, results) {
  const counts = new Map();
  const count = (group, outcome) => {
    const of = counts.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
    of[outcome] += 1;
    counts.set(group, of);
  };
  for (const [check, status] of Object.entries(checks)) count(check, status === 0 ? "passed" : "failed");

  const files = Object.entries(results).flatMap(([name, file]) => {
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, "utf8")).testResults;
    count(name, "failed");
    return [];
  });
  for (const file of files) {
    const tier = relative(inRoot("test"), file.name).split(sep)[0];
    // A file that could not be loaded failed without having a test.
    if (file.assertionResults.length === 0) count(tier, file.status === "passed" ? "passed" : "failed");
    for (const test of file.assertionResults) {
      count(tier, test.status === "passed" || test.status === "failed" ? test.status : "skipped");
    }
  }

  const all = { passed: 0, failed: 0, skipped: 0 };
  for (const of of counts.values()) for (const outcome of Object.keys(all)) all[outcome] += of[outcome];
  return {
    lines: [...counts].map(([group, of]) => `${group.padEnd(9)}${words(of)}`),
    total: words(all),
    failed: all.failed,
  };
}

const words = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
