import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditReport } from "../../../../../cli/audit/auditReport";
import { FolderStore, folderOf } from "../../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../../cli/audit/backends/selfManagedBackend";
import { collect } from "../../../../../cli/audit/collect";
import { formatReport } from "../../../../../cli/audit/formatReport";
import { selectStacks } from "../../../../../cli/audit/selectStacks";
import { ABOUT } from "../../../../support/auditSample";
import { record, revocation, StackHistory, tokenId } from "../../../../support/stackHistory";

// Many histories are written and read.
jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The report of all stacks in the folder. */
async function audit(): Promise<AuditReport> {
  const backend = new SelfManagedBackend(new FolderStore(folder));
  const stacks = await selectStacks(backend, folder, { stacks: [], project: "shop" });
  const sources = await Promise.all(stacks.map((stack) => backend.open(stack)));
  return { about: ABOUT, ...(await collect(sources)).report };
}

/** Three deployments: one revokes, one edits the reason, one removes and revokes another. */
function threeDeployments(): StackHistory {
  const history = new StackHistory();
  const first = record(tokenId(1), history.at());
  history.deploy([revocation("a", { ...first, reason: "first" })]);
  history.deploy([revocation("a", { ...first, reason: "second" })]);
  history.deploy([revocation("b", record(tokenId(2), history.at()))]);
  return history;
}

test("neither the order in which files were made nor their compression changes the report", async () => {
  const reports = new Set<string>();
  const shapes = [
    {},
    { order: (files: string[]) => files.toReversed() },
    { compress: "gzip" },
    { compress: "zstd" },
  ] as const;
  for (const shape of shapes) {
    rmSync(folder, { recursive: true, force: true });
    threeDeployments().write(folder, shape);
    reports.add(await formatReport(await audit(), "json", undefined));
  }
  expect(reports.size).toBe(1);
  expect([...reports][0]).toContain('"reason": "first"');
});

/** What is shown when the first file of this kind, by name, is damaged. */
async function auditDamaged(kind: RegExp): Promise<AuditReport> {
  threeDeployments().write(folder);
  const all = readdirSync(join(folder, ".pulumi"), { recursive: true }).map(String);
  const name = all.filter((each) => kind.test(each)).toSorted()[0] as string;
  writeFileSync(join(folder, ".pulumi", name), '{"version":3,');
  const report = await audit();
  const message = expect.stringContaining(`${name} is damaged: it is not valid JSON`);
  expect(report.findings).toEqual([expect.objectContaining({ kind: "unreadable", message })]);
  return report;
}

test("a damaged entry of the history is named, and the rest is shown", async () => {
  const { records, stacks } = await auditDamaged(/\.history\.json$/);
  expect(stacks[0]?.deployments.map(({ version }) => version)).toEqual([2, 3]);
  expect(records.map(({ tokenId, version, unknown }) => [tokenId, version, unknown.deployment])).toEqual([
    [tokenId(1), 1, "its entry in the history cannot be read"],
    [tokenId(2), 3, undefined],
  ]);
});

test("a damaged checkpoint is named; its record is placed by time, and later edits are not passed off as its own", async () => {
  const [record] = (await auditDamaged(/\.checkpoint\.json$/)).records;
  expect(record).toMatchObject({ version: 1, removed: true, reason: null });
  expect(record?.unknown.reason).toContain('now "second"');
});

test("a damaged state is named, and its history is shown", async () => {
  expect((await auditDamaged(/^stacks.*\.json$/)).records).toHaveLength(2);
});

test("checkpoints that were deleted are named in the notes", async () => {
  const history = threeDeployments();
  history.checkpoints[0] = undefined;
  history.write(folder);
  const { stacks } = await audit();
  expect(stacks[0]?.notes).toEqual([
    "The checkpoints of these deployments are missing: 1. What only they held is not shown",
  ]);
});

test("the addresses of file backends are read as Pulumi reads them", () => {
  expect(folderOf("file:///var/state?no_tmp_dir=true", "/here")).toBe("/var/state");
  expect(folderOf("file://./state", "/here")).toBe("/here/state");
  expect(folderOf("file://~/state", "/here")).toBe(join(process.env.HOME ?? "", "state"));
});
