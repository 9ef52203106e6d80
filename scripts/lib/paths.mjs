import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const inRoot = (...parts) => join(root, ...parts);

/** What the project builds for itself while it works; `git clean -fdX` may remove it at any time. */
export const cache = (...parts) => inRoot(".cache", ...parts);

/** Node 24 from the npm package `node`, whatever the machine's own version is. */
export const ownNode = inRoot("node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
