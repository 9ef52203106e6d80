import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditedHistory } from "../../../../../cli/audit/auditReport";
import { CloudBackend } from "../../../../../cli/audit/backends/cloudBackend";
import { FolderStore } from "../../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../../cli/audit/backends/selfManagedBackend";
import { NotThere } from "../../../../../cli/audit/backends/stackSource";
import { collect } from "../../../../../cli/audit/collect";
import { startProxy } from "../../../../support/connectProxy";
import { type CloudUpdate, type PulumiCloud, startPulumiCloud } from "../../../../support/pulumiCloud";
import { type Answer, answer, html, json, reset, startServer } from "../../../../support/server";
import { record, revocation, StackHistory, secret, shard, tokenId } from "../../../../support/stackHistory";

const STACK = "acme/shop/dev";

let cloud: PulumiCloud;
beforeAll(async () => {
  cloud = await startPulumiCloud({ path: "/pulumi" });
});
beforeEach(() => {
  cloud.stacks.clear();
  cloud.requests.length = 0;
  cloud.faults.length = 0;
});

const backendOf = ({ url, accessToken } = cloud): CloudBackend => new CloudBackend({ apiUrl: url, accessToken });

async function audit(project = "shop"): Promise<AuditedHistory> {
  const backend = backendOf();
  const stacks = await backend.stacks(project);
  return (await collect(await Promise.all(stacks.map((stack) => backend.open(stack))))).report;
}

/** Revoked, removed, edited, secret, failed, alive. */
function eventfulHistory(): StackHistory {
  const history = new StackHistory();
  const kept = revocation("kept", { ...record(tokenId(1), history.at()), reason: "first" });
  history.deploy([kept, revocation("removed", { ...record(tokenId(2), history.at()), reason: secret() })]);
  history.deploy([{ ...kept, outputs: { ...kept.outputs, reason: "second" } }], { result: "failed" });
  const failures = [{ tokenId: tokenId(20), message: "answered 403" }];
  const all = [
    ...history.resources.values(),
    shard("leak", "0", { records: [record(tokenId(16), history.at())], failures }),
  ];
  history.deploy(all, { message: "batch", environment: { "git.author": "Ann", "git.head": "0".repeat(40) } });
  history.pending = [{ resource: revocation("lost", { tokenId: tokenId(3) }), type: "creating" }];
  return history;
}

