import { type Account, createAccount } from "../support/account";

let account: Account;

test("a revocation from review to record, and the record's life", async () => {
  const program = (reason: string) => `
    new TokenRevocation("by-id", { tokenId: "${account.tokens[0]?.id}", reason: "${reason}", ticket: "INC-1" });
    new TokenRevocation("by-value", {
      token: new pulumi.Config().requireSecret("leaked"),
      reason: pulumi.secret("planted reason"),
    });
    new TokenRevocation("by-portion", { token: "${account.tokens[2]?.value.slice(0, 28)}" });
    new TokenRevocation("unknown", { tokenId: "00000000-0000-1234-0000-000000000000" });
  `;
  account = await createAccount(
    () => "",
    (tokens) => ({ leaked: { secret: tokens[1]?.value ?? "" } }),
  );
  const { project, simulator, sent, record } = account;
  const tokens = account.tokens.slice(0, 3);
  account.setProgram(program("found in a log"));

  const preview = await project.preview("--diff");
  expect(preview.code).toBe(0);
  for (const { name } of tokens) expect(preview.output).toContain(`name     : "${name}"`);
  expect(preview.output).toMatch(/handle: ".+@example.com"/);
  expect(preview.output).toContain("warning: 00000000-0000-1234-0000-000000000000: Datadog (127.0.0.1");
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual([]);

  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(
    sent()
      .filter((request) => request.startsWith("DELETE"))
      .toSorted(),
  ).toEqual(["DELETE 204", "DELETE 204", "DELETE 204", "DELETE 404"]);
  const actor = {
    id: simulator.keyOwner.id,
    handle: simulator.keyOwner.handle,
    organizationId: simulator.organization.id,
    organizationName: simulator.organization.name,
  };
  const first = await record("by-id");
  expect(first).toEqual({
    __provider: expect.stringContaining('require("pulumi-datadog-revocation/host/tokenRevocation")'),
    tokenId: tokens[0]?.id,
    reason: "found in a log",
    ticket: "INC-1",
    kind: "personal",
    status: "revoked",
    outcome: "revoked",
    httpStatus: 204,
    revokedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    verifiedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    apiUrl: simulator.url,
    actor,
    act: { apiUrl: simulator.url, actor, reason: "found in a log", ticket: "INC-1" },
    snapshot: expect.objectContaining({ tokenId: tokens[0]?.id, name: tokens[0]?.name, kind: "personal" }),
  });
  const unknown = await record("unknown");
  expect(unknown).toMatchObject({ outcome: "alreadyRevoked", httpStatus: 404, status: "revoked" });
  expect(unknown).not.toHaveProperty("verifiedAt");
  expect(unknown).not.toHaveProperty("snapshot");

  const again = await project.up("--skip-preview");
  expect(again.output).toContain("5 unchanged");
  expect(again.output).not.toContain("warning");
  expect(sent()).toEqual([]);

  account.setProgram(program("found in a public log"));
  const edited = await project.up("--skip-preview");
  expect(edited.output).toContain("1 updated");
  expect(sent()).toEqual([]);
  expect(await record("by-id")).toEqual({ ...first, reason: "found in a public log" });

  expect((await project.refresh("--preview-only", "--expect-no-changes")).code).toBe(0);
  expect(sent()).toEqual(["GET 404", "GET 404", "GET 404", "GET 404"]);

  simulator.restore(tokens[0]?.id ?? "");
  const refreshed = await project.refresh();
  expect(refreshed.output).toContain("[diff: ~status]");
  expect((await record("by-id")).status).toBe("alive");
  sent();
  const revokedAgain = await project.up("--skip-preview", "--diff");
  expect(revokedAgain.output).toMatch(/~ status *: "alive" => "revoked"/);
  expect(sent()).toEqual(["GET 200", "DELETE 204", "GET 404"]);
  const second = await record("by-id");
  expect(second).toMatchObject({ status: "revoked", outcome: "revoked", reason: "found in a public log" });
  expect(String(second.revokedAt) > String(first.revokedAt)).toBe(true);

  account.setProgram("");
  const removed = await project.up("--skip-preview");
  expect(removed.output).toContain(`${tokens[0]?.id}: removed from state only. Nothing was sent`);
  expect(sent()).toEqual([]);
  expect(await project.resources(":TokenRevocation")).toEqual([]);

  expect((await project.history()).map(({ kind, result }) => `${kind} ${result}`).reverse()).toEqual(
    ["update", "update", "update", "refresh", "update", "update"].map((kind) => `${kind} succeeded`),
  );
  const stored = project.stateText();
  const value = tokens[1]?.value ?? "";
  for (const secret of [value, value.slice(-20), "planted reason", simulator.apiKey, simulator.appKey]) {
    expect(stored).not.toContain(secret);
  }
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
