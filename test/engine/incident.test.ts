import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import type { Project } from "../support/engine";
import { configure, createExample } from "../support/example";
import { runCommand } from "../support/processes";

const command = require.resolve("pulumi-datadog-revocation/package.json").replace("package.json", "dist/cli/main.js");

let simulator: Simulator;
let project: Project;
/** One of them is a service account's. */
let leaked: SimulatedToken[];

beforeAll(async () => {
  ({ project, simulator } = await createExample("incident", {
    config: () => ({ ticket: "INC-7", reportedAt: "2026-01-01T00:00:00Z", requestedBy: "ana", maxRevocations: "2" }),
  }));
  leaked = simulator.tokens.slice(2, 5);
  await configure(project, { report: report(), organizationId: simulator.organization.id });
});

/** Not in the program's folder, which is searched for secrets. */
const report = () => join(project.folder, "../report.json");

/** As gitleaks reports what a rule of one's own finds. */
function finding({ value }: SimulatedToken, line: number): object {
  const Match = `DD_TOKEN="${value}"`;
  return { RuleID: "datadog-access-token", Description: "", StartLine: line, Match, Secret: value, File: "build.log" };
}

const revoked = () => simulator.tokens.filter(({ id }) => simulator.find(id)?.revokedAt !== null).map(({ id }) => id);

test("examples/incident revokes what a scanner reported, no more than the fuse allows, and keeps no value", async () => {
  const findings = leaked.map(finding);
  writeFileSync(report(), JSON.stringify([...findings, ...findings], undefined, 1));
  const fused = await project.preview();
  expect(fused.code).not.toBe(0);
  expect(fused.output).toContain("it lists 3 tokens, and maxRevocations allows 2");

  await configure(project, { maxRevocations: "10" });
  const preview = await project.preview("--save-plan", "plan.json");
  const nameOf = ({ id, serviceAccountId }: SimulatedToken): string =>
    simulator.serviceAccounts.find((account) => account.id === serviceAccountId)?.name ??
    simulator.find(id)?.owner.handle ??
    "";
  const owners = [...new Set(leaked.map(nameOf))].toSorted();
  for (const text of [...leaked.map(({ name }) => name), ...owners]) expect(preview.output).toContain(text);
  expect(revoked()).toEqual([]);

  const up = await project.up("--skip-preview", "--plan", "plan.json");
  expect(up.code).toBe(0);
  expect(revoked()).toEqual(leaked.map(({ id }) => id));
  const outputs = await project.run("stack", "output", "--json");
  expect(JSON.parse(outputs.stdout)).toEqual({
    summary: { revoked: 3, alreadyRevoked: 0, failed: 0, total: 3 },
    owners,
  });

  // The same tokens and one more, as the command names them.
  const [another] = simulator.tokens;
  const log = join(project.folder, "../build.log");
  writeFileSync(log, [...leaked, another].map((token) => `DD_TOKEN=${token?.value}\n`).join(""));
  const options = { cwd: project.folder, env: project.env, timeout: 240_000 };
  const identified = await runCommand(process.execPath, [command, "identify", "--format", "json", log], options);
  writeFileSync(report(), identified.stdout);
  const since = simulator.requests().length;
  const more = await project.up("--skip-preview");
  expect(more.code).toBe(0);
  expect(simulator.requests(since).filter(({ method }) => method === "DELETE")).toHaveLength(1);
  expect(simulator.find(another?.id ?? "")?.revokedAt).not.toBeNull();

  const everything = [fused, preview, up, identified, more].map(({ output }) => output).join() + project.stateText();
  for (const token of [...leaked, another]) expect(everything).not.toContain(token?.value.slice(-36));
});