test("a history is told as the same one in a folder is, with removed records and secrets, and with who ran what", async () => {
  const history = eventfulHistory();
  cloud.put(STACK, history);
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  try {
    history.write(folder);
    const ofFolder = new SelfManagedBackend(new FolderStore(folder));
    const [stack] = await ofFolder.stacks("shop");
    const { report } = await collect([await ofFolder.open(stack as NonNullable<typeof stack>)]);
    expect(report.records.map(({ removed, reason }) => [removed, reason])).toEqual([
      [false, "first"],
      [true, "(secret)"],
      [false, null],
    ]);
    // But for the backend's name, and for who asked for each update, whom a folder does not know.
    const told = JSON.stringify(report)
      .replaceAll('"shop/dev"', `"${STACK}"`)
      .replace('"backend":"file"', '"backend":"cloud"')
      // Only Pulumi Cloud tells who ran what.
      .replaceAll('"runner":null', '"runner":"Ann Lee <ann@example.com>"')
      .replaceAll('"runner":"history names nobody",', "");
    expect(await audit()).toEqual(JSON.parse(told));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(cloud.requests.filter((request) => !request.startsWith("GET "))).toEqual([]);
});

test("all stacks of a project are found, in every organization, however many", async () => {
  const history = new StackHistory();
  for (let n = 0; n < 1000; n++) cloud.put(`${n % 2 ? "acme" : "ann"}/${n % 10 ? "shop" : "other"}/dev-${n}`, history);
  const stacks = await backendOf().stacks("shop");
  expect(stacks).toHaveLength(900);
  expect(new Set(stacks.map(({ full }) => full)).size).toBe(900);
  expect(stacks[0]).toEqual({ full: "acme/shop/dev-1", shown: "acme/shop/dev-1", project: "shop", name: "dev-1" });
  expect(new Set(stacks.map(({ full }) => full.split("/")[0]))).toEqual(new Set(["acme", "ann"]));
  expect(await backendOf().stacks()).toHaveLength(1000);
  const { url: apiUrl, accessToken } = cloud;
  const ofOne = new CloudBackend({ apiUrl, accessToken, organization: "ann" });
  expect(await ofOne.stacks("shop")).toHaveLength(400);
});

test("history is read page by page, and only those old states that can differ", async () => {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.deploy([revocation("b", { ...record(tokenId(2), history.at()), reason: "first" })]);
  for (let n = 0; n < 248; n++) history.deploy([...history.resources.values()]);
  cloud.put(STACK, history);
  const { stacks, records } = await audit();
  expect(stacks[0]?.deployments.map(({ version }) => version)).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
  expect(records.map(({ tokenId, version, removed }) => [tokenId, version, removed])).toEqual([
    [tokenId(1), 1, true],
    [tokenId(2), 2, false],
  ]);
  expect(cloud.requests.filter((request) => request.includes("/updates"))).toHaveLength(3);
  const exports = cloud.requests.flatMap((request) => /\/export.*/.exec(request) ?? []);
  expect(exports).toEqual(["/export/1", "/export/250", "/export"]);
});

test("a Pulumi Cloud that knows neither pages nor who asked for an update is read all the same", async () => {
  const { updates } = cloud.put(STACK, eventfulHistory());
  cloud.fault(/\/updates/, json(200, { updates: updates.map(({ info }) => info).toReversed() }));
  const { stacks, findings } = await audit();
  expect(stacks[0]?.deployments.map(({ version, result }) => [version, result])).toEqual([
    [1, "succeeded"],
    [2, "failed"],
    [3, "succeeded"],
  ]);
  expect(findings.filter(({ kind }) => kind === "unreadable")).toEqual([]);
});

test("a killed run's empty summary says nothing: what it revoked is told as its own", async () => {
  const history = new StackHistory();
  const recorded = Array.from({ length: 3 }, (_, n) => revocation(`a${n}`, record(tokenId(n), history.at())));
  history.deploy(recorded, { result: "failed", resourceChanges: {} });
  // It was never cancelled, so its end was never recorded.
  const open = revocation("b", record(tokenId(10), history.at()));
  history.deploy([...recorded, open], { result: "in-progress", endTime: 0, resourceChanges: {} });
  const later = revocation("c", record(tokenId(11), history.at()));
  history.deploy([...recorded, open, later]);
  const { updates } = cloud.put(STACK, history);
  // Without a state of its own, by time alone.
  Object.assign(updates[1] ?? {}, { state: undefined });
  const { records, findings } = await audit();
  expect(records.map(({ tokenId, version }) => [tokenId, version])).toEqual([
    [tokenId(0), 1],
    [tokenId(1), 1],
    [tokenId(2), 1],
    [tokenId(10), 2],
    [tokenId(11), 3],
  ]);
  expect(findings).toEqual([]);
});

test("a run that is under way is told with who began it and when; a preview is none", async () => {
  const history = eventfulHistory();
  const stack = cloud.put(STACK, history);
  stack.current = stack.updates.at(-1);
  const findings = (await audit()).findings.filter(({ kind }) => kind === "underWay" || kind === "pending");
  const since = new Date((stack.current?.info.startTime ?? 0) * 1000).toISOString();
  expect(findings).toEqual([
    expect.objectContaining({
      kind: "underWay",
      stack: STACK,
      message: expect.stringContaining(`by ann since ${since}`),
    }),
  ]);
  const last = stack.updates.at(-1);
  stack.current = last && { ...last, info: { ...last.info, kind: "preview" } };
  expect((await audit()).findings.map(({ kind }) => kind)).toEqual(["failed", "pending"]);
});

test.each<[string, string, Answer]>([
  ["cut short", `${STACK}: state is damaged: it is not valid JSON`, answer(200, '{"version":3,"deployment":{"resou')],
  [
    "refused",
    `does not allow it (403: no right to). The owner of the access token needs`,
    json(403, { code: 403, message: "no right to." }),
  ],
  ["not there any more", `${STACK}: state: 127.0.0.1`, json(404, { code: 404, message: "Stack not found" })],
  ["a page of a proxy", `${STACK}: state is damaged: it is not valid JSON`, html(200)],
])("a state that is %s hides nothing else", async (_, why, fault) => {
  const history = eventfulHistory();
  cloud.put(STACK, history);
  cloud.put("acme/shop/other", history);
  const whole = await audit();
  cloud.fault(/dev\/export$/, fault);
  const { records, findings } = await audit();
  const isOther = ({ stack }: { stack: string }): boolean => stack === "acme/shop/other";
  expect(records.filter(isOther)).toEqual(whole.records.filter(isOther));
  // What old states tell is there still.
  expect(records.filter((each) => !isOther(each))).toHaveLength(3);
  expect(findings.filter(({ kind }) => kind === "unreadable")).toEqual([
    { kind: "unreadable", stack: STACK, resource: null, tokenId: null, message: expect.stringContaining(why) },
  ]);
});

test("old states, history and whether a run is under way: each that cannot be read is said, and the rest is told", async () => {
  cloud.put(STACK, eventfulHistory());
  cloud.fault(/\/export\/1$/, json(404, { code: 404, message: "no such version" }));
  cloud.fault(/\/dev$/, json(403, { code: 403, message: "no right to" }));
  cloud.fault(/\/updates/, json(403, { code: 403, message: "no right to" }));
  const { records, findings } = await audit();
  expect(records.map(({ tokenId }) => tokenId)).toEqual([tokenId(1), tokenId(16)]);
  expect(findings.filter(({ kind }) => kind === "unreadable").map(({ message }) => message)).toEqual([
    expect.stringMatching(/^acme\/shop\/dev: the history: .*403/),
    expect.stringMatching(/^acme\/shop\/dev: whether a run is under way: .*403/),
  ]);
  cloud.faults.splice(1);
  const again = await audit();
  expect(again.findings.filter(({ kind }) => kind === "unreadable").map(({ message }) => message)).toEqual([
    expect.stringMatching(/^acme\/shop\/dev: state after deployment 1: .*404/),
  ]);
});

test.each<[string, RegExp, Answer]>([
  [
    "401",
    /did not accept the access token. Run pulumi login, or set PULUMI_ACCESS_TOKEN$/,
    json(401, { message: "no" }),
  ],
  [
    "302",
    /redirects elsewhere \(302\), and the access token would go along/,
    answer(302, "", { Location: "/elsewhere" }),
  ],
  [
    "400",
    /answered 400: line one line two \[redacted\]$/,
    json(400, { message: "line one\nline two pul-0123456789abcdef0123456789abcdef" }),
  ],
  ["no list", /is not what Pulumi Cloud's API promises$/, json(200, { stacks: {} })],
  ["a page", /is damaged: it is not valid JSON$/, html(200)],
])(
  "an answer %s to the list of stacks is an error of one line that does not repeat the token",
  async (_, said, fault) => {
    cloud.fault(/user\/stacks/, fault);
    const error = await backendOf()
      .stacks()
      .catch((error: Error) => error);
    expect(error).toHaveProperty("message", expect.stringMatching(/^The list of stacks[^\n]+$/));
    expect(error).toHaveProperty("message", expect.stringMatching(said));
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(cloud.accessToken);
    expect(cloud.requests.filter((request) => request.includes("elsewhere"))).toEqual([]);
  },
);

test("what fails for a moment is asked again; what goes on failing is an error", async () => {
  const list = json(200, { stacks: [{ orgName: "acme", projectName: "shop", stackName: "dev" }] });
  const server = await startServer(json(503, {}), reset, list);
  expect(await backendOf({ ...cloud, url: server.url }).stacks()).toHaveLength(1);
  expect(server.received).toHaveLength(3);
  expect(server.received[0]).toMatchObject({
    method: "GET",
    url: "/api/user/stacks",
    headers: { accept: "application/vnd.pulumi+8", authorization: `token ${cloud.accessToken}` },
  });
  const down = await startServer(json(502, { message: "bad gateway" }));
  await expect(backendOf({ ...cloud, url: down.url }).stacks()).rejects.toThrow(
    /answered 502: bad gateway. Try again later$/,
  );
});

test("what was read is named by its digest, and a state that was changed afterwards has another", async () => {
  const stack = cloud.put(STACK, eventfulHistory());
  const backend = backendOf();
  const open = async () => backend.open((await backend.stacks())[0] as never);
  const source = await open();
  await collect([source]);
  const sha256 = (text: string | undefined): string =>
    createHash("sha256")
      .update(text ?? "")
      .digest("hex");
  expect(source.read.map(({ name }) => name)).toEqual([
    `${STACK}: deployment 1`,
    `${STACK}: deployment 2`,
    `${STACK}: deployment 3`,
    `${STACK}: state after deployment 1`,
    `${STACK}: state after deployment 2`,
    `${STACK}: state after deployment 3`,
    `${STACK}: state`,
  ]);
  expect(source.read.at(-1)?.sha256).toBe(sha256(stack.state));
  expect(source.read[3]?.sha256).toBe(sha256(stack.updates[0]?.state));

  // A later update changes nothing of what was told of the earlier ones.
  const [first, second] = stack.updates as [CloudUpdate, CloudUpdate];
  stack.updates.push({ ...first, id: "update-4", info: { ...first.info, version: 4 } });
  Object.assign(second.info, { message: "another" });
  stack.state += " ";
  const later = await open();
  const digests = await Promise.all(source.read.map(async ({ name, sha256 }) => (await later.digest(name)) === sha256));
  expect(digests).toEqual([true, false, true, true, true, true, false]);
  first.state = undefined;
  for (const name of ["deployment 9", "state after deployment 1"]) {
    await expect(later.digest(`${STACK}: ${name}`)).rejects.toThrow(NotThere);
  }
});

test.each([
  ["an address that is none", { url: "https://" }, "write it like https://api.pulumi.com"],
  [
    "an address with a password",
    { url: "https://ann:planted@pulumi.example.com" },
    "write it like https://api.pulumi.com",
  ],
  ["a token with a line break", { accessToken: "pul-planted\n" }, "holds a space, a line break"],
])("%s is refused unprinted", (_, given, said) => {
  const make = (): unknown => backendOf({ ...cloud, ...given });
  expect(make).toThrow(said);
  expect(make).not.toThrow("planted");
});

test("it is reached through the proxy that the environment names", async () => {
  const { host, asked } = await startProxy({ to: cloud.url, refuse: 403 });
  process.env.HTTPS_PROXY = `http://${host}`;
  try {
    const stacks = backendOf({ ...cloud, url: "https://api.pulumi.com" }).stacks();
    const said = `api.pulumi.com gave no answer through the proxy ${host}: it refused the connection with status 403`;
    await expect(stacks).rejects.toThrow(said);
    expect(new Set(asked)).toEqual(new Set(["api.pulumi.com:443"]));
  } finally {
    delete process.env.HTTPS_PROXY;
  }
});
