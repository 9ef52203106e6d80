import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../../cli/output";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("an output file is replaced as a whole, and keeps its permissions", async () => {
  const path = join(folder, "report.json");
  writeFileSync(path, "before", { mode: 0o600 });
  await writeWhole(path, "after");
  expect(readFileSync(path, "utf8")).toBe("after");
  expect(readdirSync(folder)).toEqual(["report.json"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("an output file that cannot be written leaves nothing behind, and the error says why", async () => {
  const nowhere = writeWhole(join(folder, "no/report.json"), "text");
  await expect(nowhere).rejects.toThrow(/no such folder\. Nothing was written\.$/);
  await expect(writeWhole(folder, "text")).rejects.toThrow("it is a folder");
  expect(readdirSync(folder)).toEqual([]);
});
