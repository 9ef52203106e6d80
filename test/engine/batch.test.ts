import { createAccount } from "../support/account";
import { face } from "../support/face";

/** A program with one batch. */
const declare = (tokens: readonly string[], args: object = {}, options: object = {}): string =>
  `const leak = new TokenRevocationBatch("leak", ${JSON.stringify({ tokens, ...args })}, ${JSON.stringify(options)});
  export const { summary } = leak;\n`;

test("a batch from review to records: a failure stops nothing and is tried alone, tokens come and go, plans refuse", async () => {
  const account = await createAccount(() => "", undefined, { tokens: 60 });
  const { project, simulator, deleted } = account;
  const { tokens } = simulator;
  const ids = tokens.map(({ id }) => id);
  const [listed, added] = [ids.slice(0, 50), ids.slice(50, 52)];
  const values = tokens.slice(0, 20).map(({ value }) => value);
  // A second name of some: they count once.
  account.setProgram(
    `const tokens = ${JSON.stringify([...values, ...listed])};
     new TokenRevocationBatch("leak", { tokens: pulumi.secret(tokens), reason: pulumi.secret("planted reason") });`,
  );

  const preview = await project.preview();
  expect(preview.code).toBe(0);
  expect(preview.output).toContain(
    `TokenRevocationBatch "leak": 50 tokens to revoke; Datadog (${new URL(simulator.url).host}, ` +
      `organization "${simulator.organization.name}" ${simulator.organization.id}) knows all of them`,
  );
  expect(preview.output).toContain("20 of the 70 listed are repeats and count once");
  const shown = tokens.slice(0, 50).filter(({ id, name }) => new RegExp(`${id}  +${name} `).test(preview.output));
  expect(shown).toHaveLength(20);
  expect(preview.output).toContain("… and 30 more");
  expect(deleted()).toEqual([]);

  const bad = listed.find((id) => !tokens.find((token) => token.id === id)?.serviceAccountId) ?? "";
  const fault = simulator.fault(
    { method: "DELETE", path: new RegExp(bad), times: Number.POSITIVE_INFINITY },
    { kind: "status", status: 403, body: { errors: ["Forbidden"] } },
  );
  account.setProgram(declare(listed));
  const failing = await project.up("--skip-preview");
  fault.remove();
  expect(failing.code).not.toBe(0);
  // The plugin's half of a batch answers for all shards at once, and the program's SDK adds that its component failed.
  const who = face === "plugin" ? 'TokenRevocationBatch "leak"' : `TokenRevocationBatch "leak", shard ${bad[0]}`;
  expect(failing.output).toMatch(
    new RegExp(`error: .*${who}: 1 failed; the next pulumi up tries again.\\s+${bad}: not`),
  );
  if (face === "dynamic") expect(failing.output).not.toMatch(/^\s+at .*\.[jt]s/m);
  expect(new Set(deleted())).toEqual(new Set(listed));
  const first = await project.recorded();
  expect(await project.resources(":TokenRevocationShard")).toHaveLength(16);
  expect(first.records.map(({ tokenId }) => tokenId)).toEqual(listed.filter((id) => id !== bad).toSorted());
  for (const { tokenId, outcome, snapshot } of first.records) {
    expect([outcome, snapshot?.name]).toEqual(["revoked", tokens.find(({ id }) => id === tokenId)?.name]);
  }
  expect(first.failures).toMatchObject([{ tokenId: bad, httpStatus: 403 }]);

  const retried = await project.up("--skip-preview");
  expect(retried.code).toBe(0);
  expect(retried.output).toContain("~ 1 updated");
  expect(deleted()).toEqual([bad]);
  // Without the component there were no outputs of the stack.
  expect(retried.output).toMatch(face === "plugin" ? /revoked +: 50/ : /revoked +: 49 => 50/);

  const requests = simulator.requests().length;
  account.setProgram(declare(listed.toReversed()));
  const quiet = await project.up("--skip-preview");
  expect(quiet.output).toContain("18 unchanged");
  expect(quiet.output).not.toMatch(/warning|info:|tokens/);
  expect(simulator.requests(requests)).toEqual([]);

  account.setProgram(declare([...listed.slice(3), ...added]));
  expect((await project.preview("--save-plan", "plan.json")).code).toBe(0);
  account.setProgram(declare([...listed.slice(3), ...added, ids[52] ?? ""]));
  const refused = await project.up("--skip-preview", "--plan", "plan.json");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("violates plan");
  expect(deleted()).toEqual([]);
  account.setProgram(declare([...listed.slice(3), ...added]));
  expect((await project.up("--skip-preview", "--plan", "plan.json")).code).toBe(0);
  expect(deleted().toSorted()).toEqual(added.toSorted());
  const last = await project.recorded();
  expect(last.records.map(({ tokenId }) => tokenId)).toEqual([...listed.slice(3), ...added].toSorted());

  const stored = project.stateText();
  for (const secret of [...values.map((value) => value.slice(-20)), "planted reason", simulator.appKey]) {
    expect(stored).not.toContain(secret);
  }
});

test("a list over the fuse, or with a member that names no token, declares nothing and is told in a sentence", async () => {
  const account = await createAccount(
    ([one, two]) => `
    const later = pulumi.secret(Promise.resolve(["${one?.id}", "${two?.value}"]));
    new TokenRevocationBatch("leak", { tokens: later, maxRevocations: 1 });
  `,
  );
  const { project, tokens, deleted } = account;
  const fused = await project.up("--skip-preview");
  expect(fused.code).not.toBe(0);
  expect(fused.output).toContain('TokenRevocationBatch "leak": it lists 2 tokens, and maxRevocations allows 1');
  if (face === "dynamic") expect(fused.output).not.toMatch(/^\s+at .*\.[jt]s/m);
  const value = tokens[1]?.value ?? "";
  account.setProgram(`new TokenRevocationBatch("leak", { tokenIds: pulumi.output(["${value}x"]) });`);
  const malformed = await project.up("--skip-preview");
  expect(malformed.code).not.toBe(0);
  expect(malformed.output).toContain('TokenRevocationBatch "leak": tokenIds holds members that name no token: [0] ');
  expect(malformed.output + project.stateText()).not.toContain(value.slice(-20));
  expect(await project.resources(":TokenRevocationShard")).toEqual([]);
  expect(deleted()).toEqual([]);
});

test("batches of one name under different parents keep their previews apart; the engine's switches for logs and traces leave warnings warnings", async () => {
  const account = await createAccount(() => "");
  const { project, tokens } = account;
  const [one, two, three] = tokens.map(({ id }) => id);
  const unknown = "00000000-0000-1234-0000-000000000000";
  account.setProgram(`
    const below = (type: string, tokenIds: string[]) => {
      const parent = new pulumi.ComponentResource(\`test:index:\${type}\`, "parent");
      new TokenRevocationBatch("leak", { tokenIds }, { parent });
    };
    below("One", ["${one}"]);
    below("Two", ["${two}", "${three}"]);
    new TokenRevocation("unknown", { tokenId: "${unknown}" });
  `);
  const preview = await project.preview(
    "--logtostderr",
    "--logflow",
    "-v=3",
    "--tracing",
    `file:${project.folder}/trace`,
  );
  expect(preview.code).toBe(0);
  const counts = preview.stdout.matchAll(/TokenRevocationBatch "leak": (\d) tokens? to revoke; .* knows all/g);
  expect(new Set([...counts].map(([, count]) => count))).toEqual(new Set(["1", "2"]));
  expect(preview.stdout).toContain(`warning: ${unknown}: Datadog (127.0.0.1`);
});
