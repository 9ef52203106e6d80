import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { identifyTokens } from "../../provider/tokens/findTokens";
import { VALUE_FOR_SCANNERS } from "../../provider/tokens/syntax";
import { tokenIdOfValue } from "../../provider/tokens/tokenIds";
import { LEAK_CASES } from "../support/leakCases";

const root = join(__dirname, "../..");
const rule = (file: string) => readFileSync(join(root, "rules", file), "utf8");

test("rules/ is what the syntax of values makes (to write it anew: npm run rules)", () => {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    execFileSync(process.execPath, [join(root, "scripts/lib/rules/main.mts"), folder]);
    const made = (of: string) =>
      Object.fromEntries(readdirSync(of).map((file) => [file, readFileSync(join(of, file), "utf8")]));
    expect(made(join(root, "rules"))).toEqual(made(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(LEAK_CASES)("identifyTokens and the rules' pattern agree on $name", ({ text, values }) => {
  expect(identifyTokens(text).map(({ tokenId }) => tokenId)).toEqual(values.map(tokenIdOfValue));
  expect([...new Set(text.match(new RegExp(VALUE_FOR_SCANNERS, "g")))]).toEqual(values);
});

test("the pattern has only what every engine of regular expressions reads in the same way: letters, sets and counts", () => {
  expect(VALUE_FOR_SCANNERS.replace(/\[[\w-]+\]|\{\d+\}|[a-z_]/g, "")).toBe("");
});

// https://docs.github.com/en/rest/secret-scanning/custom-patterns: what a pattern that is created may have
test("GitHub's custom patterns are the body of the request that creates them", () => {
  const { patterns, ...rest } = JSON.parse(rule("github-custom-patterns.json"));
  expect(rest).toEqual({});
  expect(patterns).toEqual([
    {
      name: expect.any(String),
      pattern: VALUE_FOR_SCANNERS,
      start_delimiter: expect.any(String),
      end_delimiter: expect.any(String),
    },
  ]);
});

test.each(["trufflehog.yml", "kingfisher.yml"])("%s is YAML with one rule", (file) => {
  const [rules, ...rest] = Object.values(parse(rule(file)));
  expect(rules).toHaveLength(1);
  expect(rest).toEqual([]);
});
