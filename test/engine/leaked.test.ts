import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { type Event, GitHub, type JobRun } from "../support/ci/github";
import { GitLab } from "../support/ci/gitlab";
import type { Project } from "../support/engine";

const NIGHT: Event = { name: "schedule", actor: "merger", sha: "m1" };
const LEAK = { detectedAt: "2026-11-20T08:00:00Z", source: "https://github.com/example/public" };

/** Two tokens that Datadog found leaked. */
function leakTwo(simulator: Simulator): [SimulatedToken, SimulatedToken] {
  const [first, second] = [simulator.addToken({ name: "in-a-gist" }), simulator.addToken({ name: "in-a-log" })];
  for (const { id } of [first, second]) simulator.leak(id, LEAK);
  return [first, second];
}

const outputs = async (project: Project) => JSON.parse((await project.run("stack", "output", "--json")).stdout);

test("examples/leaked reports every night what Datadog found leaked, and revokes it when told to", async () => {
  const github = await GitHub.create("leaked");
  const { simulator, project, deletes, bearerTokens } = github.repository;
  const night = async (): Promise<JobRun> => (await github.run("leaked.yml", NIGHT)).sweep as JobRun;
  expect(await night()).toMatchObject({ result: "success" });
  expect(await outputs(project)).toEqual({ leaked: [], alive: [] });

  const [first, second] = leakTwo(simulator);
  const own = bearerTokens.datadog?.id ?? "";
  // Never matched: a run does not cut off its own branch.
  simulator.leak(own, LEAK);
  const reported = await night();
  expect(reported.result).toBe("failure");
  expect(reported.summary).toContain(first.name);
  expect(reported.output).toMatch(new RegExp(`::error::Datadog found these tokens leaked.*${second.id}`));
  const { leaked, alive } = await outputs(project);
  expect(alive.toSorted()).toEqual([first.id, second.id].toSorted());
  const detectedAt = expect.stringMatching(/^2026-11-20T08:00:00/);
  const owner = simulator.keyOwner.handle;
  expect(leaked).toContainEqual({ tokenId: first.id, name: first.name, owner, detectedAt, source: LEAK.source });
  expect(deletes()).toEqual([]);

  await project.run("config", "set", "enforce", "true");
  expect(await night()).toMatchObject({ result: "success" });
  expect(deletes()).toEqual([204, 204]);
  expect(await outputs(project)).toMatchObject({ alive: [] });
  expect(simulator.find(own)?.revokedAt).toBeNull();

  expect(await night()).toMatchObject({ result: "success" });
  expect(deletes()).toEqual([]);
});

test("its GitLab schedule does the same", async () => {
  const gitlab = await GitLab.create("leaked");
  const { simulator, project, deletes } = gitlab.repository;
  const [first, second] = leakTwo(simulator);
  const night = () => gitlab.run({ source: "schedule", user: "merger", sha: "m1" });
  const [reported] = await night();
  expect(reported).toMatchObject({ job: "sweep", succeeded: false });
  expect(reported?.output).toMatch(new RegExp(`Datadog found these tokens leaked.*${first.id}`));

  // Somebody revokes one of them by hand: the other one is left.
  simulator.revoke(first.id);
  expect(await night()).toMatchObject([{ succeeded: false }]);
  expect(await outputs(project)).toMatchObject({ alive: [second.id] });

  await project.run("config", "set", "enforce", "true");
  expect(await night()).toMatchObject([{ job: "sweep", succeeded: true }]);
  expect(deletes()).toEqual([204]);
});
