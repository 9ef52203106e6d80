import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const inRoot = (...parts) => join(root, ...parts);

/** What the project builds for itself while it works; `git clean -fdX` may remove it at any time. */
export const cache = (...parts) => inRoot(".cache", ...parts);
