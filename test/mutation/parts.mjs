import { readdirSync } from "node:fs";
import { join } from "node:path";

const datadog = (...files) => files.map((file) => `provider/datadog/${file}.ts`);

/** What is mutated, a part at a time, and the tests that judge it: each mutant costs a run of those that reach it. */
export const parts = {
  text: {
    mutate: datadog(
      "tokenIds",
      "findTokens",
      "encodedText",
      "lineFeeds",
      "plainLine",
      "glob",
      "sites",
      "settings",
      "errors",
    ),
    tests: /^unit\/datadog\/(tokenIds|findTokens|encodedText|lineFeeds|glob|sites|settings|errors)/,
  },
  limit: {
    mutate: datadog("gate", "pace", "rateLimit", "rateLimitHeaders"),
    tests: /^unit\/datadog\/(gate|pace|rateLimitHeaders)\./,
  },
  client: {
    mutate: datadog("client", "http", "body", "listing", "schemas", "concurrently"),
    tests: /^unit\/datadog\/(client|listing|rateLimit\.|serviceTokens|concurrently)/,
  },
  host: {
    mutate: ["provider/host/**/*.ts"],
    // The matrix of faults takes minutes, and the deadlines are waited for.
    tests: /^(unit\/host|host)\/(?!faultMatrix|deadlines)/,
  },
  program: {
    mutate: ["provider/*.ts"],
    // Two files look at the package as it is installed, where no mutant is.
    tests: /^(unit\/(getTokens|table)|unit\/datadog\/findTokens|mocks\/(?!installed|package))/,
  },
};

export const part = parts[process.env.MUTATED_PART ?? "text"];

export function testFiles() {
  return readdirSync("test", { recursive: true })
    .filter((path) => path.endsWith(".test.ts") && part.tests.test(path))
    .map((path) => join(process.cwd(), "test", path));
}
