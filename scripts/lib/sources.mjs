import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.mjs";

/** A hash of files and of all that lies in folders, each named by its path in the project; what is missing counts as such. */
export function hashOfSources(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap(filesAt).sort()) {
    hash
      .update(`${path}\0`)
      .update(fs.readFileSync(inRoot(path)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** What was installed or built among them. */
const made = ["node_modules", "bin"];

function filesAt(path) {
  const found = fs.statSync(inRoot(path), { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.isFile() ? [path] : [];
  const names = fs.readdirSync(inRoot(path)).filter((name) => !made.includes(name));
  return names.flatMap((name) => filesAt(join(path, name)));
}
