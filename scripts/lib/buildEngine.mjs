import * as fs from "node:fs";
import { join } from "node:path";
import { buildGoCommand, demandGo } from "./goCommand.mjs";
import { inRoot } from "./paths.mjs";

/** Builds the Pulumi engine from its Go module into `folder`/bin: 4 minutes on two cores. */
export async function buildEngine(folder, version) {
  demandGo("There is no Pulumi engine here, it could not be downloaded", `Pulumi v${version} or later`);
  await buildGoCommand(folder, {
    what: `the Pulumi engine v${version} from its Go module, once, about 4 minutes`,
    module: "github.com/pulumi/pulumi/pkg/v3",
    version,
    command: "cmd/pulumi",
    versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    replace: "github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
  });
  // The engine's own distribution has this script beside the engine, where it is looked for first.
  const dynamicProvider = "pulumi-resource-pulumi-nodejs";
  fs.copyFileSync(inRoot("node_modules/@pulumi/pulumi", dynamicProvider), join(folder, "bin", dynamicProvider));
  fs.chmodSync(join(folder, "bin", dynamicProvider), 0o755);
}
