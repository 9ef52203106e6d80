import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkArguments, readLedger } from "pulumi-datadog-revocation";
import { cleanEnvironment, runCommand } from "../support/processes";

const ID = "c8a5e0b6-3b1f-4f6e-9d0a-2f3f8e5d7a10";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function ledger(...lines: string[]): string {
  const path = join(folder, "revocations.yaml");
  writeFileSync(path, lines.join("\n"));
  return path;
}

test("readLedger gives a name and arguments for each entry, which TokenRevocation takes", () => {
  const entries = readLedger(
    ledger(
      "defaults:",
      "  ticket: SEC-1",
      "revocations:",
      `  - tokenId: ${ID.toUpperCase()}`,
      "    expect: {name: ci}",
    ),
  );
  expect(entries).toEqual([
    { tokenId: ID, args: { tokenId: ID.toUpperCase(), ticket: "SEC-1", expect: { name: "ci" } } },
  ]);
  for (const { args } of entries) expect(checkArguments(args)).toEqual([]);
});

test("readLedger throws every problem of the file as one error that Pulumi shows without a stack", () => {
  const path = ledger("revocations:", "  - tokenId: nope", `  - tokenId: ${ID}`, "    reasn: x");
  const thrown = (() => {
    try {
      return readLedger(path);
    } catch (error) {
      return error;
    }
  })();
  expect(pulumi.RunError.isInstance(thrown)).toBe(true);
  expect((thrown as Error).message).toMatch(
    /^revocations\.yaml:2: tokenId is not a token id .*\nrevocations\.yaml:4: reasn is not an argument: did you mean reason\?.*$/,
  );
});

test("readLedger says of a file that is not there which it is", () => {
  expect(() => readLedger(join(folder, "none.yaml"))).toThrow(/none\.yaml cannot be read: no such file/);
});

test("readLedger warns of a token that is listed twice alike, and gives it once", () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  expect(readLedger(ledger("revocations:", `  - tokenId: ${ID}`, `  - tokenId: ${ID}`))).toHaveLength(1);
  expect(warn.mock.calls).toEqual([
    [`revocations.yaml:3: token ${ID} is listed in line 2 already: this entry adds nothing, delete it`],
  ]);
});

test("a parser of YAML is loaded when a ledger is read, and not before", async () => {
  const path = JSON.stringify(ledger("revocations:"));
  const program = `
    const loaded = () => Object.keys(require.cache).some((file) => file.includes("/node_modules/yaml/"));
    const { readLedger } = require("pulumi-datadog-revocation");
    const before = loaded();
    readLedger(${path});
    console.log(before, loaded());`;
  const options = { cwd: __dirname, env: cleanEnvironment(), timeout: 50_000 };
  expect((await runCommand(process.execPath, ["-e", program], options)).output).toContain("false true");
});
