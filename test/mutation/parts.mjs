import { readdirSync } from "node:fs";
import { join } from "node:path";

const room = (name) => `provider/${name}/**/*.ts`;

/**
 * What is mutated, a part at a time, and the tests that judge it: each mutant costs a run of those that reach it. A part
 * fails when fewer mutants are noticed than `least` per cent: what was measured, not what would be nice.
 */
export const parts = {
  text: { mutate: [room("tokens"), room("text")], tests: /^unit\/provider\/(tokens|text)\//, least: 85 },
  datadog: { mutate: [room("datadog")], tests: /^unit\/provider\/datadog\//, least: 85 },
  core: { mutate: [room("core")], tests: /^(unit\/provider\/core|host)\//, least: 85 },
  handlers: { mutate: [room("handlers")], tests: /^(unit\/provider\/handlers|host)\//, least: 80 },
  // Two files look at the package as it is installed, where no mutant is.
  resources: {
    mutate: [room("resources")],
    tests: /^(unit\/provider\/resources\/|mocks\/(?!installed|package))/,
    least: 80,
  },
};

export const part = parts[process.env.MUTATED_PART ?? "text"];

// Only a process shows how it ends; the matrix of faults takes minutes, and what is slow is waited for.
const isLeftOut = /(^host\/(engineConnection|faultMatrix)|\.slow)\./;

export function testFiles() {
  return readdirSync("test", { recursive: true })
    .filter((path) => path.endsWith(".test.ts") && part.tests.test(path) && !isLeftOut.test(path))
    .map((path) => join(process.cwd(), "test", path));
}
