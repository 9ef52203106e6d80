// `npm run schema [-- PATH]`: writes plugin/schema.json anew, or to another path.
import { entry } from "./lib/processes.mjs";
import { installDependencies, onOwnNode } from "./lib/setup.mjs";

await entry(async () => {
  await installDependencies();
  return onOwnNode("scripts/lib/schema/main.mts", process.argv.slice(2));
});
