// `npm run test:matrix`: users' projects with the oldest and the newest versions of what they bring themselves.
import { parseArgs } from "node:util";
import { entry, SetupError } from "./lib/processes.mjs";
import { onOwnNode, setUp } from "./lib/setup.mjs";

const help = `npm run test:matrix -- [options]

  --engine V     on this version of the Pulumi engine, which is downloaded or built (default: the one that is found)
  --only TEXT    the combinations whose names match, "Node 22" for example
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
  return onOwnNode("node_modules/jest/bin/jest.js", ["--config", "test/matrix/jest.config.mjs", ...only]);
});

function readOptions() {
  const text = { type: "string" };
  try {
    return parseArgs({ options: { engine: text, only: text, help: { type: "boolean" } } }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
}
