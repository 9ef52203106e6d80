import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../support/engine";
import { createLanguageExample, type LanguageExample, playExample } from "../support/languageExample";
import { type CommandResult, demandCommand, has, runCommand } from "../support/processes";
import { pythonWith } from "../support/python";
import { generateSdk } from "../support/sdk";

const drive = join(__dirname, "drivers/python/drive.py");
// Pulumi's own SDK, in the version that the tests of the generated one have installed.
const requirements = join(__dirname, "../wire/sdks/python/requirements.txt");

/** Where there is Python, and Go for Pulumi's generator of SDKs. */
const withPython = has("python3", "-c", "import ensurepip, venv") && has("go", "version") ? test : test.skip;

/** Installs what the project's requirements name, and gives what runs its program. */
async function install({ folder, env }: Project): Promise<(command: string) => Promise<CommandResult>> {
  const [sdk = ""] = readFileSync(join(folder, "requirements.txt"), "utf8").split("\n");
  await generateSdk("python", join(folder, sdk));
  const python = await pythonWith(requirements);
  const installed = join(folder, "installed");
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", installed];
  await demandCommand(python, [...pip, sdk], { cwd: folder });
  const options = { cwd: folder, env: { ...env, PYTHONPATH: installed }, timeout: 240_000 };
  return (command) => runCommand(python, [drive, command], options);
}

withPython("examples/python revokes each of its tokens once, in the organization that it names", async () => {
  const example = await createLanguageExample("python");
  const run = await install(example.project);
  await playExample(example, {
    preview: () => run("preview"),
    up: () => run("up"),
    refresh: () => run("refresh"),
    destroy: () => run("destroy"),
  });
  await refusesWholeValues(example, run);
});

/** The SDK prints a trace beneath; the sentence stands above it, whole. */
async function refusesWholeValues(
  { project, us }: LanguageExample,
  run: (command: string) => Promise<CommandResult>,
): Promise<void> {
  const { value } = us.addToken();
  const sentence = "is a whole token value, a secret: give its first 28 characters alone, the public portion";
  for (const [declared, said] of [
    [`TokenRevocation("a", token="${value}")`, `resource 'a' has a problem: token ${sentence}`],
    [
      `TokenRevocationBatch("a", tokens=["${value}"])`,
      `TokenRevocationBatch "a": tokens holds members that name no token: [0] ${sentence}`,
    ],
  ] as const) {
    project.write({ "__main__.py": `from pulumi_datadog_revocation import *\n${declared}\n` });
    const { code, output } = await run("up");
    expect(code).not.toBe(0);
    expect(output).toContain(said);
    expect(output).not.toContain(value);
  }
  project.write({ "__main__.py": "" });
  expect(project.stateText()).not.toContain(value);
}
