import { audit } from "../support/auditCommand";
import { GitHub, pullRequest, push, requestedBy } from "../support/ci/github";

let github: GitHub;
/** Personal tokens. */
let tokens: string[];

beforeAll(async () => {
  github = await GitHub.create();
  tokens = github.repository.simulator.tokens.filter((token) => !token.serviceAccountId).map(({ id }) => id);
});

test("what a pull request showed is revoked after its merge, for its author, and audited", async () => {
  const { repository } = github;
  const [token = ""] = tokens;
  repository.list([token]);
  const opened = await github.run("revoke.yml", pullRequest(12, "ana", "a1"));
  expect(opened).toMatchObject({ preview: { result: "success" }, revoke: { result: "skipped" } });
  const shown = new RegExp(`^ {4} +name +: "${repository.simulator.find(token)?.name}"$`, "m");
  expect(github.comments(12)).toMatch(shown);
  expect(opened.preview?.summary).toMatch(shown);
  expect(repository.deletes()).toEqual([]);

  github.merged("m1", { author: "ana", head: "a1" });
  const merged = await github.run("revoke.yml", push("m1"));
  expect(merged).toMatchObject({ preview: { result: "skipped" }, revoke: { result: "success" } });
  expect(repository.deletes()).toEqual([204]);
  expect(await requestedBy(github)).toEqual({ [token]: "ana" });
  expect(merged.revoke?.summary).toContain(token);
  expect(github.artifact("audit", "audit.html")).toContain(token);
  const report = JSON.parse(github.artifact("audit", "audit.json"));
  expect(report.records).toMatchObject([{ tokenId: token, requestedBy: "ana" }]);
});

test("what the report was made of is signed, and found unchanged", async () => {
  for (const file of ["audit.sigstore.json", "audit.intoto.json"]) {
    const { code, stdout } = await audit(github.repository.project, "--check", github.artifactFile("audit", file));
    expect(stdout).toMatch(/\/test: unchanged$/m);
    expect(code).toBe(0);
  }
});

test("neither a fork's pull request nor a push without one gets to run the program", async () => {
  const fork = await github.run("revoke.yml", pullRequest(14, "mallory", "c1", "mallory/revocations"));
  expect(fork).toMatchObject({ preview: { result: "skipped" }, revoke: { result: "skipped" } });
  const direct = await github.run("revoke.yml", push("d1"));
  expect(direct.revoke).toMatchObject({ result: "failure", summary: "" });
  expect(direct.revoke?.output).toContain("::error::d1 is no merge of a pull request");
  github.merged("m3", { author: "ana", head: "never-previewed" });
  const unseen = await github.run("revoke.yml", push("m3"));
  expect(unseen.revoke).toMatchObject({ result: "failure", summary: "" });
  expect(unseen.revoke?.output).toContain("::error::There is no plan of never-previewed");
  expect(github.repository.deletes()).toEqual([]);
});
