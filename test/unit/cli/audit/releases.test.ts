import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditReport } from "../../../../cli/audit/auditReport";
import { collect } from "../../../../cli/audit/collect";
import { FileBackend } from "../../../../cli/audit/fileBackend";
import { selectStacks } from "../../../../cli/audit/selectStacks";

const fixture = join(__dirname, "../../../fixtures/releases/0.1.0");
const read = (name: string) => JSON.parse(readFileSync(join(fixture, name), "utf8"));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What 0.1.0 said, but for a claim that nobody can make: that a token never seen was revoked before. */
function withoutClaims(report: AuditReport): AuditReport {
  const records = report.records.map((record) => {
    if (record.unknown.snapshot !== "never seen") return record;
    return { ...record, unknown: { ...record.unknown, secondsToRevoke: "not known: never seen here" } };
  });
  return { ...report, records };
}

test("what 0.1.0 left is told as 0.1.0 told it", async () => {
  for (const [path, content] of Object.entries<object>(read("backend.json"))) {
    mkdirSync(join(folder, ".pulumi", path, ".."), { recursive: true });
    writeFileSync(join(folder, ".pulumi", path), JSON.stringify(content));
  }
  const backend = new FileBackend(folder);
  const names = await selectStacks(backend, folder, { stacks: [], project: "project" });
  const { report } = await collect(await Promise.all(names.map((name) => backend.open(name))));
  expect(report).toEqual(withoutClaims(read("audit.json")));
});
