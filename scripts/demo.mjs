import * as fs from "node:fs";
import { ensureEngine } from "./lib/engine.mjs";
import { cache } from "./lib/paths.mjs";
import { entry } from "./lib/processes.mjs";

await entry(async () => {
  await ensureEngine();
  // Its own home and its own backend, new each time: nobody's Pulumi login, stacks or passphrase are touched.
  fs.rmSync(cache("demo"), { recursive: true, force: true });
  fs.mkdirSync(cache("demo/backend"), { recursive: true });
  Object.assign(process.env, {
    PULUMI_HOME: cache("demo/home"),
    PULUMI_BACKEND_URL: `file://${cache("demo/backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  await import("../examples/demo/main.mts");
  return process.exitCode;
});
