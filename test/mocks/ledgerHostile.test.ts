import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { readLedger } from "pulumi-datadog-revocation";
import { hostileJson, hostileText, roughList, roughly } from "../support/arbitraryText";
import { cases, fc } from "../support/cases";
import { expectHarmless, PLANTED_VALUE } from "../support/nastyNames";

const ID = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
const ALIAS = "ddpat_000000000Qdww5P8dQtGsa";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** How many entries the file asks for; or what is wrong with it, a line each, in words that are safe to show. */
function read(text: string | Uint8Array): number | string {
  const path = join(folder, "revocations.yaml");
  writeFileSync(path, text);
  try {
    return readLedger(path).length;
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    expectHarmless(error.message, "lines");
    for (const line of error.message.split("\n")) expect(line).toMatch(/^revocations\.yaml:\d+: /);
    return error.message;
  }
}

const entry = roughly({
  tokenId: fc.constantFrom(ID, ID.toUpperCase(), "nope"),
  reason: hostileText,
  ticket: hostileText,
  expect: roughly({ name: hostileText }),
  verify: fc.boolean(),
});

test("any ledger is read, or every problem of it is told by its line, and no value is repeated", () => {
  const whole = roughly({ revocations: roughList(fc.oneof({ weight: 5, arbitrary: entry }, hostileJson)) });
  const yaml = whole.map((value) => stringify(value));
  const line = fc.oneof(
    fc.constantFrom(
      "revocations:",
      `  - tokenId: ${ID}`,
      `  - token: ${ALIAS}`,
      `  - token: ${PLANTED_VALUE}`,
      "  - &a",
    ),
    fc.constantFrom(
      "    reason: *a",
      "    <<: *a",
      "    expect: *a",
      "    ? [a]\n    : 1",
      "    ticket: !!binary YQ==",
      "---",
    ),
    fc.constantFrom(
      "    __proto__: {polluted: 1}",
      "%YAML 1.1\n---",
      "    reason: |",
      "\t- x",
      "&b revocations: *b",
      "...",
      "  - {",
    ),
    hostileText.map((text) => `    reason: ${text}`),
    hostileText.map((text) => `    ${text}: ${text}`),
  );
  const lines = fc.array(line, { maxLength: 8 }).map((lines) => ["revocations:", ...lines].join("\n"));
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(yaml, lines, hostileText, fc.uint8Array({ maxLength: 60 })), (text) => {
      if (read(text) !== 0 && typeof read(text) === "number") taken++;
    }),
    cases(2_500),
  );
  expect(taken).toBeGreaterThan(30);
});

const nine = (name: string): string => `[${Array.from({ length: 9 }, () => name).join(", ")}]`;

test.each([
  ["an unclosed list", "revocations: [\n", "2: not valid YAML"],
  ["an empty file", "", "1: must hold revocations:, a list"],
  ["a file without a list", "revocations: 7", "1: revocations must be a list"],
  ["a field named twice", "revocations:\n  - tokenId: a\n    tokenId: b", "3: not valid YAML: duplicate key"],
  ["an alias of nothing", "revocations:\n  - tokenId: *a", "2: tokenId must be a string"],
  ["an entry that holds itself", "revocations:\n  - &a\n    expect: *a", "3: expect.source is not an argument"],
  [
    "aliases that would fill all memory",
    `revocations:\n  - reason: &a ${nine("x")}\n    ticket: &b ${nine("*a")}\n    requestedBy: &c ${nine("*b")}\n    tokenId: ${nine("*c")}`,
    "5: tokenId must be a string, not a list",
  ],
  [
    "a merge from elsewhere",
    `%YAML 1.1\n---\nrevocations:\n  - &a\n    tokenId: ${ID}\n  - <<: *a`,
    "6: the entry cannot be read: write out what it merges from elsewhere",
  ],
  ["lists without end", `revocations: ${"[".repeat(5_000)}`, "1: not valid YAML: resource exhaustion"],
  ["a key that all objects have", "revocations:\n  - __proto__: {a: 1}", "2: __proto__ is not an argument"],
  ["a tag for code", "revocations:\n  - tokenId: !!js/function x", "2: tokenId is not a token id"],
  ["a whole value", `revocations:\n  - token: ${PLANTED_VALUE}`, "2: token is a whole token value, a secret"],
  ["a value as a name", `revocations:\n  - ${PLANTED_VALUE}: 1`, `2: ${ALIAS}_[redacted] is not an argument`],
])("%s is a problem of its line", (_, text, problem) => {
  expect(read(text)).toContain(`revocations.yaml:${problem}`);
});
