import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { namedTokens } from "../../../../cli/identify/namedTokens";
import { runCli } from "../../../support/command";

const SECRET = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
const PORTION = "000000000Qdww5P8dQtGsa";
const ID = "00000000-0000-1234-0000-000000000000";
const SERVICE = "ddsat_1vCPtzKGJML79G0rwH3qpw";
const SERVICE_ID = "3f2b8c1e-9d47-4a6b-8e05-7c1d2f3a4b5c";

test("a token is named by its id or by its public portion, with or without the prefix", () => {
  for (const text of [ID, ` ${ID}\n`, PORTION, `ddpat_${PORTION}`]) {
    expect(namedTokens([text], { reason: "leaked" })).toMatchObject([
      { tokenId: ID, args: { tokenId: ID, reason: "leaked" } },
    ]);
  }
});

test("of a service account's token the prefix is kept, which tells its path, in whatever order it is given", () => {
  for (const texts of [[SERVICE], [SERVICE, SERVICE_ID], [SERVICE_ID, SERVICE]]) {
    expect(namedTokens(texts, {})).toMatchObject([{ tokenId: SERVICE_ID, args: { token: SERVICE } }]);
  }
  expect(namedTokens([SERVICE_ID], {})).toMatchObject([{ args: { tokenId: SERVICE_ID } }]);
});

test.each([
  [`ddpat_${PORTION}_${SECRET}`, "is a whole token value, a secret"],
  [`ddpat_${PORTION}_${SECRET.slice(9)}`, "is a whole token value, a secret"],
  [`see ddpat_${PORTION}_${SECRET}`, "is a whole token value, a secret"],
  ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "is Pulumi's marker for an unknown value, not a token"],
  [`--add-to=${SECRET}`, "is not a public portion"],
])("anything else is refused by its place, unprinted (%#)", (text, problem) => {
  const refused = () => namedTokens([ID, text], {});
  expect(refused).toThrow(`--token number 2 of 2 ${problem}`);
  expect(refused).not.toThrow(SECRET.slice(9));
});

describe("identify --token", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "named-"));
    writeFileSync(join(folder, "ci.log"), `x ${SERVICE}_${SECRET}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const identify = (...args: string[]) => runCli(["identify", ...args]);
  const ledger = (): string => join(folder, "revocations.yaml");
  const listed = (): unknown[] => parse(readFileSync(ledger(), "utf8")).revocations;

  test("adds it to the ledger without reading anything, and beside what is found in files", async () => {
    const first = await identify("--add-to", ledger(), "--token", ID, "--reason", "reported");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(listed()).toEqual([{ tokenId: ID, reason: "reported" }]);
    const second = await identify(join(folder, "ci.log"), "--add-to", ledger(), "--token", ID, "--token", SERVICE_ID);
    expect(second.code).toBe(0);
    expect(listed()).toEqual([{ tokenId: ID, reason: "reported" }, { token: SERVICE }]);
    expect(readFileSync(ledger(), "utf8")).toMatch(/ddsat_\w+ # .*ci\.log:1$/m);
  });

  test("without a ledger, or with what it does not take, adds nothing", async () => {
    for (const args of [
      ["--token", ID],
      ["--token", ID, "--add-to", ledger(), "--look-up"],
    ]) {
      const refused = await identify(...args);
      expect(refused).toMatchObject({ code: 2, stderr: "--token goes with --add-to, and without --look-up.\n" });
    }
    const secret = await identify("--add-to", ledger(), "--token", ID, `--token=ddpat_${PORTION}_${SECRET}`);
    expect(secret.code).toBe(2);
    expect(secret.stderr).toContain("--token number 2 of 2 is a whole token value, a secret");
    expect(secret.stderr).toMatch(/^Nothing was added: /);
    expect(secret.output).not.toContain(SECRET);
    expect(() => readFileSync(ledger())).toThrow("ENOENT");
  });
});
