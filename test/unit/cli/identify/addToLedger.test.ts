import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Candidate, LedgerFile } from "../../../../cli/identify/addToLedger";
import { withEntries } from "../../../../cli/identify/newEntries";
import { parseLedger } from "../../../../provider/core/ledger";
import { ledgers } from "../../../support/arbitraryLedger";
import { cleanEnvironment, runCommand } from "../../../support/processes";
import { cases, fc } from "../../hostile/hostileCases";
import { simulatorFor } from "../../simulator/useSimulator";

const cli = join(__dirname, "../../../support/cli.cjs");
const [A, B] = ["a", "b"].map((digit) => `${digit}535fac7-4642-4abe-b6fc-cf15336df559`) as [string, string];
const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PERSONAL = `ddpat_000000000Qdww5P8dQtGsa_${SECRET}`;
const SERVICE = `ddsat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;
const PERSONAL_ID = "00000000-0000-1234-0000-000000000000";
const SERVICE_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "add-to-")));
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: revocations\nruntime: nodejs\n");
  writeFileSync(join(folder, "logs/ci.log"), `${PERSONAL}\n${SERVICE} ${PERSONAL}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const ledgerPath = (): string => join(folder, "revocations.yaml");
const write = (text: string): void => writeFileSync(ledgerPath(), text);
const ledger = (): string => readFileSync(ledgerPath(), "utf8");

function declared(): unknown[] {
  const { entries, problems } = parseLedger(readFileSync(ledgerPath()));
  expect(problems).toEqual([]);
  return entries.map(({ args }) => args);
}

/** Runs `identify` in a folder of the project. */
async function identify(within: string, ...args: string[]) {
  const options = { cwd: join(folder, within), env: cleanEnvironment(), timeout: 60_000 };
  const result = await runCommand(process.execPath, [cli, "identify", ...args], options);
  expect(result.output).not.toContain(SECRET);
  return result;
}

/** Adds two tokens to a ledger, in this process. */
async function add(text: string): Promise<string> {
  write(text);
  const candidates: Candidate[] = [
    { tokenId: A, args: { tokenId: A, reason: "leaked: # 1" }, comment: "personal, ci.log:3" },
    { tokenId: B, args: { tokenId: B }, comment: "personal, ci.log:4" },
  ];
  await (await LedgerFile.find(ledgerPath())).add(candidates);
  return ledger();
}

/** What is added, at an indentation. */
const added = (indentation: string, end = "\n"): string =>
  [`- tokenId: ${A} # personal, ci.log:3`, '  reason: "leaked: # 1"', `- tokenId: ${B} # personal, ci.log:4`]
    .map((line) => `${indentation}${line}${end}`)
    .join("");

const C = "  - tokenId: c535fac7-4642-4abe-b6fc-cf15336df559";

describe("entries are added, and all else stays as it is, in", () => {
  test.each<[string, string, string, string]>([
    ["a list", `# Ours\nrevocations:\n${C} # x\n    reason: y\n`, added("  "), ""],
    ["a list at the margin", "revocations:\n- tokenId: c535fac7-4642-4abe-b6fc-cf15336df559\n", added(""), ""],
    ["a list with CRLF", `revocations:\r\n${C}\r\n`, added("  ", "\r\n"), ""],
    ["a file with a byte order mark", `\ufeffrevocations:\n${C}\n`, added("  "), ""],
    ["a file whose last line has no end", `revocations:\n${C} # x`, `\n${added("  ")}`, ""],
    ["a file that ends in a block of text", `revocations:\n${C}\n    reason: |\n      a\n      b\n`, added("  "), ""],
    [
      "a file that ends in a block without an end",
      `revocations:\n${C}\n    reason: |\n      a`,
      `\n${added("  ")}`,
      "",
    ],
    [
      "a list with comments of its last entry",
      `revocations:\n${C}\n    # ticket: later\n`,
      added("  "),
      "\n# The end\n",
    ],
    ["a list before other fields", `revocations:\n${C}\n`, added("  "), "\ndefaults:\n  ticket: SEC-1\n"],
    ["a list behind other fields", `defaults:\n  ticket: SEC-1\nrevocations:\n${C}\n`, added("  "), ""],
    ["a list of which nothing stands there", "# Ours\nrevocations: # none yet\n", added("  "), "# The end\n"],
    ["a list without entries before other fields", "revocations:\n  # none\n", added("  "), "defaults:\n  ticket: A\n"],
    ["a document that is marked as one", `---\nrevocations:\n${C}\n`, added("  "), "...\n"],
    ["an empty file", "", `revocations:\n${added("  ")}`, ""],
    ["a file of a comment", "# Ours", `\nrevocations:\n${added("  ")}`, ""],
    ["a file of defaults", "defaults:\n  ticket: A\n", `revocations:\n${added("  ")}`, ""],
  ])("%s", async (_, before, between, after) => {
    expect(await add(before + after)).toBe(before + between + after);
  });

  test.each([
    [
      "an empty list in brackets",
      "revocations: [] # none\ndefaults: {}\n",
      `revocations:  # none\n${added("  ")}defaults: {}\n`,
    ],
    ["an empty list that is spelt out", "revocations: ~\n", `revocations: \n${added("  ")}`],
    ["an empty list on a line of its own", "revocations:\n  []\n", `revocations:\n  \n${added("  ")}`],
  ])("%s, which gives way", async (_, before, after) => {
    expect(await add(before)).toBe(after);
  });

  test("a list in brackets", async () => {
    await add('{ "revocations": [{ "tokenId": "c535fac7-4642-4abe-b6fc-cf15336df559" }] }\n');
    expect(declared()).toHaveLength(3);
    expect(declared()).toContainEqual({ tokenId: A, reason: "leaked: # 1" });
  });
});

