// `npm run test:mutation`: breaks `provider/` in every way that Stryker knows, one at a time, and sees whether a test
// notices. `npm run test:mutation -- text core` does parts, `-- core provider/core/guards.ts` one file of a part; what was
// found is kept in .cache/mutation, so that the next run tries only what changed since. docs/mutation.md tells what is left
// and why.
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { entry } from "../../scripts/lib/processes.mjs";
import { installDependencies, onOwnNode } from "../../scripts/lib/setup.mjs";
import { parts } from "./parts.mjs";

await entry(async () => {
  await installDependencies();
  const names = process.argv.slice(2).filter((name) => name in parts);
  const files = process.argv.slice(2).filter((name) => name.endsWith(".ts"));
  const restriction = files.length > 0 ? ["--mutate", files.join(",")] : [];
  let status = 0;
  const counts = {};
  for (const name of names.length > 0 ? names : Object.keys(parts)) {
    process.env.MUTATED_PART = name;
    status = (await onOwnNode("node_modules/@stryker-mutator/core/bin/stryker.js", ["run", ...restriction])) || status;
    const { files } = JSON.parse(readFileSync(`.cache/mutation/${name}/report.json`, "utf8"));
    for (const [file, { mutants }] of Object.entries(files)) {
      counts[dirname(file)] ??= { noticed: 0, all: 0 };
      const count = counts[dirname(file)];
      for (const { status } of mutants) {
        if (["Killed", "Timeout"].includes(status)) count.noticed++;
        if (["Killed", "Timeout", "Survived", "NoCoverage"].includes(status)) count.all++;
      }
    }
  }
  for (const [folder, { noticed, all }] of Object.entries(counts)) {
    console.log(`${folder}: ${noticed} of ${all} mutants noticed, ${((100 * noticed) / all).toFixed(1)} %`);
  }
  return status;
});
