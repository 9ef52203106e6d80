import { type Account, createAccount } from "../support/account";

let account: Account;

test("a service account's token is reviewed with its owner, and revoked by its account's path", async () => {
  account = await createAccount(() => "", undefined, { strictServiceTokens: true, tokens: 20 });
  const { project, simulator, record } = account;
  const tokens = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId !== undefined);
  const [one, two, three, four] = tokens;
  account.setProgram(`
    new TokenRevocation("by-value", { token: pulumi.secret("${one?.value}") });
    new TokenRevocation("by-portion", { token: "${two?.value.slice(0, 28)}" });
    new TokenRevocation("by-id", { tokenId: "${three?.id}" });
    new TokenRevocation("by-account", { tokenId: "${four?.id}", serviceAccountId: "${four?.serviceAccountId}" });
  `);
  const preview = await project.preview("--diff");
  expect(preview.code).toBe(0);
  expect(preview.output).not.toContain("warning");
  expect(preview.output.match(/^ {8}kind +: "service"/gm)).toHaveLength(4);
  for (const { name, serviceAccountId } of tokens) {
    expect(preview.output).toContain(`name     : "${name}"`);
    expect(preview.output).toMatch(new RegExp(`owner    : \\{[^}]*id +: "${serviceAccountId}"`));
  }

  expect((await project.up("--skip-preview")).code).toBe(0);
  const deletes = simulator.requests().filter(({ method }) => method === "DELETE");
  expect(deletes.map(({ path, status }) => `${path} ${status}`).toSorted()).toEqual(
    tokens
      .map(({ id, serviceAccountId }) => `/api/v2/service_accounts/${serviceAccountId}/access_tokens/${id} 204`)
      .toSorted(),
  );
  expect(await record("by-id")).toMatchObject({ kind: "service", outcome: "revoked", verifiedAt: expect.any(String) });
  expect((await project.refresh("--preview-only", "--expect-no-changes")).code).toBe(0);
});

test("the run's own token, as bearer and as application key, is refused; with allowSelf and dependsOn it goes last", async () => {
  account = await createAccount(() => "");
  const { project, simulator, record, deleted } = account;
  const [one, two, three] = account.tokens;
  const scopes = ["org_app_keys_read", "org_app_keys_write", "user_access_read"];
  const [bearer, key] = [simulator.addToken({ scopes }), simulator.addToken({ scopes })];
  for (const name of ["datadog:apiKey", "datadog:appKey"]) await project.run("config", "rm", name);
  const program = (allowSelf: boolean) => `
    const others = ["${one?.id}", "${two?.id}"].map((tokenId) => new TokenRevocation(tokenId, { tokenId }));
    new TokenRevocation("bearer", { tokenId: "${bearer?.id}", allowSelf: ${allowSelf} }, { dependsOn: others });
  `;

  project.env.DD_BEARER_TOKEN = bearer?.value ?? "";
  account.setProgram(program(false));
  const refused = await project.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(`${bearer?.id}: refused, not revoked: this run authenticates with it`);

  account.setProgram(program(true));
  const early = await project.up("--skip-preview", "--target", "**::bearer");
  expect(early.code).not.toBe(0);
  expect(deleted()).toEqual([]);

  const byBearer = await project.up("--skip-preview");
  expect(byBearer.code).toBe(0);
  expect(byBearer.output).toContain(`${bearer?.id}: Datadog accepted the revocation, but it is not verified`);
  const all = deleted();
  expect(all.at(-1)).toBe(bearer?.id);
  expect(all.toSorted()).toEqual([one?.id, two?.id, bearer?.id].toSorted());
  const own = await record("bearer");
  expect(own).toMatchObject({
    status: "revoked",
    outcome: "revoked",
    httpStatus: 204,
    snapshot: { name: bearer?.name },
  });
  expect(own).not.toHaveProperty("verifiedAt");

  delete project.env.DD_BEARER_TOKEN;
  project.env.DD_APP_KEY = key?.value ?? "";
  account.setProgram(`${program(true)}
    const other = new TokenRevocation("other", { tokenId: "${three?.id}" });
    new TokenRevocation("key", { token: pulumi.secret("${key?.value}"), allowSelf: true }, { dependsOn: other });
  `);
  const byKey = await project.up("--skip-preview");
  expect(byKey.code).toBe(0);
  expect(byKey.output).toContain(`${key?.id}: Datadog accepted the revocation, but it is not verified`);
  expect(deleted()).toEqual([three?.id, key?.id]);
  const last = simulator.requests().at(-1);
  expect(last).toMatchObject({ method: "DELETE", authentication: "token as application key", status: 204 });
  expect(await record("key")).not.toHaveProperty("verifiedAt");
  expect((await project.up("--skip-preview")).output).toContain("6 unchanged");
  expect(simulator.requests().at(-1)).toBe(last);
});

test("two resources of one token: named both where the program shows it, one DELETE where it does not", async () => {
  account = await createAccount(() => "");
  const { project, sent, record } = account;
  const [one, two] = account.tokens;
  account.setProgram(`
    new TokenRevocation("first", { tokenId: "${one?.id}" });
    new TokenRevocation("second", { token: "${one?.value.slice(0, 28)}" });
  `);
  const literal = await project.up("--skip-preview");
  expect(literal.code).not.toBe(0);
  expect(literal.output).toContain(
    `TokenRevocation "second": token ${one?.id} is declared twice, first by TokenRevocation "first": remove one of the two`,
  );
  expect(literal.output).not.toMatch(/^\s+at .*\.js/m);
  await expect(record("second")).rejects.toThrow("not in state");
  sent();

  const hidden = `pulumi.output(Promise.resolve("${two?.id}"))`;
  account.setProgram(`
    new TokenRevocation("third", { tokenId: ${hidden}, reason: "one" });
    new TokenRevocation("fourth", { tokenId: ${hidden}, reason: "two" });
  `);
  const both = await project.up("--skip-preview");
  expect(both.code).toBe(0);
  expect(both.output).not.toContain("warning");
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE 204"]);
  const third = await record("third");
  expect(third).toMatchObject({ outcome: "revoked", reason: "one", verifiedAt: expect.any(String) });
  const act = { ...(third?.act as object), reason: "two" };
  expect(await record("fourth")).toEqual({ ...third, reason: "two", act });
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
