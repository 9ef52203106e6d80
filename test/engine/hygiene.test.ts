import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import type { Project } from "../support/engine";
import { configure, createExample } from "../support/example";

const DAY = 86_400_000;

let simulator: Simulator;
let project: Project;
let unused: SimulatedToken[];

beforeAll(async () => {
  ({ project, simulator } = await createExample("hygiene", {
    tokens: 0,
    config: ({ organization }) => ({ organizationId: organization.id }),
  }));
  const add = (name: string, created: number, used: number | null = null) =>
    simulator.addToken({
      name,
      createdAt: Date.now() - created * DAY,
      lastUsedAt: used === null ? null : Date.now() - used * DAY,
    });
  unused = [add("old", 300, 100), add("never-used", 200)];
  add("break-glass", 400);
  add("in-use", 300, 1);
  add("new", 10);
});

const outputs = async () => JSON.parse((await project.run("stack", "output", "--json")).stdout);
const deletions = () => simulator.requests().filter(({ method }) => method === "DELETE");

test("examples/hygiene reports what is unused, and revokes it when enforced", async () => {
  expect((await project.up("--skip-preview")).code).toBe(0);
  const owner = simulator.keyOwner.handle;
  const matched = [
    { tokenId: unused[0]?.id, name: "old", owner, lastUsedAt: expect.stringMatching(/^\d{4}-/) },
    { tokenId: unused[1]?.id, name: "never-used", owner, lastUsedAt: "never" },
  ];
  const lastSweptAt = expect.any(String);
  expect(await outputs()).toEqual({ matched, revoked: 0, failed: 0, lastSweptAt });
  expect(deletions()).toEqual([]);

  await configure(project, { enforce: "true" });
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(await outputs()).toEqual({ matched, revoked: 2, failed: 0, lastSweptAt });
  expect(deletions()).toHaveLength(2);

  const before = await outputs();
  expect((await project.up("--skip-preview")).output).toContain("2 unchanged");
  expect(await outputs()).toEqual(before);
});
