// `npm run recording [-- PATH]`: runs the demo in a terminal and writes docs/demo.svg anew, or another file.
// Needs python3, as Node.js has no pseudo-terminals: Linux or macOS.
import { entry } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";

await entry(async () => {
  await setUp();
  return onOwnNode("scripts/lib/recording/main.mts", process.argv.slice(2));
});
