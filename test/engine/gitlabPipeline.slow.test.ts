import { audit } from "../support/auditCommand";
import { GitLab } from "../support/ci/gitlab";

let gitlab: GitLab;
/** Personal tokens. */
let tokens: string[];

beforeAll(async () => {
  gitlab = await GitLab.create();
  tokens = gitlab.repository.simulator.tokens.filter((token) => !token.serviceAccountId).map(({ id }) => id);
});

/** Opens a merge request, and runs its pipeline. */
function open(iid: number, author: string, sha: string) {
  gitlab.opened(iid, author, sha);
  return gitlab.run({ source: "merge_request_event", user: "somebody-else", sha, mergeRequest: { iid } });
}

/** Merges it, and runs the pipeline of the default branch. */
function merge(iid: number, commit: string, variables: Record<string, string> = {}) {
  gitlab.merged(iid, commit);
  return gitlab.run({ source: "push", user: "merger", sha: commit, variables });
}

test("what a merge request showed is revoked after its merge, for its author, and audited", async () => {
  const { repository } = gitlab;
  const [token = ""] = tokens;
  repository.list([token]);
  expect(await open(12, "ana", "a1")).toMatchObject([{ job: "preview", succeeded: true }]);
  expect(gitlab.notes(12)).toMatch(new RegExp(`^ {4} +name +: "${repository.simulator.find(token)?.name}"$`, "m"));
  expect(repository.deletes()).toEqual([]);

  expect(await merge(12, "m1", { ATTEST: "true" })).toMatchObject([
    { job: "revoke", succeeded: true },
    { job: "attest", succeeded: true },
  ]);
  expect(repository.deletes()).toEqual([204]);
  const [record] = await repository.project.resources(":TokenRevocation");
  expect(record?.outputs).toMatchObject({ tokenId: token, outcome: "revoked", requestedBy: "ana" });
  expect(gitlab.notes(12)).toMatch(new RegExp(`^\\| ${token} \\|.* ana \\|`, "m"));
  expect(gitlab.artifact("report/audit.html")).toContain(token);
  const { code, stdout } = await audit(
    repository.project,
    "--check",
    gitlab.artifactFile("report/audit.sigstore.json"),
  );
  expect(stdout).toMatch(/\/test: unchanged$/m);
  expect(code).toBe(0);
});

test("a plan that does not hold any more revokes nothing and says what to do", async () => {
  const { repository } = gitlab;
  const [first = "", second = "", third = ""] = tokens;
  repository.list([first, second, third]);
  expect(await open(13, "ben", "b1")).toMatchObject([{ succeeded: true }]);
  repository.simulator.revoke(second);
  const [stale] = await merge(13, "m2");
  expect(stale).toMatchObject({ job: "revoke", succeeded: false });
  expect(stale?.output).toContain("The plan does not hold any more: something changed since the review.");
  expect(repository.deletes()).toEqual([]);
});

test("after it a pipeline by hand makes a new plan, and revokes by that", async () => {
  const again = await gitlab.run({ source: "web", user: "carla", sha: "m2" });
  expect(again).toMatchObject([
    { job: "preview", succeeded: true },
    { job: "revoke", succeeded: true },
  ]);
  expect(gitlab.repository.deletes().toSorted()).toEqual([204, 404]);
});

test("neither a fork's merge request nor a push without one gets to run the program", async () => {
  const mergeRequest = { iid: 14, fork: true };
  expect(await gitlab.run({ source: "merge_request_event", user: "mallory", sha: "c1", mergeRequest })).toEqual([]);
  const [direct] = await gitlab.run({ source: "push", user: "merger", sha: "d1" });
  expect(direct).toMatchObject({ job: "revoke", succeeded: false });
  expect(direct?.output).toContain("d1 is no merge of a merge request");
  gitlab.opened(15, "ana", "never-previewed");
  const [unseen] = await merge(15, "m3");
  expect(unseen).toMatchObject({ job: "revoke", succeeded: false });
  expect(unseen?.output).toContain("There is no plan of never-previewed");
  expect(gitlab.repository.deletes()).toEqual([]);
});

test("the scheduled jobs report what a sweep matches, and fail when a revoked token is alive", async () => {
  const { simulator, deletes } = gitlab.repository;
  const [first = ""] = tokens;
  const unused = simulator.addToken({ name: "left-behind", createdAt: "2026-01-01T00:00:00Z" });
  simulator.restore(first);
  const [sweep, drift] = await gitlab.run({ source: "schedule", user: "merger", sha: "m2" });
  expect(sweep).toMatchObject({ job: "sweep", succeeded: true });
  expect(sweep?.output).toContain(unused.name);
  expect(drift).toMatchObject({ job: "drift", succeeded: false });
  expect(drift?.output).toContain("~status");
  expect(drift?.output).toMatch(new RegExp(`${first}.*alive`));
  expect(deletes()).toEqual([]);
});
