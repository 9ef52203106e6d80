import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLanguageExample, playExample } from "../support/languageExample";
import { demandCommand, has, runCommand } from "../support/processes";
import { pythonWith } from "../support/python";
import { generateSdk } from "../support/sdk";

const drive = join(__dirname, "drivers/python/drive.py");
// Pulumi's own SDK, in the version that the tests of the generated one have installed.
const requirements = join(__dirname, "../wire/sdks/python/requirements.txt");

/** Where there is Python, and Go for Pulumi's generator of SDKs. */
const withPython = has("python3", "-c", "import ensurepip, venv") && has("go", "version") ? test : test.skip;

withPython("examples/python revokes each of its tokens once, in the organization that it names", async () => {
  const example = await createLanguageExample("python");
  const { project } = example;
  const [sdk = ""] = readFileSync(join(project.folder, "requirements.txt"), "utf8").split("\n");
  await generateSdk("python", join(project.folder, sdk));
  const python = await pythonWith(requirements);
  const installed = join(project.folder, "installed");
  const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", installed];
  await demandCommand(python, [...pip, sdk], { cwd: project.folder });

  const env = { ...project.env, PYTHONPATH: installed };
  const run = (command: string) => runCommand(python, [drive, command], { cwd: project.folder, env, timeout: 240_000 });
  await playExample(example, {
    preview: () => run("preview"),
    up: () => run("up"),
    refresh: () => run("refresh"),
    destroy: () => run("destroy"),
  });
});
