import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../../../../cli/audit/auditReport";
import { FolderStore } from "../../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../../cli/audit/backends/selfManagedBackend";
import { collect } from "../../../../../cli/audit/collect";
import { record, revocation, StackHistory, tokenId, urn } from "../../../../support/stackHistory";

const TYPE = "pulumi-nodejs:dynamic/datadog-revocation:TokenRevocation";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What needs attention in a stack with a creation that has begun, and this lock. */
async function findings(lock: string | object | undefined): Promise<readonly Finding[]> {
  const history = new StackHistory();
  history.deploy([revocation("a", record(tokenId(1), history.at()))]);
  history.pending = [
    { type: "creating", resource: { urn: urn(TYPE, "b"), type: TYPE, inputs: { tokenId: tokenId(2) } } },
  ];
  history.write(folder);
  if (lock !== undefined) {
    const locks = join(folder, ".pulumi", "locks", "organization", "shop", "dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "5f2a.json"), typeof lock === "string" ? lock : JSON.stringify(lock));
    // As Pulumi writes them beside each file.
    writeFileSync(join(locks, "5f2a.json.attrs"), '{"user.content_type":"application/json"}');
  }
  const backend = new SelfManagedBackend(new FolderStore(folder));
  const stacks = await backend.stacks("shop");
  return (await collect(await Promise.all(stacks.map((stack) => backend.open(stack))))).report.findings;
}

const lockOf = (pid: number, host: string): object => ({
  pid,
  username: "ci",
  hostname: host,
  timestamp: "2026-11-26T09:00:00.5Z",
});

test("what a run that is under way has begun is not called interrupted", async () => {
  const [finding, ...others] = await findings(lockOf(process.pid, hostname()));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ kind: "underWay", stack: "shop/dev" });
  expect(finding?.message).toContain(
    `locked by ci@${hostname()}, process ${process.pid} since 2026-11-26T09:00:00.5Z. What it does is not all recorded yet`,
  );
});

test("nobody here knows whether a run on another machine lives: it counts as under way, and what to do if not is said", async () => {
  const [finding] = await findings(lockOf(1, "runner-3.example.com"));
  expect(finding).toMatchObject({
    kind: "underWay",
    message: expect.stringContaining("If it was killed, run pulumi cancel"),
  });
});

test("a lock that a killed run on this machine left hides no interrupted operation", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  expect(await findings(lockOf(pid, hostname()))).toEqual([
    expect.objectContaining({ kind: "pending", tokenId: tokenId(2) }),
  ]);
  expect(await findings(undefined)).toEqual([expect.objectContaining({ kind: "pending", tokenId: tokenId(2) })]);
});

test("a lock that cannot be read is one", async () => {
  for (const lock of ["", '{"pid":', { pid: "1" }, []]) {
    expect(await findings(lock)).toEqual([expect.objectContaining({ kind: "underWay" })]);
  }
});
