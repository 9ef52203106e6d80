import { existsSync, statSync } from "node:fs";
import { delimiter } from "node:path";
import { refreshPackage } from "./package.mjs";
import { inRoot } from "./paths.mjs";
import { openly, quietly } from "./processes.mjs";

/** Node 24 from the npm package `node`, whatever the machine's own version is. */
const ownNode = inRoot("node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");

/** Makes a clone ready to run: dependencies, Node 24, and this package as its users have it. Does only what is missing. */
export async function setUp() {
  await installDependencies();
  await refreshPackage();
}

/** All of it but this package. */
export async function installDependencies() {
  if (!dependenciesAreCurrent()) {
    // `--loglevel error` leaves out npm's warnings that Node 20 is older than what some packages want: none of
    // them runs on it.
    const args = ["ci", "--no-audit", "--no-fund", "--loglevel", "error"];
    await quietly("Installing the dependencies", "npm", args, { cwd: inRoot() });
  }
  if (!existsSync(ownNode)) {
    // Install scripts were switched off when the dependencies were installed.
    const args = ["rebuild", "node", "--ignore-scripts=false"];
    await quietly("Installing Node 24 into node_modules", "npm", args, { cwd: inRoot() });
  }
}

/** Runs one of the project's scripts on Node 24 with the project's commands on PATH, and gives its exit status. */
export function onOwnNode(script, args) {
  return openly(ownNode, [inRoot(script), ...args], {
    PATH: [inRoot("node_modules/.bin"), process.env.PATH].join(delimiter),
  });
}

function dependenciesAreCurrent() {
  const installed = statSync(inRoot("node_modules/.package-lock.json"), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(inRoot("package-lock.json")).mtimeMs;
}
