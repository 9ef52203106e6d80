// `npm run build:plugin`: the provider plugin for this platform, one file that needs no Node.
import { buildExecutable } from "./lib/executable.mjs";
import { inRoot } from "./lib/paths.mjs";
import { entry } from "./lib/processes.mjs";
import { installDependencies } from "./lib/setup.mjs";

await entry(async () => {
  await installDependencies();
  console.log(await buildExecutable(inRoot("dist/plugin")));
  return 0;
});
