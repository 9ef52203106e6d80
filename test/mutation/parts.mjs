import { readdirSync } from "node:fs";
import { join } from "node:path";

const room = (name) => `provider/${name}/**/*.ts`;

/** What is mutated, a part at a time, and the tests that judge it: each mutant costs a run of those that reach it. */
export const parts = {
  text: { mutate: [room("tokens"), room("text")], tests: /^unit\/provider\/(tokens|text)\// },
  datadog: { mutate: [room("datadog")], tests: /^unit\/provider\/datadog\// },
  core: { mutate: [room("core")], tests: /^(unit\/provider\/core|host)\// },
  handlers: { mutate: [room("handlers")], tests: /^(unit\/provider\/handlers|host)\// },
  // Two files look at the package as it is installed, where no mutant is.
  resources: { mutate: [room("resources")], tests: /^(unit\/provider\/resources\/|mocks\/(?!installed|package))/ },
};

export const part = parts[process.env.MUTATED_PART ?? "text"];

// Only a process shows how it ends; the matrix of faults takes minutes, and what is slow is waited for.
const isLeftOut = /(^host\/(engineConnection|faultMatrix)|\.slow)\./;

export function testFiles() {
  return readdirSync("test", { recursive: true })
    .filter((path) => path.endsWith(".test.ts") && part.tests.test(path) && !isLeftOut.test(path))
    .map((path) => join(process.cwd(), "test", path));
}
