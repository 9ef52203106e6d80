import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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

const state = (name: string): string => join(folder, ".pulumi/stacks", name);
const stacks = async (project?: string): Promise<string[][]> => {
  const found = await new SelfManagedBackend(new FolderStore(folder)).stacks(project);
  return found.map(({ full, shown, project }) => [full, shown, project]).sort();
};

test("a stack of the layout without projects belongs to the project that its resources name", async () => {
  threeDeployments().write(folder, { isLegacy: true });
  expect(await stacks("shop")).toEqual([["dev", "shop/dev", "shop"]]);
  expect(await stacks("other")).toEqual([]);
  const { records, stacks: audited } = await audit();
  expect(audited[0]).toMatchObject({ stack: "shop/dev", notes: [] });
  expect(records.map(({ tokenId, version, removed }) => [tokenId, version, removed])).toEqual([
    [tokenId(1), 1, true],
    [tokenId(2), 3, false],
  ]);
});

test("where all resources are gone, its history names the project; a damaged one is shown to every project", async () => {
  threeDeployments().write(folder, { isLegacy: true });
  writeFileSync(
    state("dev.json"),
    JSON.stringify({ version: 3, checkpoint: { stack: "dev", latest: { resources: [] } } }),
  );
  writeFileSync(state("broken.json"), "{");
  expect(await stacks("other")).toEqual([["broken", "broken", ""]]);
  const { records, findings } = await audit();
  expect(records.map(({ removed }) => removed)).toEqual([true, true]);
  expect(findings).toMatchObject([
    { kind: "unreadable", stack: "broken", message: expect.stringContaining("damaged") },
  ]);
});

test("stacks of both layouts are shown, also under one name", async () => {
  threeDeployments().write(folder);
  threeDeployments().write(folder, { isLegacy: true });
  expect(await stacks("shop")).toEqual([
    ["dev", "dev", "shop"],
    ["organization/shop/dev", "shop/dev", "shop"],
  ]);
  expect((await audit()).records).toHaveLength(4);
});

test.each([
  ["the newest layout that is known", "version: 1\n", 1],
  ["a file that says nothing", "{", 1],
  ["a later layout", "version: 2\n", "version 2; this release knows 1"],
])("meta.yaml of %s", async (_, text, expected) => {
  threeDeployments().write(folder);
  writeFileSync(join(folder, ".pulumi/meta.yaml"), text);
  if (typeof expected === "number") expect(await stacks()).toHaveLength(expected);
  else await expect(stacks()).rejects.toThrow(expected);
});

test("of two files of a stack's state the one written last is taken, and backups, tags and attributes never", async () => {
  threeDeployments().write(folder);
  const old = readFileSync(state("shop/dev.json"));
  const newer = gzipSync(JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } }));
  writeFileSync(state("shop/dev.json.gz"), newer);
  for (const ending of ["json.bak", "json.gz.bak", "json.attrs", "pulumi-tags", "json.gz.attrs"]) {
    writeFileSync(state(`shop/dev.${ending}`), "{");
  }
  utimesSync(state("shop/dev.json"), 1_000, 1_000);
  expect((await audit()).records.map(({ removed }) => removed)).toEqual([true, true]);
  writeFileSync(state("shop/dev.json"), old);
  utimesSync(state("shop/dev.json.gz"), 1_000, 1_000);
  const report = await audit();
  expect(report.records.map(({ removed }) => removed)).toEqual([true, false]);
  expect([report.stacks.length, report.findings]).toEqual([1, []]);
});

test("a history whose state is gone is shown, and named; what pulumi stack rm leaves is not", async () => {
  threeDeployments().write(folder);
  mkdirSync(join(folder, ".pulumi/history/shop/removed"), { recursive: true });
  mkdirSync(join(folder, ".pulumi/stacks/shop/removed"), { recursive: true });
  rmSync(state("shop/dev.json"));
  const { records, findings } = await audit();
  expect(records).toHaveLength(2);
  const message = ".pulumi/stacks/shop/dev.json is missing";
  expect(findings).toEqual([{ kind: "unreadable", stack: "shop/dev", resource: null, tokenId: null, message }]);
});

