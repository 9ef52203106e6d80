import * as fs from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { cache, inRoot, ownNode } from "./paths.mjs";
import { bundlePlugin } from "./plugin.mjs";
import { quietly, SetupError } from "./processes.mjs";

/** Where Node looks for the program in itself: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const blobName = "NODE_SEA_BLOB";
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Nobody is to wait for more. */
const mostBytes = 120_000_000;

/**
 * Builds the provider plugin as one file that runs where there is no Node, and beside it the licences of all that is in
 * it. Both are made elsewhere and then put into `folder`.
 *
 * @returns {Promise<string>} the executable
 */
export async function buildExecutable(folder) {
  const isWindows = process.platform === "win32";
  const executable = `pulumi-resource-datadog-revocation${isWindows ? ".exe" : ""}`;
  const making = cache(`executable-${process.pid}`);
  const inMaking = (...parts) => join(making, ...parts);
  try {
    const files = Object.keys(await bundlePlugin(inMaking("main.js")));
    const settings = { main: "main.js", output: "main.blob", disableExperimentalSEAWarning: true, useCodeCache: true };
    fs.writeFileSync(inMaking("sea.json"), JSON.stringify(settings));
    // By names that say nothing of this machine: the first of them is in the executable.
    await quietly("Preparing the program", ownNode, ["--experimental-sea-config", "sea.json"], { cwd: making });
    fs.copyFileSync(ownNode, inMaking(executable));
    await withoutSymbols(inMaking(executable));
    const postject = createRequire(import.meta.url).resolve("postject/dist/cli.js");
    const args = [postject, executable, blobName, "main.blob", "--sentinel-fuse", fuse];
    if (process.platform === "darwin") args.push("--macho-segment-name", "NODE_SEA");
    await quietly("Putting the program into Node", ownNode, args, { cwd: making });
    if (process.platform === "darwin") await quietly("Signing", "codesign", ["--sign", "-", inMaking(executable)]);
    const { size } = fs.statSync(inMaking(executable));
    if (size > mostBytes) throw new SetupError(`${executable} has ${size} bytes, more than ${mostBytes}`);
    fs.writeFileSync(inMaking("THIRD_PARTY_LICENSES"), licencesOf(files));
    fs.mkdirSync(folder, { recursive: true });
    for (const file of ["THIRD_PARTY_LICENSES", executable]) fs.renameSync(inMaking(file), join(folder, file));
    return join(folder, executable);
  } finally {
    fs.rmSync(making, { recursive: true, force: true });
  }
}

/** A debugger needs them, the plugin does not. Node for Windows has none. */
async function withoutSymbols(file) {
  const [what, options] = ["Removing Node's symbols", { env: {} }];
  // A changed file is signed anew in the end.
  if (process.platform === "darwin") {
    await quietly(what, "codesign", ["--remove-signature", file], options);
    await quietly(what, "strip", ["-x", file], options);
  } else if (process.platform === "linux") {
    await quietly(what, "strip", [file], options);
  }
}

/** The licences of Node and of the packages that these files are of, as those ask for. */
function licencesOf(files) {
  const folders = files.map((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
  const packages = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  const node = `Node.js ${process.version}: https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`;
  return [node, ...packages.map(licenceOf)].join(`\n${"-".repeat(80)}\n\n`);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(inRoot(folder, "package.json"), "utf8"));
  const texts = fs.readdirSync(inRoot(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const text = texts.map((file) => `\n${fs.readFileSync(inRoot(folder, file), "utf8").trim()}\n`);
  return `${name} ${version}: ${license}\n${text.join("")}`;
}
