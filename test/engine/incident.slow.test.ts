import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configure, createExample } from "../support/example";

test("examples/incident says that a report cannot be read, and that one holds no whole value", async () => {
  const { project, simulator } = await createExample("incident", {
    config: () => ({ ticket: "INC-7", reportedAt: "2026-01-01T00:00:00Z", requestedBy: "ana", maxRevocations: "2" }),
  });
  const report = join(project.folder, "../report.json");
  await configure(project, { report, organizationId: simulator.organization.id });
  const missing = await project.preview();
  expect(missing.code).not.toBe(0);
  expect(missing.output).toContain("report.json cannot be read: ENOENT");

  writeFileSync(report, '[{"Secret": "REDACTED"}]');
  const redacted = await project.preview();
  expect(redacted.code).not.toBe(0);
  expect(redacted.output).toContain("report.json holds no whole token value.");
});
