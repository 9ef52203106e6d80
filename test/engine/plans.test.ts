import { type Account, createAccount } from "../support/account";

let account: Account;

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
