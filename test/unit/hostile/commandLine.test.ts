import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../../../cli/audit/auditOptions";
import { identify } from "../../../cli/identify/identifyCommand";
import { print } from "../../../cli/output";
import { tokens } from "../../../cli/tokens/tokensCommand";
import { UsageError } from "../../../cli/usageError";
import { ConfigurationError } from "../../../provider/datadog/errors";
import { sentence } from "../../../provider/text/plainLine";
import { hostileText } from "../../support/arbitraryText";
import { runCli } from "../../support/command";
import { expectHarmless, NASTY_NAMES, PLANTED_VALUE } from "../../support/nastyNames";
import { cases, fc, part } from "./hostileCases";

jest.mock("../../../cli/output", () => ({ ...jest.requireActual("../../../cli/output"), print: jest.fn() }));

/** As a shell can hand it over. */
const argument = hostileText.map((text) => text.replaceAll("\0", "").toWellFormed());
const AUDIT = ["stack", "project", "since", "until", "token", "owner", "ticket", "outcome", "fail-on", "format"];
const TOKENS = ["owned-by", "kind", "scopes", "name-pattern", "unused-for", "exempt-names", "never-expires", "format"];

/** Options, near and right ones, with values, usual and unusual ones. */
function commandLine(options: readonly string[], values: readonly string[]): fc.Arbitrary<string[]> {
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...options).map((option) => `--${option}`) },
    fc.constantFrom("--", "-", "---", "-x", "--__proto__", "--constructor", "--no-format", "--=", "--format=", "-abc"),
    argument,
  );
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, argument);
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(name, value) },
    fc.tuple(name, value).map(([name, value]) => [`${name}=${value}`]),
    name.map((name) => [name]),
  );
  return fc.array(part, { maxLength: 4 }).map((parts) => parts.flat());
}

/** What the command says to that; undefined where it takes it. */
function refusal(error: unknown): string {
  if (!(error instanceof UsageError || error instanceof ConfigurationError)) throw error;
  const said = sentence(error);
  expectHarmless(said);
  return said;
}

test("any arguments of audit are understood, or refused in one sentence", () => {
  const long = ["9".repeat(500), "x".repeat(5_000)];
  const values = ["2026-11-24", "slow:24h", "failed,pending", "json", "revoked", PLANTED_VALUE, ...long];
  let taken = 0;
  fc.assert(
    fc.property(commandLine([...AUDIT, "cwd", "output", "verify"], values), (args) => {
      try {
        readOptions(args);
        taken++;
      } catch (error) {
        const said = refusal(error);
        // What is repeated is a name, never a value.
        if (args.some((each) => each.length > 30 && said.includes(each))) throw new Error(said);
      }
    }),
    cases(8_000),
  );
  expect(taken).toBeGreaterThan(part(400));
});

test("any arguments of tokens end in one sentence before anything is sent", async () => {
  const environment = process.env;
  process.env = { PATH: environment.PATH };
  // Outside any project, whose stack could have credentials.
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  const here = process.cwd();
  process.chdir(folder);
  try {
    const values = ["90d", "personal", "ci-*", "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10", "table", PLANTED_VALUE];
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(commandLine(TOKENS, values), async (args) => {
        const said = await tokens.run(args).then(() => "done", refusal);
        if (said === "done") throw new Error("listed tokens without credentials");
        if (said.startsWith("No Datadog credentials")) understood++;
      }),
      cases(5_000),
    );
    expect(understood).toBeGreaterThan(part(200));
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true, force: true });
    process.env = environment;
  }
});

test("any arguments of identify name files that are read, or are refused; nothing is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  const here = process.cwd();
  let printed = "";
  const keep = (text: string | Uint8Array): true => {
    printed += text;
    return true;
  };
  jest.mocked(print).mockImplementation(async (text) => keep(text));
  const write = jest.spyOn(process.stderr, "write").mockImplementation(keep);
  process.chdir(folder);
  try {
    writeFileSync("log", `a\n${PLANTED_VALUE}\n`);
    let found = 0;
    const args = commandLine(
      ["format"],
      ["table", "json", "yaml", "log", "log", "missing", "log/x", "x".repeat(5_000)],
    );
    // Standard input is not this test's, and folders outside are large.
    const own = args.map((all) => ["log", ...all.filter((arg) => arg !== "-" && !/\.\.|^\/|^\.\/*$/.test(arg))]);
    await fc.assert(
      fc.asyncProperty(own, async (args) => {
        printed = "";
        const status = await identify.run(args).catch((error) => void refusal(error));
        expectHarmless(printed, "lines");
        if (status === 0) found++;
      }),
      cases(3_000),
    );
    expect(found).toBeGreaterThan(part(100));
    expect(readdirSync(".")).toEqual(["log"]);
  } finally {
    write.mockRestore();
    process.chdir(here);
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the command itself, whatever it is called with, ends with a sentence and status 2, without a stack", async () => {
  const name = "../x\u001b]0;t\u0007";
  const calls = [
    ["__proto__"],
    [`identify${PLANTED_VALUE}`],
    ["audit", "--cwd", "x".repeat(5_000)],
    ["audit", "--output", name, "--cwd", name],
    ["tokens", "--name-pattern", PLANTED_VALUE],
    ["simulate", "--port", PLANTED_VALUE],
    ["identify", "--format", PLANTED_VALUE],
    ["identify", "\u202e\u001b[31m", PLANTED_VALUE],
    ...NASTY_NAMES.slice(0, 3).map((each) => [each]),
  ];
  for (const args of calls) {
    const { code, stdout, stderr } = await runCli(args);
    expectHarmless(stdout + stderr, "lines");
    expect({ args, code, stack: /^\s+at /m.test(stderr), said: stderr.endsWith("\n") }).toEqual({
      ...{ args, code: 2, stack: false, said: true },
    });
  }
});
