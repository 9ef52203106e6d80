import { join } from "node:path";
import { cleanEnvironment, runCommand } from "../support/processes";

const compiler = join(__dirname, "../../node_modules/typescript/bin/tsc");

// What is taken where it should be refused, `@ts-expect-error` in the program reports.
test.each([
  ["of Pulumi's template", "--target es2020 --module commonjs --moduleResolution bundler"],
  ["that are the strictest", "--module nodenext --exactOptionalPropertyTypes"],
])("the compiler refuses what no run would take, and nothing else, with options %s", async (_, options) => {
  const flags = `--ignoreConfig --noEmit --pretty false --strict --skipLibCheck --types node ${options}`.split(" ");
  const { output, code } = await runCommand(process.execPath, [compiler, ...flags, "argumentTypes.ts"], {
    cwd: __dirname,
    env: cleanEnvironment(),
    timeout: 50_000,
  });
  expect({ output, code }).toEqual({ output: "", code: 0 });
});
