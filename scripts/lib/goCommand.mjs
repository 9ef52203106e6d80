import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { quietly, SetupError } from "./processes.mjs";

/** The oldest Go that will do: what the newest of the modules asks for. An older one fetches it by itself. */
const go = "1.26.6";

/**
 * Builds a command of a Go module into `folder`/bin, with the versions of its dependencies that the module asks for.
 * `go install` cannot do it where a module replaces one of its dependencies. Everything is built with the same flags,
 * so that what two commands share is compiled once.
 *
 * @param {string} folder is made
 * @param {object} options
 * @param {string} options.what what it is, in words, and how long it takes: shown while it is built
 * @param {string} options.module the module's path, without a version
 * @param {string} options.version without the "v"
 * @param {string} options.command the command's folder in the module
 * @param {string} options.versionVariable the variable in which the command has its version
 * @param {string} [options.replace] the module's own replacement, in the words of go.mod
 */
export async function buildGoCommand(folder, { what, module, version, command, versionVariable, replace }) {
  const path = `${module}/${command}`;
  fs.mkdirSync(join(folder, "bin"), { recursive: true });
  fs.writeFileSync(
    join(folder, "go.mod"),
    `module build
go ${go}
tool ${path}
require ${module} v${version}
${replace ? `replace ${replace}\n` : ""}`,
  );
  const flags = ["-v", "-mod=mod", "-trimpath", "-ldflags", `-s -w -X ${versionVariable}=v${version}`];
  let downloaded = 0;
  let compiled = 0;
  await quietly(`Building ${what}`, "go", ["build", ...flags, "-o", "bin/", path], {
    cwd: folder,
    env: { CGO_ENABLED: "0" },
    onLine(line) {
      if (line.startsWith("go: downloading")) downloaded += 1;
      else compiled += 1;
    },
    detail: () => (compiled > 0 ? `${compiled} packages compiled` : `${downloaded} modules downloaded`),
  });
}

/**
 * Fails without a Go that can build; from 1.21 on it fetches by itself the version that go.mod asks for.
 *
 * @param {string} missing the first words of the failure: what is not there
 * @param {string} instead what else the user can install
 */
export function demandGo(missing, instead) {
  let found;
  try {
    found = execFileSync("go", ["version"], { encoding: "utf8" });
  } catch {
    // There is none.
  }
  const minor = Number(/go1\.(\d+)/.exec(found ?? "")?.[1] ?? 0);
  if (minor >= 21) return;
  throw new SetupError(
    `${missing}, and ${found ? `${found.trim()} is too old to build it` : "without Go it cannot be built"}.
Install one of them, then try again:
  ${instead.padEnd(26)}https://www.pulumi.com/docs/install/
  ${"Go 1.21 or later".padEnd(26)}https://go.dev/doc/install`,
  );
}
