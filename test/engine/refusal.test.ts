import { type Account, createAccount } from "../support/account";

let account: Account;

afterEach(() => account.dispose());

const stackTrace = /^\s+at .*\.js/m;

test("a guard refuses before anything is revoked, in a preview too", async () => {
  account = await createAccount(
    ([token]) => `
      new TokenRevocation("guarded", { tokenId: "${token?.id}", expect: { name: "${token?.name}-staging" } });`,
  );
  const { project, sent } = account;
  const name = account.tokens[0]?.name;
  const preview = await project.preview();
  expect(preview.code).not.toBe(0);
  expect(preview.output).toContain(`its name is "${name}", not "${name}-staging" as expect.name says`);
  const up = await project.up("--skip-preview");
  expect(up.code).not.toBe(0);
  expect(sent()).toEqual(["GET 200", "GET 200"]);
  expect(await project.resources(":TokenRevocation")).toEqual([]);
});

test("a token that stays alive fails the deployment, is recorded as alive, and is revoked by the next up", async () => {
  account = await createAccount(([token]) => `new TokenRevocation("stubborn", { tokenId: "${token?.id}" });`);
  const { project, simulator, record } = account;
  simulator.fault({ method: "DELETE", times: 1 }, { kind: "status", status: 204 });
  const failed = await project.up("--skip-preview");
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain(`${account.tokens[0]?.id}: still alive 30 s after Datadog accepted the revocation`);
  expect(await record("stubborn")).toMatchObject({ status: "alive", outcome: "revoked", httpStatus: 204 });

  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(await record("stubborn")).toMatchObject({ status: "revoked", verifiedAt: expect.any(String) });
});

test("an error names the token, Datadog's own words and what to do, and leaves no record", async () => {
  account = await createAccount(([token]) => `new TokenRevocation("forbidden", { tokenId: "${token?.id}" });`);
  const { project, simulator } = account;
  const forbidden = { kind: "status", status: 403, body: { errors: ["Forbidden"] } } as const;
  simulator.fault({ method: "DELETE", times: Number.POSITIVE_INFINITY }, forbidden);
  const { code, output } = await project.up("--skip-preview");
  const id = account.tokens[0]?.id;
  expect(code).not.toBe(0);
  expect(output).toContain(`${id}: not revoked: DELETE /api/v2/personal_access_tokens/${id} at 127.0.0.1`);
  expect(output).toContain('answered 403: "Forbidden". The credentials need the permission');
  expect(output).not.toMatch(stackTrace);
  expect(await project.resources(":TokenRevocation")).toEqual([]);
});

test("without credentials a preview works and says what it could not see, and up fails", async () => {
  account = await createAccount(([token]) => `new TokenRevocation("unseen", { tokenId: "${token?.id}" });`);
  const { project, sent } = account;
  for (const key of ["datadog:apiKey", "datadog:appKey"]) await project.run("config", "rm", key);
  const preview = await project.preview();
  expect(preview.code).toBe(0);
  expect(preview.output).toContain("no Datadog credentials: set DD_API_KEY and DD_APP_KEY");
  const up = await project.up("--skip-preview");
  expect(up.code).not.toBe(0);
  expect(up.output).toContain(`${account.tokens[0]?.id}: not revoked: no Datadog credentials`);
  expect(sent()).toEqual([]);
});

test("what an output brings is checked in the program: one sentence, no stack trace, no secret, no request", async () => {
  account = await createAccount(
    () => `new TokenRevocation("leaked", { tokenId: new pulumi.Config().requireSecret("leaked") });`,
    ([token]) => ({ leaked: { secret: token?.value ?? "" } }),
  );
  const { code, output } = await account.project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain('TokenRevocation "leaked": tokenId is not a token id but looks like a token value');
  expect(output).not.toContain(account.tokens[0]?.value);
  expect(output).not.toMatch(stackTrace);
  expect(account.simulator.requests()).toEqual([]);
});

test("a key in plain configuration is an error that names it, before any request", async () => {
  account = await createAccount(
    ([token]) => `new TokenRevocation("leaked", { tokenId: "${token?.id}" });`,
    (_, { appKey }) => ({ "datadog:appKey": appKey }),
  );
  const { code, output } = await account.project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("the configuration key datadog:appKey holds a secret in plain text");
  expect(output).not.toContain(account.simulator.appKey);
  expect(account.simulator.requests()).toEqual([]);
});
