import { existsSync, statSync } from "node:fs";
import { delimiter } from "node:path";
import { refreshPackage, skipsPrepare } from "./package.mjs";
import { inRoot, ownNode } from "./paths.mjs";
import { refreshPlugin } from "./plugin.mjs";
import { openly, quietly } from "./processes.mjs";

/** Makes a clone ready to run: dependencies, Node 24, and package and plugin as their users have them. Does only what is missing. */
export async function setUp() {
  await installDependencies();
  await refreshPackage();
  await refreshPlugin();
}

/** All of it but package and plugin. */
export async function installDependencies() {
  if (!dependenciesAreCurrent()) await installPackages();
  if (!existsSync(ownNode)) {
    // Install scripts were switched off when the dependencies were installed.
    const args = ["rebuild", "node", "--ignore-scripts=false"];
    await quietly("Installing Node 24 into node_modules", "npm", args, { cwd: inRoot() });
  }
}

/** `npm ci`, with the development dependencies and without a build of this package. */
export async function installPackages() {
  // `--loglevel error` leaves out npm's warnings that Node 20 is older than what some packages want: none of
  // them runs on it. The options of an `npm pack --dry-run`, say, that this is a part of reach it through the environment.
  const options = ["--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--dry-run=false", "--global=false"];
  await quietly("Installing the dependencies", "npm", ["ci", ...options], {
    cwd: inRoot(),
    env: { [skipsPrepare]: "true" },
  });
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
