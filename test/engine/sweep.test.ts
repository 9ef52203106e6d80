import { type Account, createAccount } from "../support/account";
import { face } from "../support/face";

let account: Account;

const DAY = 86_400_000;

test("a sweep: report, fuse, plans that hold what was reviewed, and quiet once all is done", async () => {
  account = await createAccount(() => "", undefined, { tokens: 5 });
  const { simulator, project, sent } = account;
  const add = (name: string, days: number) => simulator.addToken({ name, createdAt: Date.now() - days * DAY });
  const unused = [add("hygiene/a", 102), add("hygiene/b", 101)];
  const ids = unused.map(({ id }) => id).sort();
  // A function of the plugin's is called in previews as soon as its arguments are known.
  const late = face === "plugin" ? "sweep.lastSweptAt.apply(() => criteria)" : "criteria";
  const program = (args: string): void =>
    account.setProgram(`
      import { getTokens, getTokensOutput, TokenSweep } from "pulumi-datadog-revocation";
      const sweep = new TokenSweep("hygiene", { where: { namePattern: "hygiene/*", olderThan: "90d" }, ${args} });
      export const { matched, records } = sweep;
      export const named = getTokens({ namePattern: "hygiene/?" }).then((tokens) => tokens.map(({ name }) => name));
      const criteria = { namePattern: "hygiene/*" };
      export const left = getTokensOutput(${late}, { dependsOn: sweep }).length;
    `);
  const outputs = async () => (await project.resources("pulumi:pulumi:Stack"))[0]?.outputs ?? {};
  const counted = (count: number, all: number): string =>
    `TokenSweep (namePattern hygiene/*; olderThan 90d): ${count} of ${all} tokens of `;

  program("");
  const reported = await project.up("--skip-preview");
  expect(reported.code).toBe(0);
  expect(reported.output).toContain(counted(2, 7));
  expect(reported.output).toMatch(
    new RegExp(`${unused[0]?.id}  hygiene/a  \\S+@example.com +102d +never +in 89d +namePattern, olderThan: 102d`),
  );
  expect(await outputs()).toMatchObject({ records: [], named: ["hygiene/a", "hygiene/b"], left: 2 });

  program("enforce: true, maxRevocations: 1");
  const fused = await project.preview();
  expect(fused.code).not.toBe(0);
  expect(fused.output).toContain("it would revoke 2 tokens, and maxRevocations allows 1: nothing is revoked");

  program("enforce: true");
  expect((await project.preview("--save-plan", "plan.json")).code).toBe(0);
  const another = add("hygiene/c", 100);
  const refused = await project.up("--plan", "plan.json", "--skip-preview");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/violates plan.*matched/);
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual([]);

  simulator.revoke(another.id);
  const preview = await project.preview("--save-plan", "plan.json");
  expect(preview.output).toContain("They are to be revoked");
  const headers = { Authorization: `Bearer ${unused[1]?.value}` };
  expect((await fetch(`${simulator.url}/api/v2/current_user`, { headers })).status).toBe(200);
  const planned = await project.up("--plan", "plan.json", "--skip-preview");
  expect(planned).toMatchObject({ code: 0, output: expect.not.stringContaining("violates plan") });
  expect(sent().filter((request) => request.startsWith("DELETE"))).toEqual(["DELETE 204", "DELETE 204"]);
  const revoked = expect.objectContaining({
    records: ids.map((tokenId) =>
      expect.objectContaining({ tokenId, outcome: "revoked", verifiedAt: expect.any(String) }),
    ),
    matched: [
      expect.objectContaining({ tokenId: unused[0]?.id, lastUsedAt: null }),
      expect.objectContaining({ tokenId: unused[1]?.id, lastUsedAt: expect.any(String) }),
    ],
    left: 0,
  });
  expect(await outputs()).toEqual(revoked);

  const again = await project.up("--refresh", "--skip-preview");
  expect(again.code).toBe(0);
  expect(again.output).toContain("2 unchanged");
  expect(again.output).not.toMatch(/Diagnostics|TokenSweep \(/);
  expect(sent().filter((request) => !request.startsWith("GET 200"))).toEqual([]);
  expect(await outputs()).toEqual(revoked);
});