test("to any ledger that can be read entries can be added, at the end, and what it declares stays", () => {
  const entry = { args: { tokenId: A, reason: "x" }, comment: "personal" };
  fc.assert(
    fc.property(ledgers, fc.constantFrom("\n", "\r\n"), ({ text }, end) => {
      const before = parseLedger(Buffer.from(text.replaceAll("\n", end)));
      fc.pre(before.problems.length === 0);
      const after = parseLedger(Buffer.from(withEntries(before, [entry])));
      expect(after.problems).toEqual([]);
      expect(after.entries).toEqual([...before.entries, { tokenId: A, args: expect.objectContaining(entry.args) }]);
    }),
    cases(6_000),
  );
});

test("from a subfolder the project's ledger is added to, with what is given; a second run adds nothing", async () => {
  write("revocations:\n");
  const given = ["--reason", "in a log: #1", "--ticket=SEC-1", "--requested-by=robin@example.com"];
  const args = ["ci.log", "--add-to", "revocations.yaml", ...given, "--reported-at", "2026-11-24T09:30:00Z"];
  const first = await identify("logs", ...args);
  expect(first.stdout).toBe(`Added 2 tokens to ../revocations.yaml: ${PERSONAL_ID}, ${SERVICE_ID}\n`);
  expect(first.code).toBe(0);
  const fields = { reason: "in a log: #1", ticket: "SEC-1", requestedBy: "robin@example.com" };
  const reportedAt = "2026-11-24T09:30:00Z";
  expect(declared()).toEqual([
    { tokenId: PERSONAL_ID, ...fields, reportedAt },
    { token: "ddsat_1vCPtzKGJML79G0rwH3qpw", ...fields, reportedAt },
  ]);
  expect(ledger()).toContain(`- tokenId: ${PERSONAL_ID} # personal, ci.log:1 and 1 more\n`);
  const text = ledger();

  const again = await identify("logs", "ci.log", "--add-to", "revocations.yaml", "--reason", "another");
  const ids = `${PERSONAL_ID}, ${SERVICE_ID}`;
  expect(again.stdout).toBe(`Listed in ../revocations.yaml already, entries unchanged: 2 tokens: ${ids}\n`);
  expect(again.code).toBe(0);
  expect(ledger()).toBe(text);
  expect(existsSync(join(folder, "logs/revocations.yaml"))).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual(["Pulumi.yaml", "logs", "revocations.yaml"]);
});

test("a project without a ledger gets one in its own folder", async () => {
  const { code, stdout } = await identify("logs", "ci.log", "--add-to", "revocations.yaml");
  expect(stdout).toContain("Created ../revocations.yaml.\nAdded 2 tokens");
  expect(code).toBe(0);
  expect(declared()).toHaveLength(2);
});

test("outside of a project nothing is written", async () => {
  rmSync(join(folder, "Pulumi.yaml"));
  const { code, stderr } = await identify("logs", "ci.log", "--add-to", "revocations.yaml");
  expect(stderr).toContain(
    "revocations.yaml is not in this folder, and no Pulumi project (Pulumi.yaml) is in it or above",
  );
  expect(code).toBe(2);
  expect(readdirSync(join(folder, "logs"))).toEqual(["ci.log"]);
});

