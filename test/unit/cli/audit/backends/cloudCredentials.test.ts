import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessTokenOf } from "../../../../../cli/audit/backends/cloudCredentials";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "credentials-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOST = "https://pulumi.example.com/api-of-ours";

/** @param stored the file as it is, or what is written into it as JSON */
function tokenOf(stored: unknown, apiUrl = HOST, env: Record<string, string> = {}): string {
  const text = typeof stored === "string" ? stored : JSON.stringify(stored);
  writeFileSync(join(folder, "credentials.json"), text);
  return accessTokenOf(apiUrl, { PULUMI_HOME: folder, ...env });
}

test("the token is that of the address, of an account before that of the older list", () => {
  const accounts = { [HOST]: { accessToken: "pul-account", username: "ann", organizations: ["acme"] } };
  const accessTokens = { [HOST]: "pul-listed", "https://api.pulumi.com": "pul-other" };
  expect(tokenOf({ current: HOST, accounts, accessTokens })).toBe("pul-account");
  expect(tokenOf({ accessTokens })).toBe("pul-listed");
  expect(tokenOf({ accessTokens }, `${HOST}/`)).toBe("pul-listed");
  expect(tokenOf({ accessTokens: { [`${HOST}/`]: "pul-slash" } })).toBe("pul-slash");
});

test("PULUMI_ACCESS_TOKEN wins, and PULUMI_CREDENTIALS_PATH says where the file is", () => {
  const stored = { accessTokens: { [HOST]: "pul-listed" } };
  expect(tokenOf(stored, HOST, { PULUMI_ACCESS_TOKEN: "pul-variable" })).toBe("pul-variable");
  const elsewhere = { PULUMI_HOME: join(folder, "none"), PULUMI_CREDENTIALS_PATH: folder };
  expect(tokenOf(stored, HOST, { PULUMI_ACCESS_TOKEN: "", ...elsewhere })).toBe("pul-listed");
});

test.each([
  [
    "has none for the address",
    { accessTokens: { "https://api.pulumi.com": "pul-secret" } },
    `Run pulumi login ${HOST}`,
  ],
  ["is empty", "", `Run pulumi login ${HOST}`],
  [
    "is encrypted",
    { $pulumiSecureStore: 1, data: "pul-secret" },
    "only pulumi itself can read it. Set PULUMI_ACCESS_TOKEN",
  ],
  ["is cut short", '{"accessTokens":{"x":"pul-secret', "is damaged. Run pulumi login"],
  ["has another shape", { accessTokens: "pul-secret" }, "is damaged. Run pulumi login"],
])("a file that %s is an error that says what to do, and repeats nothing of it", (_, stored, toDo) => {
  let said = "";
  try {
    tokenOf(stored);
  } catch (error) {
    said = String(error);
  }
  expect(said).toContain(toDo);
  expect(said).not.toContain("pul-secret");
});
