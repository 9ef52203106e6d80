import { toHistoryEntry } from "../../../../cli/audit/historyEntry";

const deploymentOf = (environment: object, more: object = {}) =>
  toHistoryEntry({ kind: "update", startTime: 1_795_651_200, environment, ...more }, 1).deployment;

test.each<[string, object, object, string | null]>([
  ["nobody, where history names nobody", {}, {}, null],
  ["nobody, where a commit has an author", { "git.author": "Ann", "git.head": "a8c18e5" }, {}, null],
  ["the CI system", { "ci.system": "GitHub", "git.author": "Ann" }, {}, "GitHub"],
  ["whoever asked Pulumi Cloud", { "ci.system": "GitHub" }, { requestedBy: { name: "Bo", githubLogin: "bo" } }, "Bo"],
  ["with the address", {}, { requestedBy: { name: "Bo", email: "bo@example.com" } }, "Bo <bo@example.com>"],
  ["by the login alone", {}, { requestedBy: { name: "", githubLogin: "bo" } }, "bo"],
  ["by the address alone", {}, { requestedBy: { email: "bo@example.com" } }, "bo@example.com"],
  ["the CI system, where the one who asked is odd", { "ci.system": "GitHub" }, { requestedBy: [7] }, "GitHub"],
  ["nobody, where nothing of the one who asked can be read", {}, { requestedBy: { name: 7 } }, null],
])("who ran a deployment: %s", (_, environment, more, runner) => {
  expect(deploymentOf(environment, more)?.runner).toBe(runner);
});

test("the author of the commit is told apart, or who committed it", () => {
  const committer = { "git.committer": "Web Flow", "git.committer.email": "noreply@example.com" };
  expect(deploymentOf({ "git.author": "Ann", ...committer })?.author).toBe("Ann");
  expect(deploymentOf(committer)?.author).toBe("Web Flow <noreply@example.com>");
  expect(deploymentOf({ "ci.system": "GitHub" })?.author).toBeNull();
});

test.each([
  ["true", true],
  ["false", false],
  ["yes", null],
  [undefined, null],
])("uncommitted changes, and a plan, of which history says %j", (text, known) => {
  const environment = text === undefined ? {} : { "git.dirty": text, updatePlan: text };
  expect(deploymentOf(environment)).toMatchObject({ uncommittedChanges: known, reviewedPlan: known });
});
