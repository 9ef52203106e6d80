import type { Simulator } from "pulumi-datadog-revocation/simulator";
import { parse } from "yaml";
import { publicPortion } from "../../provider/tokens/tokenIds";
import { GitLab, type JobRun } from "../support/ci/gitlab";

const BRANCH = "revoke/alerts";
const REPORT = { reason: "seen in a chat", ticket: "SEC-7", reportedAt: "2026-11-21T10:00:00Z" };

let gitlab: GitLab;
let simulator: Simulator;
/** What all jobs printed. */
let shown = "";

beforeAll(async () => {
  gitlab = await GitLab.create();
  simulator = gitlab.repository.simulator;
});

/** Sends a report to the pipeline trigger. */
async function report(payload: object): Promise<JobRun> {
  const [job, ...others] = await gitlab.run({ source: "trigger", user: "sam", sha: "m0", payload });
  expect(others).toEqual([]);
  shown += job?.output;
  return job as JobRun;
}

/** Runs the pipeline that GitLab starts for a merge request, as a project access token opened or pushed to it. */
async function preview(iid: number): Promise<void> {
  const { sha } = gitlab.mergeRequests.find((each) => each.iid === iid) ?? { sha: "" };
  const [job] = await gitlab.run({ source: "merge_request_event", user: "project_42_bot", sha, mergeRequest: { iid } });
  expect(job).toMatchObject({ job: "preview", succeeded: true });
  shown += job?.output;
}

const listed = (): unknown[] => parse(gitlab.branches[BRANCH] ?? "").revocations;

/** No secret is shown anywhere, and no text was run by a shell. */
function expectHarmless(value: string): void {
  const published = JSON.stringify([gitlab.mergeRequests, gitlab.branches, gitlab.notes(101), gitlab.notes(102)]);
  for (const text of [shown, published]) {
    expect(text).not.toContain(value.slice(-36));
    expect(text).not.toContain("pwned");
  }
}

test("a report becomes a merge request that shows whose tokens they are; its merge revokes those", async () => {
  const [first, second] = [simulator.addToken({ name: "first" }), simulator.addToken({ name: "second" })];
  expect(await report({ tokens: [first.id], ...REPORT })).toMatchObject({ job: "alert", succeeded: true });
  expect(gitlab.mergeRequests).toMatchObject([{ iid: 101, title: "Revoke leaked Datadog tokens" }]);
  expect(gitlab.mergeRequests[0]?.description).toContain(first.id);

  // While it is open, what comes is added to it.
  await report({ tokens: [first.id, `ddpat_${publicPortion(second.id)}`], ...REPORT });
  const entries = [first, second].map(({ id }) => ({ tokenId: id, ...REPORT, requestedBy: "sam" }));
  expect(listed()).toEqual(entries);
  expect(gitlab.mergeRequests).toHaveLength(1);
  expect(gitlab.notes(101)).toContain(second.id);
  await preview(101);
  for (const { name } of [first, second])
    expect(gitlab.notes(101)).toMatch(new RegExp(`^ {4} +name +: "${name}"$`, "m"));

  const again = await report({ tokens: [second.id], ...REPORT });
  expect(again.output).toMatch(new RegExp(`already.*${second.id}`));
  expect(gitlab.repository.deletes()).toEqual([]);

  gitlab.merged(101, "m1");
  const [revoke] = await gitlab.run({ source: "push", user: "merger", sha: "m1" });
  expect(revoke).toMatchObject({ job: "revoke", succeeded: true });
  expect(gitlab.repository.deletes()).toEqual([204, 204]);
  for (const { value } of [first, second]) expectHarmless(value);
});

test("a file that another project's job left is searched; after a merge request was closed, a new one begins at main", async () => {
  const [first, second] = [simulator.addToken({ name: "declined" }), simulator.addToken({ name: "in-a-scan" })];
  await report({ tokens: [first.id], ...REPORT });
  gitlab.closed(102);
  gitlab.artifactsOfOthers["17/jobs/4711/artifacts/gl-secret-detection-report.json"] = JSON.stringify({
    vulnerabilities: [{ raw_source_code_extract: second.value }],
  });
  const third = simulator.addToken({ name: "beside-a-scan" });
  const artifact = { project: 17, job: 4711, path: "gl-secret-detection-report.json" };
  expect(await report({ artifact, tokens: [third.id], ticket: "SEC-8" })).toMatchObject({ succeeded: true });
  expect(listed().slice(2)).toMatchObject([
    { tokenId: third.id, ticket: "SEC-8" },
    { tokenId: second.id, ticket: "SEC-8", requestedBy: "sam" },
  ]);
  expect(gitlab.mergeRequests).toMatchObject([{}, {}, { iid: 103, state: "opened" }]);
  gitlab.closed(103);
  expectHarmless(second.value);
});

test.each([
  ["a whole value", (value: string) => ({ tokens: [value] })],
  ["no token", () => ({ tokens: [] })],
  ["other things than tokens", () => ({ tokens: ["$(printf %s%s pw ned)", 7, null, { a: 1 }] })],
  ["an option", () => ({ tokens: ["x\n--add-to=other.yaml\n--format=json"] })],
  ["a secret as reason", (value: string, id: string) => ({ tokens: [id], reason: `it is ${value}` })],
  ["an artifact elsewhere", () => ({ artifact: { project: "42/variables?", job: 1, path: "../../x" } })],
])("a report with %s opens nothing and prints nothing of it", async (_, payload) => {
  const token = simulator.addToken({ name: "reported" });
  const before = gitlab.mergeRequests.length;
  const refused = await report(payload(token.value, token.id));
  expect(refused.succeeded).toBe(false);
  expect(gitlab.mergeRequests).toHaveLength(before);
  expectHarmless(token.value);
});
