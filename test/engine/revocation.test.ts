import { type Account, createAccount } from "../support/account";

let account: Account;

afterEach(() => account.dispose());

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
    actor: {
      id: simulator.keyOwner.id,
      handle: simulator.keyOwner.handle,
      organizationId: simulator.organization.id,
      organizationName: simulator.organization.name,
    },
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

test("what was reviewed is what is revoked: a plan refuses a token that changed, and holds otherwise", async () => {
  account = await createAccount(
    ([reviewed, other]) => `
    const made = new pulumi.dynamic.Resource(
      { create: async () => ({ id: "made", outs: { tokenId: "${other?.id}" } }) }, "made", { tokenId: undefined });
    new TokenRevocation("reviewed", { tokenId: "${reviewed?.id}" });
    new TokenRevocation("known-later", { tokenId: (made as any).tokenId });
  `,
  );
  const { project, simulator, sent, record } = account;
  const [reviewed, other] = account.tokens;
  expect((await project.preview("--save-plan", "plan.json")).code).toBe(0);
  simulator.revoke(reviewed?.id ?? "");
  const refused = await project.up("--plan", "plan.json", "--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("violates plan");
  expect(sent()).not.toContain("DELETE 404");

  simulator.restore(reviewed?.id ?? "");
  expect((await project.preview("--save-plan", "plan.json")).code).toBe(0);
  const planned = await project.up("--plan", "plan.json", "--skip-preview");
  expect(planned.output).not.toContain("violates plan");
  expect(planned.code).toBe(0);
  expect(await record("known-later")).toMatchObject({ outcome: "revoked", snapshot: { name: other?.name } });
});
