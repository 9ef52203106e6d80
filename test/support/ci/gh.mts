/** Stands in for `gh`, GitHub's command: it knows what the workflows of `examples/ci/github` ask, and nothing else. */
import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const state = process.env.STAND_IN_FOR_GITHUB ?? "";
const command = process.argv.slice(2);
const option = (name: string): string => command[command.indexOf(name) + 1] ?? "";
const known = (file: string): string => (existsSync(join(state, file)) ? readFileSync(join(state, file), "utf8") : "");

if (!process.env.GH_TOKEN || process.env.GH_REPO !== "example/revocations") fail("no token, or the wrong repository");
const what = command.slice(0, 2).join(" ");
const pulls = /^api repos\/example\/revocations\/commits\/(\w+)\/pulls$/.exec(what);
if (pulls) {
  process.stdout.write(known(`merge-${pulls[1]}`));
} else if (what === "run list" && option("--event") === "pull_request" && option("--status") === "success") {
  process.stdout.write(known(`run-${option("--commit")}`));
} else if (what === "run download") {
  const artifact = join(state, "artifacts", command[2] ?? "", option("--name"));
  if (!existsSync(artifact)) fail("no valid artifacts found to download");
  cpSync(artifact, ".", { recursive: true });
} else if (what === "pr comment") {
  appendFileSync(join(state, `comments-${command[2]}`), readFileSync(option("--body-file")));
} else {
  fail("this is more than the stand-in knows");
}

function fail(why: string): never {
  console.error(`gh ${command.join(" ")}: ${why}`);
  process.exit(1);
}
