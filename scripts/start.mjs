// `npm start`: the demo, on any machine with Node 20.19 or later and npm.
import { entry } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";

await entry(async () => {
  await setUp();
  return onOwnNode("scripts/demo.mjs", process.argv.slice(2));
});
