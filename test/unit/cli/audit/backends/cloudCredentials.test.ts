import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend } from "../../../../../cli/audit/backends/backend";
import { accessTokenOf } from "../../../../../cli/audit/backends/cloudCredentials";
import { Pulumi } from "../../../../../cli/audit/backends/pulumiCommand";

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
    "only pulumi itself can read them. Set PULUMI_ACCESS_TOKEN",
  ],
  ["is cut short", '{"accessTokens":{"x":"pul-secret', "is damaged: run pulumi login"],
  ["has another shape", { accessTokens: "pul-secret" }, "is damaged: run pulumi login"],
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

test("a self-hosted Pulumi Cloud is recognised by what was logged in to, with its path", async () => {
  writeFileSync(join(folder, "credentials.json"), JSON.stringify({ current: HOST, accessTokens: { [HOST]: "pul-1" } }));
  const backend = await findBackend(folder, { PULUMI_HOME: folder });
  expect(backend.description).toBe("Pulumi Cloud at pulumi.example.com");
});

test.each([["https://app.pulumi.com/ann"], [""]])(
  "where only pulumi knows the backend, and says %j, what to set is said",
  async (url) => {
    writeFileSync(join(folder, "credentials.json"), JSON.stringify({ $pulumiSecureStore: 1 }));
    const find = jest.spyOn(Pulumi, "find").mockResolvedValue({ json: async () => ({ url }) } as unknown as Pulumi);
    const finding = findBackend(folder, { PULUMI_HOME: folder });
    await expect(finding).rejects.toThrow(
      /^Pulumi keeps its credentials encrypted.* Set PULUMI_ACCESS_TOKEN, and PULUMI_BACKEND_URL/,
    );
    find.mockRestore();
  },
);