test("what is no file is not added to", async () => {
  const { code, stderr } = await identify(".", "logs/ci.log", "--add-to", "logs");
  expect([code, stderr]).toEqual([2, "logs is not a file: give --add-to a file, such as revocations.yaml.\n"]);
});

test("where nothing is found, no ledger is made", async () => {
  writeFileSync(join(folder, "logs/ci.log"), "nothing\n");
  const { code, stdout } = await identify("logs", "ci.log", "--add-to", "revocations.yaml");
  expect([code, stdout]).toEqual([1, ""]);
  expect(existsSync(ledgerPath())).toBe(false);
});

test("a ledger with problems is not touched, and they are told", async () => {
  write(`revocations:\n${C} # x  - tokenId: ${A}\n    reasn: y\n`);
  const text = ledger();
  const { code, stderr } = await identify(".", "logs/ci.log", "--add-to", "revocations.yaml");
  expect(stderr).toContain(`revocations.yaml:2: the entry of token ${A} stands in a comment`);
  expect(stderr).toContain("revocations.yaml:3: reasn is not an argument: did you mean reason?");
  expect(code).toBe(2);
  expect(ledger()).toBe(text);
});

test.each([
  ["another format", ["--format", "yaml"], "Give --add-to or --format, not both"],
  ["a day that is no time", ["--reported-at", "yesterday"], "--reported-at is not an RFC 3339 time"],
  ["a value as the reason", ["--reason", PERSONAL], "--reason holds a token value, a secret"],
  ["a value as a name", ["--requested-by", SERVICE], "--requested-by holds a token value, a secret"],
  ["what reads as an entry", ["--reason", `token: ${B}`], "--reason reads as an entry of a ledger"],
])("%s is refused before anything is searched", async (_, args, message) => {
  write("revocations:\n");
  const { code, stderr } = await identify(".", "no/such/file", "--add-to", "revocations.yaml", ...args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("no/such/file");
  expect(code).toBe(2);
});

test("fields without a ledger or entries to go into are refused", async () => {
  const { code, stderr } = await identify(".", "logs/ci.log", "--reason", "leaked");
  expect(stderr).toContain("--reason, --ticket, --requested-by and --reported-at go with --add-to or --format yaml.");
  expect(code).toBe(2);
});

test("what --format yaml prints can be appended to a last line without an end", async () => {
  write(`revocations:\n${C} # x`);
  const { stdout } = await identify(".", "logs/ci.log", "--format", "yaml", "--reason", "leaked");
  writeFileSync(ledgerPath(), stdout, { flag: "a" });
  expect(declared()).toHaveLength(3);
  expect(declared()).toContainEqual({ tokenId: PERSONAL_ID, reason: "leaked" });
});

test("the names of files and texts of any kind break nothing", async () => {
  write("revocations:\n");
  const name = `logs/tokenId: ${A}\n  - tokenId: ${B} \u2028"'#`;
  writeFileSync(join(folder, name), PERSONAL);
  const reason = '"a"\n  - tokenId: it\'s\u2028: #&*!|>%@`\t\u0007';
  const { code } = await identify(".", name, "--add-to", "revocations.yaml", "--reason", reason);
  expect(code).toBe(0);
  expect(declared()).toEqual([{ tokenId: PERSONAL_ID, reason }]);
});

test.each([
  ["a folder", "program", "program"],
  ["a file", "program/index.ts", "program"],
  ["nothing that is there", "later/index.ts", "later"],
])(
  "the ledger is looked for where the program looks for it: main of Pulumi.yaml names %s",
  async (_, main, expected) => {
    mkdirSync(join(folder, "program"));
    writeFileSync(join(folder, "program/index.ts"), "");
    writeFileSync(join(folder, "Pulumi.yaml"), `name: revocations\nruntime: nodejs\nmain: ${main}\n`);
    expect((await LedgerFile.find("tokens.yaml", join(folder, "logs"))).path).toBe(
      join(folder, expected, "tokens.yaml"),
    );
    // One that is there already is meant: the program may name another folder.
    writeFileSync(join(folder, "tokens.yaml"), "revocations:\n");
    expect((await LedgerFile.find("tokens.yaml", join(folder, "logs"))).path).toBe(join(folder, "tokens.yaml"));
  },
);

test.each([
  ["a list", "revocations:\n"],
  ["a list in brackets", `revocations: [{tokenId: ${B}}]\n`],
])("whatever a reason holds is read from %s as it was given", async (_, text) => {
  const reasons = [
    "\n",
    "a\n\n",
    "---",
    "... x",
    "- x",
    "#1",
    "a\ufeffb",
    "a\u2028b\u0085",
    "a\ufffe",
    "\u202ea",
    "null",
    "1042",
    "😀",
  ];
  for (const reason of reasons) {
    write(text);
    const file = await LedgerFile.find(ledgerPath());
    await file.add([{ tokenId: A, args: { tokenId: A, reason }, comment: "personal" }]);
    expect(declared()).toContainEqual({ tokenId: A, reason });
  }
});

test("a ledger that is right but written in an odd way is not called wrong", async () => {
  const text = '{ "revocations": [] }\n';
  write(text);
  const { code, stderr } = await identify(".", "logs", "--add-to", "revocations.yaml");
  expect(stderr).toBe(
    "revocations.yaml is written in a way that entries cannot be added to: write revocations: as a list, an entry a line. The file is unchanged.\n",
  );
  expect(code).toBe(2);
  expect(ledger()).toBe(text);
});

test("a symbolic link stays one, and the file that it leads to keeps its rights", async () => {
  mkdirSync(join(folder, "real"));
  writeFileSync(join(folder, "real/list.yaml"), "revocations:\n");
  chmodSync(join(folder, "real/list.yaml"), 0o640);
  symlinkSync("real/list.yaml", ledgerPath());
  expect((await identify(".", "logs", "--add-to", "revocations.yaml")).code).toBe(0);
  expect(lstatSync(ledgerPath()).isSymbolicLink()).toBe(true);
  expect(statSync(ledgerPath()).mode & 0o777).toBe(0o640);
  expect(declared()).toHaveLength(2);
  expect(readdirSync(join(folder, "real"))).toEqual(["list.yaml"]);
});

test("of runs at once none loses what another adds", async () => {
  write("revocations:\n");
  const file = await LedgerFile.find(ledgerPath());
  const ids = Array.from({ length: 12 }, (_, index) => `${A.slice(0, -2)}${10 + index}`);
  await Promise.all(ids.map((tokenId) => file.add([{ tokenId, args: { tokenId }, comment: "personal" }])));
  expect(declared()).toEqual(expect.arrayContaining(ids.map((tokenId) => ({ tokenId }))));
});

test("a lock that a run left behind is told of, and nothing is added", async () => {
  write("revocations:\n");
  writeFileSync(`${ledgerPath()}.lock`, "");
  const { code, stderr } = await identify(".", "logs", "--add-to", "revocations.yaml");
  expect(stderr).toContain(
    "Another run is adding to revocations.yaml: revocations.yaml.lock exists. If none is, delete that file, and run this again. Nothing was added.",
  );
  expect(code).toBe(2);
  expect(ledger()).toBe("revocations:\n");
});

test("of a symbolic link the lock stands beside the file that it leads to, and is named there", async () => {
  mkdirSync(join(folder, "real"));
  writeFileSync(join(folder, "real/list.yaml"), "revocations:\n");
  writeFileSync(join(folder, "real/list.yaml.lock"), "");
  symlinkSync("real/list.yaml", ledgerPath());
  const { stderr } = await identify(".", "logs", "--add-to", "revocations.yaml");
  expect(stderr).toContain(`${join(folder, "real/list.yaml.lock")} exists. If none is, delete that file`);
});

test("with --look-up an entry says whose the token is", async () => {
  const simulator = await simulatorFor({ tokens: 0 });
  const leaked = simulator.addToken({ name: "ci\n- tokenId: x" });
  write("revocations:\n");
  writeFileSync(join(folder, "logs/ci.log"), leaked.value);
  const env = { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
  const options = { cwd: folder, env: { ...cleanEnvironment(), ...env }, timeout: 60_000 };
  const args = [cli, "identify", "logs", "--look-up", "--add-to", "revocations.yaml"];
  expect((await runCommand(process.execPath, args, options)).code).toBe(0);
  expect(ledger()).toMatch(
    /- tokenId: \S+ # "ci\\n- tokenId: x", personal token of \S+, never used, logs\/ci\.log:1$/m,
  );
  expect(declared()).toEqual([{ tokenId: leaked.id }]);
});
