// After a dependency was added or raised: `node scripts/completeLock.mjs`.
//
// `npm install` leaves a platform's package (`@swc/core-darwin-arm64`) out of the lock when the registry at hand does
// not serve it, and `npm ci` refuses such a lock everywhere. This adds what is missing, without a checksum, which
// nobody could compute here. See https://github.com/npm/cli/issues/4828.
import * as fs from "node:fs";
import { inRoot } from "./lib/paths.mjs";

const platforms = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = ["arm64", "x64", "ia32", "wasm32", "ppc64", "s390x", "riscv64", "loong64", "arm"];

const lock = JSON.parse(fs.readFileSync(inRoot("package-lock.json"), "utf8"));
const packages = lock.packages;

for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(name, path)) continue;
    const os = platforms.find((platform) => name.includes(platform));
    const cpu = processors.find((processor) => name.includes(processor));
    if (!/^\d/.test(version) || (!os && !cpu)) throw new Error(`${name}@${version} of ${path}: no platform's package`);
    const entry = { version, cpu: cpu && [cpu], dev, optional: true, os: os && [os] };
    if (os === "linux" && /musl|gnu/.test(name)) entry.libc = [name.includes("musl") ? "musl" : "glibc"];
    packages[`node_modules/${name}`] = entry;
    console.log(`${name}@${version}`);
  }
}

const inOrder = ([a], [b]) => a.localeCompare(b, "en");
lock.packages = Object.fromEntries(Object.entries(packages).sort(inOrder));
fs.writeFileSync(inRoot("package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);

/** Whether a package at `path` finds the other: in its own node_modules, or in those of a folder above. */
function isLocked(name, path) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("node_modules/") - 1, 0))) {
    if (packages[`${folder}${folder && "/"}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}
