// `npm run test:matrix`: users' projects with the oldest and the newest versions of what they bring themselves.
import { parseArgs } from "node:util";
import { entry, SetupError } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";
import { jest, resultsTo } from "./lib/testRun.mjs";

const help = `npm run test:matrix -- [options]

  --engine V     on this version of the Pulumi engine, "oldest" for the oldest supported one, which is downloaded or
                 built (default: what the tests run on: the one that is found, else the newest)
  --only TEXT    the combinations whose names match, "Node 22" for example
  --results FILE jest's results, as JSON
  --help

"latest" is what the npm registry says it is.
`;

await entry(async () => {
  const values = readOptions();
  if (values.help) {
    console.log(help);
    return 0;
  }
  await setUp();
  if (values.engine) {
    // It needs what was installed just now.
    const { demandEngine } = await import("./lib/engine.mjs");
    await demandEngine(values.engine);
  }
  const only = values.only ? ["--testNamePattern", values.only] : [];
  const results = values.results ? resultsTo(values.results) : [];
  return onOwnNode(jest, ["--config", "test/matrix/jest.config.mjs", ...results, ...only]);
});

function readOptions() {
  const text = { type: "string" };
  try {
    return parseArgs({ options: { engine: text, only: text, results: text, help: { type: "boolean" } } }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
}