test("a lock is a run under way, one that a process left which has ended is not, whatever attributes lie beside it", async () => {
  threeDeployments().write(folder);
  const locks = join(folder, ".pulumi/locks/organization/shop/dev");
  mkdirSync(locks, { recursive: true });
  const lock = { username: "ann", hostname: hostname(), timestamp: "2026-01-01T00:00:00Z" };
  const ended = spawnSync("true").pid;
  writeFileSync(join(locks, "1.json"), JSON.stringify({ ...lock, pid: ended }));
  writeFileSync(join(locks, "1.json.attrs"), '{"user.cache_control":""}');
  expect((await audit()).findings).toEqual([]);
  writeFileSync(join(locks, "2.json"), JSON.stringify({ ...lock, pid: process.pid }));
  expect((await audit()).findings).toMatchObject([{ kind: "underWay", message: expect.stringContaining("by ann@") }]);
});

test("a renamed stack, whose history was moved, tells the same", async () => {
  threeDeployments().write(folder);
  const before = await audit();
  const history = join(folder, ".pulumi/history/shop");
  mkdirSync(join(history, "prod"));
  for (const file of readdirSync(join(history, "dev"))) {
    renameSync(join(history, "dev", file), join(history, "prod", file.replace(/^dev-/, "prod-")));
  }
  renameSync(state("shop/dev.json"), state("shop/prod.json"));
  copyFileSync(state("shop/prod.json"), state("shop/dev.json.bak"));
  const after = await audit();
  expect(JSON.stringify(after).replaceAll("shop/prod", "shop/dev")).toBe(JSON.stringify(before));
});

test("eleven stacks are told in order, and one broken state hides none of the others", async () => {
  const names = Array.from({ length: 11 }, (_, n) => `dev-${n}`);
  threeDeployments().write(folder);
  const content = readFileSync(state("shop/dev.json"));
  for (const name of names) writeFileSync(state(`shop/${name}.json`), content);
  writeFileSync(state("shop/dev-4.json"), content.subarray(0, 200));
  const { stacks: audited, findings } = await audit();
  expect(audited.map(({ stack }) => stack)).toEqual(["dev", ...names].map((name) => `shop/${name}`).sort());
  expect(findings).toMatchObject([{ kind: "unreadable", stack: "shop/dev-4" }]);
});

test("the addresses of file backends are read as Pulumi reads them", () => {
  expect(folderOf("file:///var/state?no_tmp_dir=true", "/here")).toBe("/var/state");
  expect(folderOf("file://./state", "/here")).toBe("/here/state");
  expect(folderOf("file://~/state", "/here")).toBe(join(process.env.HOME ?? "", "state"));
});

test("a link that leads around in a circle is named, and hides no other stack", async () => {
  threeDeployments().write(folder);
  symlinkSync("loop.json", join(folder, ".pulumi/stacks/shop/loop.json"));
  const { stacks, records, findings } = await audit();
  expect(stacks.map(({ stack }) => stack)).toEqual(["shop/dev", "shop/loop"]);
  expect(records).toHaveLength(2);
  expect(findings).toMatchObject([
    { kind: "unreadable", stack: "shop/loop", message: expect.stringContaining("ELOOP") },
  ]);
});

test("an old state that is JSON, but no state, is named by its deployment", async () => {
  const history = threeDeployments();
  history.checkpoints[1] = {};
  history.write(folder);
  expect((await audit()).findings).toMatchObject([
    {
      kind: "unreadable",
      message: "the old state of deployment 2 is not in a format of Pulumi that this version knows",
    },
  ]);
});

test("a run that ended between the reading of history and state is told to be, not taken for a lost one alone", async () => {
  const history = threeDeployments();
  history.write(folder);
  const backend = new SelfManagedBackend(new FolderStore(folder));
  const [stack] = await backend.stacks("shop");
  const source = await backend.open(stack as NonNullable<typeof stack>);
  history.deploy([revocation("c", record(tokenId(3), history.at()))]);
  history.write(folder);
  expect((await collect([source])).report.findings).toMatchObject([
    { kind: "underWay", message: expect.stringMatching(/^a run ended while this was read/) },
  ]);
});
