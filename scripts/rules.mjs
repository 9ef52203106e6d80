// `npm run rules [-- FOLDER]`: writes the rules for secret scanners anew, into rules/ or another folder.
import { entry } from "./lib/processes.mjs";
import { installDependencies, onOwnNode } from "./lib/setup.mjs";

await entry(async () => {
  await installDependencies();
  return onOwnNode("scripts/lib/rules/main.mts", process.argv.slice(2));
});
