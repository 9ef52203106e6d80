import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBackend } from "../../../../../cli/audit/backends/backend";
import { backendUrl } from "../../../../../cli/audit/backends/backendUrl";
import { withoutSecrets } from "../../../../../cli/audit/backends/storeAddress";

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

test.each([
  [
    "mysql://ann:pass-word@db/state?key=pass-word",
    /^mysql:\/\/ is not one that audit can read: it must begin with one of s3:/,
  ],
  ["mysql://ann:any/pass-word@db/state", /^mysql:\/\/ is not one that audit can read/],
  ["s3:state?key=pass-word", /^The backend's address is not one that audit can read/],
  ["postgres://ann:any/pass-word@db/state", /^The backend's address is not a URL: encode what is special in it/],
  ["s3://st ate?key=pass-word", /^The backend's address is not a URL/],
  ["s3:///folder?key=pass-word", /^The backend's address names no bucket or container: write it like s3:\/\/NAME\.$/],
  ["gs://", /names no bucket or container/],
])("an address that cannot be used is an error that shows no password: %s", async (url, said) => {
  const refused = await findBackend(folder, { PULUMI_BACKEND_URL: url }).catch(({ message }: Error) => message);
  expect(refused).toMatch(said);
  expect(refused).not.toContain("pass-word");
});

test("a password with an @ and a space is taken out whole", () => {
  expect(withoutSecrets('parse "postgres://ann:p@ss word@db/state": invalid userinfo')).toBe(
    'parse "postgres://…@db/state": invalid userinfo',
  );
});
