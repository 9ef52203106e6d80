// `npm run bench`: measurements beside named peers; `npm run bench -- --help` names the rows.
import { entry } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";

await entry(async () => {
  await setUp();
  return onOwnNode("bench/main.mts", process.argv.slice(2));
});
