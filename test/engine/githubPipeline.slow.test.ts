import { type Event, GitHub, pullRequest, push, requestedBy } from "../support/ci/github";

let github: GitHub;
/** Personal tokens. */
let tokens: string[];

beforeAll(async () => {
  github = await GitHub.create();
  tokens = github.repository.simulator.tokens.filter((token) => !token.serviceAccountId).map(({ id }) => id);
});

test("a plan that does not hold any more revokes nothing and says what to do", async () => {
  const { repository } = github;
  const [first = "", second = "", third = ""] = tokens;
  const hostile = repository.simulator.addToken({ name: "a\n```\r\n# <img src=x>\n@everyone" });
  repository.list([first, second, third, hostile.id]);
  expect(await github.run("revoke.yml", pullRequest(13, "ben", "b1"))).toMatchObject({
    preview: { result: "success" },
  });
  // Whatever names are in it: behind the title all is text.
  expect(github.comments(13)).toContain("<img src=x>");
  for (const line of github
    .comments(13)
    .split(/[\r\n]+/)
    .slice(1))
    expect(line).toMatch(/^( {4}|$)/);
  repository.simulator.revoke(second);
  github.merged("m2", { author: "ben", head: "b1" });
  const stale = await github.run("revoke.yml", push("m2"));
  expect(stale.revoke?.result).toBe("failure");
  expect(stale.revoke?.output).toContain(
    "::error::The plan does not hold any more: something changed since the review.",
  );
  expect(repository.deletes()).toEqual([]);
});

test("after it a run by hand makes a new plan, and revokes by that", async () => {
  const { repository } = github;
  const [first = "", second = "", third = ""] = tokens;
  const again = await github.run("revoke.yml", { name: "workflow_dispatch", actor: "carla", sha: "m2" });
  expect(again).toMatchObject({ preview: { result: "success" }, revoke: { result: "success" } });
  expect(repository.deletes().toSorted()).toEqual([204, 204, 204, 404]);
  expect(await requestedBy(github)).toMatchObject({ [first]: "carla", [second]: "carla", [third]: "carla" });
});

test("the nightly check reports what a sweep matches, and fails when a revoked token is alive", async () => {
  const { simulator, deletes } = github.repository;
  const night: Event = { name: "schedule", actor: "merger", sha: "m2" };
  const unused = simulator.addToken({ name: "left-behind", createdAt: "2026-01-01T00:00:00Z" });
  const quiet = await github.run("nightly.yml", night);
  expect(quiet.check).toMatchObject({ result: "success" });
  expect(quiet.check?.summary).toContain(unused.name);

  simulator.restore(tokens[0] ?? "");
  const loud = await github.run("nightly.yml", night);
  expect(loud.check).toMatchObject({ result: "failure" });
  expect(loud.check?.output).toContain("~status");
  expect(loud.check?.summary).toMatch(new RegExp(`${tokens[0]}.*alive|alive.*${tokens[0]}`));
  expect(deletes()).toEqual([]);
});
