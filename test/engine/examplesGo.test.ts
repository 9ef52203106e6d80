import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { createLanguageExample, playExample } from "../support/languageExample";
import { demandCommand, runCommand } from "../support/processes";
import { generateSdk } from "../support/sdk";

test("examples/go revokes each of its tokens once, in the organization that it names", async () => {
  const example = await createLanguageExample("go");
  const { folder, env } = example.project;
  await generateSdk("go", join(folder, "sdks/datadog-revocation"));
  copyFileSync(join(__dirname, "drivers/go/drive_test.go"), join(folder, "drive_test.go"));
  // As the engine and the generators of SDKs are compiled: what they share is compiled once.
  const build = ["test", "-c", "-mod=mod", "-trimpath", "-buildvcs=false", "-o", "drive", "."];
  await demandCommand("go", build, { cwd: folder, env: { CGO_ENABLED: "0" } });

  const run = (COMMAND: string) =>
    runCommand(join(folder, "drive"), [], { cwd: folder, env: { ...env, COMMAND }, timeout: 240_000 });
  await playExample(example, {
    preview: () => run("preview"),
    up: () => run("up"),
    refresh: () => run("refresh"),
    destroy: () => run("destroy"),
  });
});
