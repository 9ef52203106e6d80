import * as fs from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import automation from "@pulumi/pulumi/automation/index.js";
import { buildEngine } from "./buildEngine.mjs";
import { inRoot } from "./paths.mjs";
import { progress } from "./progress.mjs";
import { inUserCache, makeFolder } from "./userCache.mjs";

const { PulumiCommand } = automation;

/** The engine that is fetched or built where there is none. */
const version = "3.274.1";
/** The oldest one that is taken as it is: as old as the oldest SDK that the package admits. */
const manifest = JSON.parse(fs.readFileSync(inRoot("package.json"), "utf8"));
const oldest = manifest.peerDependencies["@pulumi/pulumi"].replace("^", "");

const cachedAs = (version) => inUserCache(`engine-v${version}`);

/**
 * Makes sure that there is a Pulumi engine and that this process and its children find it on PATH: the one on PATH
 * or in ~/.pulumi if it is new enough, else the official download, else a build from its Go module. What was
 * fetched or built stays in the user's cache.
 */
export async function ensureEngine() {
  putOnPath((await findEngine()) ?? (await makeEngine(version)));
}

/** The same for one certain version, whatever else there is; `"oldest"` is the oldest that the package admits. */
export async function demandEngine(wanted) {
  const version = wanted === "oldest" ? oldest : wanted;
  const cached = cachedAs(version);
  putOnPath((await isEngine(cached)) ? cached : await makeEngine(version));
}

function putOnPath(root) {
  if (root) process.env.PATH = [join(root, "bin"), process.env.PATH].join(delimiter);
}

/** The folder in whose bin/ there is an engine, "" for the one on PATH, undefined if there is none. */
async function findEngine() {
  const home = join(homedir(), ".pulumi");
  const newestFirst = (a, b) => b.localeCompare(a, "en", { numeric: true });
  const versions = fs.existsSync(join(home, "versions")) ? fs.readdirSync(join(home, "versions")) : [];
  const roots = [
    "",
    home,
    ...versions.sort(newestFirst).map((name) => join(home, "versions", name)),
    cachedAs(version),
  ];
  for (const root of roots) if (await isEngine(root)) return root;
}

async function isEngine(root) {
  try {
    const engine = await PulumiCommand.get({ root: root || undefined, skipVersionCheck: true });
    return engine.version.compare(oldest) >= 0;
  } catch {
    return false;
  }
}

async function makeEngine(version) {
  const cached = cachedAs(version);
  await makeFolder(
    cached,
    async (making) => {
      if (!(await download(making, version))) await buildEngine(making, version);
    },
    () => isEngine(cached),
  );
  return cached;
}

/** The official download. Without internet it fails at once, which needs no words: there is another way. */
async function download(root, version) {
  const waiting = progress(`Downloading the Pulumi engine v${version}`);
  try {
    await PulumiCommand.install({ root, version, skipVersionCheck: true });
    return true;
  } catch {
    return false;
  } finally {
    waiting.done();
  }
}
