import { createAccount } from "../support/account";

/** A program with one batch. */
const declare = (tokens: readonly string[], args: object = {}, options: object = {}): string =>
  `const leak = new TokenRevocationBatch("leak", ${JSON.stringify({ tokens, ...args })}, ${JSON.stringify(options)});
  export const { summary } = leak;\n`;

test("--exclude, --target, ignoreChanges, and a refresh that finds a token alive again", async () => {
  const account = await createAccount(() => "", undefined, { tokens: 40 });
  const { project, simulator, deleted } = account;
  const ids = simulator.tokens.map(({ id }) => id);
  const [listed, other] = [ids.slice(0, 36), ids[36] ?? ""];
  const excluded = listed[0]?.[0];
  account.setProgram(declare(listed));

  const targeted = await project.up("--skip-preview", "--target", "**::leak");
  expect(targeted.code).toBe(0);
  expect(deleted()).toEqual([]);
  const most = await project.up("--skip-preview", "--exclude", `**::leak-${excluded}`);
  expect(most.code).toBe(0);
  expect(deleted().toSorted()).toEqual(listed.filter((id) => id[0] !== excluded).toSorted());
  const rest = await project.up("--skip-preview", "--target", "**::leak", "--target-dependents");
  expect(rest.code).toBe(0);
  expect(deleted().toSorted()).toEqual(listed.filter((id) => id[0] === excluded).toSorted());

  account.setProgram(declare([...listed, other], {}, { ignoreChanges: ["tokens"] }));
  expect((await project.up("--skip-preview")).output).toContain("18 unchanged");
  expect(simulator.find(other)?.revokedAt).toBeNull();

  account.setProgram(declare(listed));
  const [back] = listed;
  simulator.restore(back ?? "");
  const refreshed = await project.refresh("--skip-preview");
  expect(refreshed.code).toBe(0);
  expect(refreshed.output).toMatch(/~ 1 updated/);
  expect((await project.recorded()).records.filter(({ status }) => status === "alive")).toMatchObject([
    { tokenId: back },
  ]);
  deleted();
  const again = await project.up();
  expect(again.code).toBe(0);
  expect(again.output).toContain('TokenRevocationBatch "leak": 1 token to revoke');
  expect(deleted()).toEqual([back]);
  expect((await project.recorded()).records.filter(({ status }) => status !== "revoked")).toEqual([]);
  expect((await project.refresh("--preview-only", "--expect-no-changes")).code).toBe(0);
});
