import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { parse } from "yaml";
import { publicPortion } from "../../provider/tokens/tokenIds";
import { BOT, type Event, GitHub, type JobRun, push, requestedBy } from "../support/ci/github";

const HOUR: Event = { name: "schedule", actor: "the last editor", sha: "m0" };
const BRANCH = "revoke/alerts";

let github: GitHub;
let simulator: Simulator;
/** What the runs printed and summed up. */
let shown: string;

beforeAll(async () => {
  github = await GitHub.create();
  simulator = github.repository.simulator;
  shown = "";
});

async function run(event: Event): Promise<JobRun> {
  const { propose } = await github.run("alert.yml", event);
  for (const { output, summary } of [propose, ...Object.values(github.started ?? {})] as JobRun[]) {
    shown += output + summary;
  }
  return propose as JobRun;
}

/** What somebody sends who learned of a leak. */
const dispatch = (payload: object): Event => ({
  name: "repository_dispatch",
  actor: "sam",
  sha: "m0",
  payload: { client_payload: payload },
});

const alertOf = ({ value }: SimulatedToken, number: number) => ({
  html_url: `https://github.com/example/app/security/secret-scanning/${number}`,
  created_at: `2026-11-2${number}T08:00:00Z`,
  secret: value,
});

const listed = (branch = BRANCH): unknown[] => parse(github.committed(branch)).revocations;

/** No secret is shown anywhere, no text was run by a shell, and none reached the log as a command to GitHub. */
function expectHarmless(value: string): void {
  for (const text of [shown, github.published()]) {
    expect(text).not.toContain(value.slice(-36));
    expect(text).not.toContain("pwned");
  }
  expect(shown).not.toMatch(/^\s*::(?!error::(Something of|client_payload|The input run)|warning::A report holds)/m);
}

test("an alert becomes a pull request that shows whose token it is; its merge revokes that token", async () => {
  const token = simulator.addToken({ name: "in-a-public-repository" });
  github.alert([{ ...alertOf(token, 1), secret: "AKIAIOSFODNN7EXAMPLE" }, alertOf(token, 2)]);
  expect(await run(HOUR)).toMatchObject({ result: "success" });
  const entry = {
    tokenId: token.id,
    reason: "found by GitHub's secret scanning",
    ticket: "https://github.com/example/app/security/secret-scanning/2",
    requestedBy: BOT,
    reportedAt: "2026-11-22T08:00:00Z",
  };
  expect(listed()).toEqual([entry]);
  expect(github.changed(BRANCH)).toBe("M\trevocations.yaml\n");
  expect(github.pullRequests()).toMatchObject([{ number: 101, head: BRANCH, title: "Revoke leaked Datadog tokens" }]);
  expect(github.pullRequests()[0]?.body).toContain(`    Added 1 token to revocations.yaml: ${token.id}`);
  expect(github.started).toMatchObject({ preview: { result: "success" }, revoke: { result: "skipped" } });
  expect(github.comments(101)).toMatch(/^ {4} +name +: "in-a-public-repository"$/m);
  expect(github.comments(101)).toContain(simulator.keyOwner.handle);

  const again = await run(HOUR);
  expect(again).toMatchObject({ result: "success" });
  expect(again.summary).toMatch(new RegExp(`already.*${token.id}`));
  expect(github.started).toBeUndefined();
  expect(github.pullRequests()).toHaveLength(1);
  expect(github.repository.deletes()).toEqual([]);

  github.end(101, "m1");
  expect(await github.run("revoke.yml", push("m1"))).toMatchObject({ revoke: { result: "success" } });
  expect(github.repository.deletes()).toEqual([204]);
  expect(simulator.find(token.id)?.revokedAt).toBeDefined();
  expect(await requestedBy(github)).toEqual({ [token.id]: BOT });
  await run(HOUR);
  expect(github.pullRequests()).toHaveLength(1);
  expectHarmless(token.value);
});

test("what is reported while a pull request is open is added to it; after it was closed, a new one begins at main", async () => {
  const [first, second, third] = ["first", "second", "third"].map((name) => simulator.addToken({ name })) as [
    SimulatedToken,
    SimulatedToken,
    SimulatedToken,
  ];
  github.alert([]);
  const report = { reason: "seen in a chat", ticket: "SEC-7", reportedAt: "2026-11-21T10:00:00Z" };
  await run(dispatch({ tokens: [first.id], ...report }));
  github.refuseNextPush();
  await run(dispatch({ tokens: [`ddpat_${publicPortion(second.id)}`, first.id], ...report }));
  const [, open, ...others] = github.pullRequests();
  expect(open).toMatchObject({ number: 102, state: "open" });
  expect(others).toEqual([]);
  const entries = [first, second].map(({ id }) => ({ tokenId: id, ...report, requestedBy: "sam" }));
  expect(listed().slice(1)).toEqual(entries);
  expect(github.comments(102)).toContain(second.id);
  expect(github.comments(102)).toMatch(/^ {4} +name +: "second"$/m);

  github.end(102);
  await run(dispatch({ tokens: [third.id], ...report }));
  expect(github.pullRequests()).toMatchObject([{}, {}, { number: 103, state: "open" }]);
  expect(listed().slice(1)).toEqual([{ tokenId: third.id, ...report, requestedBy: "sam" }]);
  github.end(103);
});

test("an alert whose value is in base64 adds nothing, and the summary names its token", async () => {
  const token = simulator.addToken({ name: "in-a-header" });
  const basic = Buffer.from(`user:${token.value}`).toString("base64");
  github.alert([{ ...alertOf(token, 3), secret: basic }]);
  const { result, summary } = await run(HOUR);
  github.alert([]);
  expect(result).toBe("success");
  expect(summary).toContain(`a token value in base64: ${token.value.slice(0, 28)} (token id ${token.id})`);
  expect(github.started).toBeUndefined();
  expect(shown).not.toContain(basic);
  expectHarmless(token.value);
});

