import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend } from "../../../../../cli/audit/backends/backend";
import { backendUrl } from "../../../../../cli/audit/backends/backendUrl";

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "project-"));
  home = join(folder, "home");
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const credentials = (content: object): void => writeFileSync(join(home, "credentials.json"), JSON.stringify(content));
const project = (text: string): void => writeFileSync(join(folder, "Pulumi.yaml"), `name: shop\n${text}`);

test("the variable comes before the project's own backend, and that before the one that was logged in to", async () => {
  credentials({ current: "s3://logged-in", accessTokens: { "s3://logged-in": "" } });
  const env = { PULUMI_HOME: home };
  expect(await backendUrl(folder, env)).toBe("s3://logged-in");
  project("backend:\n  url: s3://of-the-project\n");
  mkdirSync(join(folder, "deep/er"), { recursive: true });
  expect(await backendUrl(join(folder, "deep/er"), env)).toBe("s3://of-the-project");
  expect(await backendUrl(folder, { ...env, PULUMI_BACKEND_URL: "gs://of-the-variable" })).toBe("gs://of-the-variable");
});

test("credentials are looked for where Pulumi looks for them", async () => {
  credentials({ current: "https://pulumi.acme.example" });
  expect(await backendUrl(folder, { PULUMI_CREDENTIALS_PATH: home, PULUMI_HOME: "/nowhere" })).toBe(
    "https://pulumi.acme.example",
  );
});

test("an access token alone means Pulumi Cloud, or the one that PULUMI_API names", async () => {
  const env = { PULUMI_HOME: home, PULUMI_ACCESS_TOKEN: "pul-1" };
  expect(await backendUrl(folder, env)).toBe("https://api.pulumi.com");
  expect(await backendUrl(folder, { ...env, PULUMI_API: "https://api.acme.example" })).toBe("https://api.acme.example");
});

test.each([
  ["no credentials", undefined],
  ["an empty file of credentials", ""],
  ["having logged out", '{"current":""}'],
])("%s: the error says how to log in", async (_, text) => {
  if (text !== undefined) writeFileSync(join(home, "credentials.json"), text);
  await expect(backendUrl(folder, { PULUMI_HOME: home })).rejects.toThrow(
    "Pulumi is not logged in to a backend. Run pulumi login, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  );
});

test("of encrypted credentials only Pulumi itself knows the backend", async () => {
  credentials({ $pulumiSecureStore: 1, backend: "keychain" });
  expect(await backendUrl(folder, { PULUMI_HOME: home })).toBeUndefined();
});

test("damaged credentials are named", async () => {
  writeFileSync(join(home, "credentials.json"), '{"current":');
  await expect(backendUrl(folder, { PULUMI_HOME: home })).rejects.toThrow(
    /credentials\.json is damaged: run pulumi login/,
  );
});

test("an address of no backend is an error that shows no password", async () => {
  await expect(
    findBackend(folder, { PULUMI_BACKEND_URL: "mysql://ann:pass-word@db/state?key=planted" }),
  ).rejects.toThrow(/^mysql:\/\/…@db\/state\?… is not the address of a backend. Those begin with one of s3:\/\/, /);
});
