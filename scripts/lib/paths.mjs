import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
export const inRoot = (...parts) => join(root, ...parts);

/** What the project builds for itself while it works; `git clean -fdX` may remove it at any time. */
export const cache = (...parts) => inRoot(".cache", ...parts);
