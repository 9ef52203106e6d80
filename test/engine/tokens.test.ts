import { type Account, createAccount } from "../support/account";

let account: Account;

afterEach(() => account.dispose());

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
  const { project, simulator, record } = account;
  const [bearer, one, two, key, three] = account.tokens;
  for (const name of ["datadog:apiKey", "datadog:appKey"]) await project.run("config", "rm", name);
  const program = (allowSelf: boolean) => `
    const others = ["${one?.id}", "${two?.id}"].map((tokenId) => new TokenRevocation(tokenId, { tokenId }));
    new TokenRevocation("bearer", { tokenId: "${bearer?.id}", allowSelf: ${allowSelf} }, { dependsOn: others });
  `;
  const deletes = () =>
    simulator.requests().flatMap(({ method, path }) => (method === "DELETE" ? path.split("/").slice(-1) : []));

  project.env.DD_BEARER_TOKEN = bearer?.value ?? "";
  account.setProgram(program(false));
  const refused = await project.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(`${bearer?.id}: refused, not revoked: it authenticates this very run`);

  account.setProgram(program(true));
  const early = await project.up("--skip-preview", "--target", "**::bearer");
  expect(early.code).not.toBe(0);
  expect(deletes()).toEqual([]);

  const byBearer = await project.up("--skip-preview");
  expect(byBearer.code).toBe(0);
  expect(byBearer.output).toContain(`${bearer?.id}: Datadog accepted the revocation, but it is not verified`);
  expect(deletes().at(-1)).toBe(bearer?.id);
  expect(deletes().toSorted()).toEqual([one?.id, two?.id, bearer?.id].toSorted());
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
  expect(deletes().slice(3)).toEqual([three?.id, key?.id]);
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
    `TokenRevocation "second": token ${one?.id} is revoked by TokenRevocation "first" already: remove one of the two`,
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
  expect(await record("fourth")).toEqual({ ...third, reason: "two" });
});

test("a wrong organization is caught in a preview", async () => {
  account = await createAccount(() => "");
  const { project, simulator, sent } = account;
  const { organization: other } = simulator.addOrganization({ name: "Staging" });
  const { organization } = simulator;
  account.setProgram(`new TokenRevocation("elsewhere", {
    tokenId: "${account.tokens[0]?.id}",
    expect: { organizationId: "${other.id}" },
  });`);
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain(
    `${account.tokens[0]?.id}: refused, not revoked: organization "${organization.name}" ${organization.id} answers, ` +
      `not ${other.id} as expect.organizationId says`,
  );
  expect(sent()).toEqual(["GET 200"]);
});

test("another token id replaces: the new one is revoked, then the old record forgotten; added again it is alreadyRevoked", async () => {
  account = await createAccount(([one]) => `new TokenRevocation("leaked", { tokenId: "${one?.id}" });`);
  const { project, simulator, sent, record } = account;
  const [one, two] = account.tokens;
  expect((await project.up("--skip-preview")).code).toBe(0);
  // Whether it came back does not matter: nothing is sent about it.
  simulator.restore(one?.id ?? "");
  sent();

  account.setProgram(`new TokenRevocation("leaked", { tokenId: "${two?.id}" });`);
  const replaced = await project.up("--skip-preview");
  expect(replaced.code).toBe(0);
  expect(replaced.output).toContain("+-1 replaced");
  expect(replaced.output).toMatch(
    new RegExp(`created replacement[^]*${one?.id}: removed from state only. Nothing was`),
  );
  expect(sent()).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  expect(simulator.find(one?.id ?? "")?.revokedAt).toBeNull();
  expect(await record("leaked")).toMatchObject({ outcome: "revoked", snapshot: { name: two?.name } });

  account.setProgram("");
  expect((await project.up("--skip-preview")).output).toContain(`${two?.id}: removed from state only`);
  expect(sent()).toEqual([]);

  account.setProgram(`new TokenRevocation("leaked", { tokenId: "${two?.id}" });`);
  const added = await project.up("--skip-preview");
  expect(added.code).toBe(0);
  expect(added.output).toMatch(new RegExp(`warning: ${two?.id}: Datadog .* It counts as alreadyRevoked`));
  expect(await record("leaked")).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404 });
});

test("up --strict refuses what changed after its own preview, and a plan holds when only the last use moved", async () => {
  account = await createAccount(([one]) => `new TokenRevocation("strict", { tokenId: "${one?.id}" });`);
  const { project, simulator, sent, until, record } = account;
  const [one, two] = account.tokens;
  const changing = project.up("--strict");
  await until("GET 200");
  simulator.revoke(one?.id ?? "");
  const refused = await changing;
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("violates plan");
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual([]);

  simulator.restore(one?.id ?? "");
  const steady = project.up("--strict");
  await until("GET 200");
  await use(one?.value ?? "");
  expect((await steady).code).toBe(0);
  expect(await record("strict")).toMatchObject({ outcome: "revoked", snapshot: { lastUsedAt: lastUse(one) } });

  account.setProgram(`
    new TokenRevocation("strict", { tokenId: "${one?.id}" });
    export const { snapshot, actor, outcome } = new TokenRevocation("planned", { tokenId: "${two?.id}" });
  `);
  expect((await project.preview("--save-plan", "plan.json")).code).toBe(0);
  await use(two?.value ?? "");
  expect((await project.up("--skip-preview", "--plan", "plan.json")).code).toBe(0);
  expect(await record("planned")).toMatchObject({ outcome: "revoked", snapshot: { lastUsedAt: lastUse(two) } });

  async function use(value: string): Promise<void> {
    const headers = { Authorization: `Bearer ${value}` };
    expect((await fetch(`${simulator.url}/api/v2/current_user`, { headers })).status).toBe(200);
  }

  function lastUse(token: { id: string } | undefined): string {
    return new Date(simulator.find(token?.id ?? "")?.lastUsedAt ?? 0).toISOString();
  }
});
