import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStore } from "../../../../cli/audit/backends/folderStore";
import { SelfManagedBackend } from "../../../../cli/audit/backends/selfManagedBackend";
import { collect } from "../../../../cli/audit/collect";
import { selectStacks } from "../../../../cli/audit/selectStacks";
import { withoutClaims } from "../../../support/auditOfRelease";

const fixture = join(__dirname, "../../../fixtures/releases/0.1.0");
const read = (name: string) => JSON.parse(readFileSync(join(fixture, name), "utf8"));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what 0.1.0 left is told as 0.1.0 told it", async () => {
  for (const [path, content] of Object.entries<object>(read("backend.json"))) {
    mkdirSync(join(folder, ".pulumi", path, ".."), { recursive: true });
    writeFileSync(join(folder, ".pulumi", path), JSON.stringify(content));
  }
  const backend = new SelfManagedBackend(new FolderStore(folder));
  const names = await selectStacks(backend, folder, { stacks: [], project: "project" });
  const { report } = await collect(await Promise.all(names.map((name) => backend.open(name))));
  expect(report).toEqual(withoutClaims(read("audit.json")));
});
