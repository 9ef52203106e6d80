import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.mjs";
import { quietly, SetupError } from "./processes.mjs";

const command = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/**
 * Builds the Pulumi engine from its Go module into `root`/bin: 4 minutes on two cores. `go install` cannot do it,
 * because the module replaces one of its dependencies.
 */
export async function buildEngine(root, version) {
  demandGo(version);
  fs.mkdirSync(join(root, "bin"), { recursive: true });
  fs.writeFileSync(
    join(root, "go.mod"),
    `module engine
go 1.25.11
tool ${command}
require github.com/pulumi/pulumi/pkg/v3 v${version}
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
`,
  );
  const versionFlag = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const flags = ["-v", "-mod=mod", "-trimpath", "-ldflags", `-s -w ${versionFlag}`];
  let downloaded = 0;
  let compiled = 0;
  await quietly(
    `Building the Pulumi engine v${version} from its Go module, once, about 4 minutes`,
    "go",
    ["build", ...flags, "-o", "bin/pulumi", command],
    {
      cwd: root,
      env: { CGO_ENABLED: "0" },
      onLine(line) {
        if (line.startsWith("go: downloading")) downloaded += 1;
        else compiled += 1;
      },
      detail: () => (compiled > 0 ? `${compiled} packages compiled` : `${downloaded} modules downloaded`),
    },
  );
  // The engine's own distribution has this script beside the engine, where it is looked for first.
  const dynamicProvider = "pulumi-resource-pulumi-nodejs";
  fs.copyFileSync(inRoot("node_modules/@pulumi/pulumi", dynamicProvider), join(root, "bin", dynamicProvider));
  fs.chmodSync(join(root, "bin", dynamicProvider), 0o755);
}

/** Go 1.21 and later fetch by themselves the version that the module asks for. */
function demandGo(version) {
  let found;
  try {
    found = execFileSync("go", ["version"], { encoding: "utf8" });
  } catch {
    // There is none.
  }
  const minor = Number(/go1\.(\d+)/.exec(found ?? "")?.[1] ?? 0);
  if (minor >= 21) return;
  throw new SetupError(
    `There is no Pulumi engine here, it could not be downloaded, and ${found ? `${found.trim()} is too old to build it` : "without Go it cannot be built"}.
Install one of them, then try again:
  Pulumi v${version} or later   https://www.pulumi.com/docs/install/
  Go 1.21 or later          https://go.dev/doc/install`,
  );
}
