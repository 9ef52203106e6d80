import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { Project } from "../support/engine";
import { configure, createExample } from "../support/example";

// The plugin of @pulumi/datadog, which finds the user, is a stand-in: test/support/datadogPlugin.mts.

let simulator: Simulator;
let project: Project;

beforeAll(async () => {
  ({ project, simulator } = await createExample("offboarding", {
    tokens: 40,
    config: ({ organization }) => ({ leaver: "Maria Silva", organizationId: organization.id, ticket: "HR-7" }),
    datadogPlugin: true,
  }));
});

test("examples/offboarding refuses an address that is none, and more tokens than the fuse allows", async () => {
  const wrong = await project.preview();
  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain('"Maria Silva" is the name of maria.silva@example.com, not an address');
  expect(wrong.output).not.toMatch(/^\s+at /m);

  await configure(project, { leaver: "maria.silva@example.com", maxRevocations: "1" });
  const fused = await project.preview();
  expect(fused.code).not.toBe(0);
  expect(fused.output).toMatch(/it would revoke \d+ tokens, and maxRevocations allows 1: nothing is revoked/);
});

test("examples/offboarding revokes the leaver's tokens alone, later ones too, and keeps all records", async () => {
  const states = () => simulator.tokens.flatMap(({ id }) => simulator.find(id) ?? []);
  const theirs = states().filter(({ owner }) => owner.handle === "maria.silva@example.com");
  await configure(project, { leaver: "maria.silva@example.com", maxRevocations: "10" });

  const preview = await project.preview("--save-plan", "plan.json");
  for (const { id, name } of theirs) expect(preview.output).toMatch(new RegExp(`${id} +${name} `));
  const up = await project.up("--skip-preview", "--plan", "plan.json");
  expect(up.code).toBe(0);
  const revoked = states().filter(({ revokedAt }) => revokedAt !== null);
  expect(revoked.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));

  const later = simulator.addToken({ ownerId: theirs[0]?.owner.id ?? "" });
  expect((await project.up("--skip-preview")).code).toBe(0);
  const [sweep] = await project.resources(":TokenSweep");
  const expected = [...theirs, later].map(({ id }) => expect.objectContaining({ tokenId: id, outcome: "revoked" }));
  expect(sweep?.outputs?.records).toHaveLength(expected.length);
  expect(sweep?.outputs?.records).toEqual(expect.arrayContaining(expected));
});