test("what a run pushed that opened no pull request is kept, and proposed by the next", async () => {
  const [first, second] = ["alone", "next"].map((name) => simulator.addToken({ name })) as [
    SimulatedToken,
    SimulatedToken,
  ];
  github.refuseNextPullRequest();
  expect(await run(dispatch({ tokens: [first.id] }))).toMatchObject({ result: "failure" });
  expect(await run(dispatch({ tokens: [second.id] }))).toMatchObject({ result: "success" });
  expect(listed().slice(1)).toMatchObject([{ tokenId: first.id }, { tokenId: second.id }]);
  const { number } = github.pullRequests().at(-1) as { number: number };
  expect(github.comments(number)).toMatch(/^ {4} +name +: "alone"$/m);
  github.end(number);

  github.refuseNextPullRequest();
  await run(dispatch({ tokens: [first.id] }));
  expect(await run(dispatch({ tokens: [first.id] }))).toMatchObject({ result: "success" });
  expect(github.pullRequests().at(-1)).toMatchObject({ number: number + 1, state: "open" });
  github.end(number + 1);
});

test("a scanner's report is searched, whatever names are in it", async () => {
  const token = simulator.addToken({ name: "in-a-scan" });
  const address = "https://github.com/example/app/actions/runs/4711";
  github.report("example/app", 4711, "gitleaks", {
    "report.json": JSON.stringify([{ RuleID: "datadog", Secret: token.value, File: "src/a.ts" }]),
    "::error::$(printf %s%s pw ned)\n::add-mask::a": token.value,
  });
  const inputs = { run: address, artifact: "gitleaks" };
  const event: Event = { name: "workflow_dispatch", actor: "ana", sha: "m0", payload: { inputs } };
  expect(await run(event)).toMatchObject({ result: "success" });
  expect(listed().slice(1)).toMatchObject([
    { tokenId: token.id, reason: "found by a scanner", ticket: address, requestedBy: "ana" },
  ]);
  expect(github.committed(BRANCH)).toMatch(new RegExp(`${token.id} # personal, \\.\\./report/.*:1 and 1 more$`, "m"));
  github.end(github.pullRequests().length + 100);
  expectHarmless(token.value);

  const cut = JSON.stringify([{ RuleID: "datadog", Secret: token.value.slice(0, 60), File: "src/a.ts" }]);
  github.report("example/app", 4712, "gitleaks", { "report.json": cut });
  const clean = { run: address.replace("4711", "4712"), artifact: "gitleaks" };
  const nothing = await run({ ...event, payload: { inputs: clean } });
  expect(nothing).toMatchObject({ result: "success" });
  expect(nothing.output).toContain("::warning::A report holds no whole token value.");
  expect(nothing.summary).toMatch(/report\.json:1: a token value, cut after 60 of 65 characters\./);
  expect(nothing.summary).toContain(`${token.value.slice(0, 28)} (token id ${token.id})`);
  expect(github.started).toBeUndefined();

  const wrong = await run({ ...event, payload: { inputs: { ...inputs, run: "$(printf %s%s pw ned)" } } });
  expect(wrong.result).toBe("failure");
  expect(wrong.output).toContain("::error::The input run must be a run's address");
});

test.each([
  ["a whole value", (value: string) => ({ tokens: [value] }), "is a whole token value, a secret"],
  ["no token", () => ({ tokens: [] }), undefined],
  [
    "other things than tokens",
    () => ({ tokens: ["$(printf %s%s pw ned)\n::error::x", 7, null, { a: 1 }] }),
    "is not a public portion",
  ],
  ["a token that is no text", (_: string, id: string) => ({ tokens: [id, 4711] }), "--token number 2"],
  ["a token in a map", (_: string, id: string) => ({ tokens: [id, { tokenId: id }] }), "--token number 2"],
  ["a token under another name", (_: string, id: string) => ({ tokens: [id], token: id }), undefined],
  ["an option", () => ({ tokens: ["x\u0000--add-to=other.yaml", "--format=json"] }), "is not a public portion"],
  ["a secret as reason", (value: string, id: string) => ({ tokens: [id], reason: `it is ${value}` }), "--reason"],
])("an event with %s opens nothing and prints nothing of it", async (_, payload, told) => {
  const token = simulator.addToken({ name: "reported" });
  const before = github.pullRequests().length;
  const refused = await run(dispatch(payload(token.value, token.id)));
  expect(refused.result).toBe("failure");
  expect(refused.summary).toContain(told ?? "The report could not be used: the log of this run says why.");
  expect(github.pullRequests()).toHaveLength(before);
  expectHarmless(token.value);
});

test("text in a report is text: in the ledger, the pull request and the summary", async () => {
  const token = simulator.addToken({ name: "reported" });
  const reason = `$(printf %s%s pw ned) \`id\` \${{ github.token }}\n::error::x\r\n\`\`\`\n@everyone <img src=x>`;
  expect(await run(dispatch({ tokens: [token.id], reason }))).toMatchObject({ result: "success" });
  expect(listed().slice(1)).toMatchObject([{ tokenId: token.id, reason }]);
  for (const line of github.pullRequests().at(-1)?.body.split("\n").slice(1) ?? []) expect(line).toMatch(/^( {4}|$)/);
  expectHarmless(token.value);
  github.end(github.pullRequests().length + 100);
});
