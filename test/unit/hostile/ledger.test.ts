import { stringify } from "yaml";
import { type LedgerProblem, parseLedger, problemLine } from "../../../provider/core/ledger";
import { hostileJson, hostileText, roughList, roughly } from "../../support/arbitraryText";
import { expectHarmless, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc, part } from "./hostileCases";

const ID = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";
const ALIAS = "ddpat_000000000Qdww5P8dQtGsa";

/** How many entries the file asks for; or what is wrong with it, a line each, in words that are safe to show. */
function read(text: string | Uint8Array): number | string {
  const { entries, problems, warnings } = parseLedger(Buffer.from(text));
  const told = (some: readonly LedgerProblem[]): string =>
    some.map((each) => problemLine("revocations.yaml", each)).join("\n");
  for (const text of [told(problems), told(warnings)]) {
    expectHarmless(text, "lines");
    for (const line of text === "" ? [] : text.split("\n")) expect(line).toMatch(/^revocations\.yaml:\d+: /);
  }
  return problems.length === 0 ? entries.length : told(problems);
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
      const result = read(text);
      if (result !== 0 && typeof result === "number") taken++;
    }),
    cases(50_000),
  );
  expect(taken).toBeGreaterThan(part(600));
});

const nine = (name: string): string => `[${Array.from({ length: 9 }, () => name).join(", ")}]`;

test.each([
  ["an unclosed list", "revocations: [\n", "2: not valid YAML"],
  ["an empty file", "", "1: must hold revocations:, a list"],
  ["a file without a list", "revocations: 7", "1: revocations must be a list"],
  ["a field named twice", "revocations:\n  - tokenId: a\n    tokenId: b", "3: a key stands here for the second time"],
  ["an alias of nothing", "revocations:\n  - tokenId: *a", "2: an alias (*): write out what it stands for"],
  [
    "an entry that holds itself",
    "revocations:\n  - &a\n    expect: *a",
    "3: an alias (*): write out what it stands for",
  ],
  [
    "aliases that would fill all memory",
    `revocations:\n  - reason: &a ${nine("x")}\n    ticket: &b ${nine("*a")}\n    requestedBy: &c ${nine("*b")}\n    tokenId: ${nine("*c")}`,
    "3: an alias (*): write out what it stands for",
  ],
  [
    "a merge from elsewhere",
    `%YAML 1.1\n---\nrevocations:\n  - &a\n    tokenId: ${ID}\n  - <<: *a`,
    "1: a YAML directive: delete the line",
  ],
  ["lists without end", `revocations: ${"[".repeat(5_000)}`, "1: not valid YAML (resource exhaustion)"],
  ["a key that all objects have", "revocations:\n  - __proto__: {a: 1}", "2: __proto__ is not an argument"],
  ["a tag for code", "revocations:\n  - tokenId: !!js/function x", "2: a YAML tag (!): delete it"],
  ["a whole value", `revocations:\n  - token: ${PLANTED_VALUE}`, "2: token is a whole token value, a secret"],
  ["a value as a name", `revocations:\n  - ${PLANTED_VALUE}: 1`, `2: ${ALIAS}_[redacted] is not an argument`],
])("%s is a problem of its line", (_, text, problem) => {
  expect(read(text)).toContain(`revocations.yaml:${problem}`);
});
