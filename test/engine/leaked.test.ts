import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { type Event, GitHub, type JobRun } from "../support/ci/github";
import { GitLab } from "../support/ci/gitlab";
import type { Repository } from "../support/ci/repository";
import type { Project } from "../support/engine";

const NIGHT: Event = { name: "schedule", actor: "merger", sha: "m1" };
const LEAK = { detectedAt: "2026-11-20T08:00:00Z", source: "https://github.com/example/public" };

/** Two tokens that Datadog found leaked. */
function leakTwo(simulator: Simulator): [SimulatedToken, SimulatedToken] {
  const [first, second] = [simulator.addToken({ name: "in-a-gist" }), simulator.addToken({ name: "in-a-log" })];
  for (const { id } of [first, second]) simulator.leak(id, LEAK);
  return [first, second];
}

/** What the sweep says in every run of a token that the run itself uses. */
const ofItself = (tokenId: string): string =>
  `${tokenId}: found leaked by Datadog, and it authenticates this very run: not revoked. Create a new token, run with that one, then revoke this one`;

/** Lets Datadog find the run's own token leaked. */
function leakOwn({ simulator, bearerTokens }: Repository): string {
  const own = bearerTokens.datadog?.id ?? "";
  simulator.leak(own, LEAK);
  return own;
}

const outputs = async (project: Project) => JSON.parse((await project.run("stack", "output", "--json")).stdout);

test("examples/leaked reports every night what Datadog found leaked, and revokes it when told to", async () => {
  const github = await GitHub.create("leaked");
  const { simulator, project, deletes } = github.repository;
  const night = async (): Promise<JobRun> => (await github.run("leaked.yml", NIGHT)).sweep as JobRun;
  expect(await night()).toMatchObject({ result: "success" });
  expect(await outputs(project)).toEqual({ leaked: [], alive: [] });

  const [first, second] = leakTwo(simulator);
  const reported = await night();
  expect(reported.result).toBe("failure");
  expect(reported.summary).toContain(first.name);
  expect(reported.output).toMatch(new RegExp(`::error::Datadog found these tokens leaked.*${second.id}`));
  const { leaked, alive } = await outputs(project);
  expect(alive.toSorted()).toEqual([first.id, second.id].toSorted());
  const detectedAt = expect.stringMatching(/^2026-11-20T08:00:00/);
  const owner = simulator.keyOwner.handle;
  expect(leaked).toContainEqual({
    tokenId: first.id,
    name: first.name,
    owner,
    detectedAt,
    source: LEAK.source,
    revoked: false,
  });
  expect(deletes()).toEqual([]);

  await project.run("config", "set", "enforce", "true");
  expect(await night()).toMatchObject({ result: "success" });
  expect(deletes()).toEqual([204, 204]);
  // Every later night shows them still, as what they are.
  expect(await outputs(project)).toMatchObject({ leaked: [{ revoked: true }, { revoked: true }], alive: [] });

  expect(await night()).toMatchObject({ result: "success" });
  expect(deletes()).toEqual([]);

  // Never matched: a run does not cut off its own branch. But it is not green either.
  const own = leakOwn(github.repository);
  const warned = await night();
  expect(warned.result).toBe("failure");
  expect(warned.output).toContain("::error::Datadog found the token leaked that this run uses: make a new token");
  expect(warned.output).not.toContain("they are not revoked");
  expect(warned.summary).toContain(ofItself(own));
  expect(simulator.find(own)?.revokedAt).toBeNull();
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

  const own = leakOwn(gitlab.repository);
  const [warned] = await night();
  expect(warned).toMatchObject({ job: "sweep", succeeded: false });
  expect(warned?.output).toContain("Datadog found the token leaked that this run uses: make a new token");
  expect(simulator.find(own)?.revokedAt).toBeNull();
});

test("a night at another organization's Datadog revokes nothing, fails, and reports what it printed", async () => {
  const github = await GitHub.create("leaked");
  const { project, simulator, deletes } = github.repository;
  leakTwo(simulator);
  const other = "0535fac7-4642-4abe-b6fc-cf15336df559";
  await project.run("config", "set-all", "--plaintext", `organizationId=${other}`, "--plaintext", "enforce=true");
  const { result, summary } = (await github.run("leaked.yml", NIGHT)).sweep as JobRun;
  expect(result).toBe("failure");
  expect(summary).toContain(`${simulator.organization.id} answers, but expect.organizationId is ${other}`);
  expect(deletes()).toEqual([]);
});
