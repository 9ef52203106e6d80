/** Stands in for `gh`, GitHub's command: it knows what the workflows of `examples/ci/github` ask, and nothing else. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const state = process.env.STAND_IN_FOR_GITHUB ?? "";
const permissions: Record<string, string> = JSON.parse(process.env.STAND_IN_PERMISSIONS ?? "{}");
const command = process.argv.slice(2);
const option = (name: string): string => {
  const at = command.indexOf(name);
  return at < 0 ? "" : (command[at + 1] ?? "");
};
const known = (file: string): string => (existsSync(join(state, file)) ? readFileSync(join(state, file), "utf8") : "");
const pulls: { number: number; head: string; state: string; ended?: string }[] = JSON.parse(
  known("pulls.json") || "[]",
);
const openOf = (head: string) => pulls.filter((pull) => pull.head === head && pull.state === "open");

const what = command.slice(0, 2).join(" ");
const commit = /^api repos\/example\/revocations\/commits\/(\w+)\/pulls$/.exec(what)?.[1];
if (command[0] === "api" && command[1] === "--paginate") {
  demandToken("a token for alerts");
  if (command[2] !== "orgs/example/secret-scanning/alerts?state=open&per_page=100") fail("not found");
  // One alert a page.
  for (const alert of JSON.parse(known("alerts.json") || "[]")) print(jq([alert]));
} else if (what === "run download" && option("--repo") !== "") {
  demandToken("a token for alerts");
  copyArtifact(join("others", option("--repo")), option("--dir"));
} else {
  demandToken("a token of GitHub");
  if (process.env.GH_REPO !== "example/revocations") fail("the wrong repository");
  if (commit) print(known(`merge-${commit}`));
  else if (what === "run list" && option("--status") === "success") print(known(`run-${option("--commit")}`));
  else if (what === "run download") copyArtifact("artifacts", ".");
  else if (what === "pr list") print(jq(pullsOf(option("--head"), option("--state"))));
  else if (what === "pr comment") comment(command[2] ?? "");
  else if (what === "pr create") open();
  else if (what === "workflow run") start();
  else fail("this is more than the stand-in knows");
}

/** Of a branch, each with its last commit: of what has ended, the one that it ended with. */
function pullsOf(head: string, which: string) {
  const { stdout } = spawnSync("git", ["-C", join(state, "origin.git"), "rev-parse", head], { encoding: "utf8" });
  return pulls
    .filter((pull) => pull.head === head && (which === "all" || pull.state === which))
    .map((pull) => ({ ...pull, state: pull.state.toUpperCase(), headRefOid: pull.ended ?? stdout.trim() }));
}

function comment(on: string): void {
  demandPermission("pull-requests");
  const number = /^\d+$/.test(on) ? on : openOf(on)[0]?.number;
  if (number === undefined) fail("no pull requests found for branch");
  appendFileSync(join(state, `comments-${number}`), readFileSync(option("--body-file")));
}

function open(): void {
  demandPermission("pull-requests");
  const head = option("--head");
  const refused = join(state, "refuse-pull-request");
  if (existsSync(refused)) {
    rmSync(refused);
    fail("GitHub Actions is not permitted to create or approve pull requests");
  }
  if (openOf(head).length > 0) fail("a pull request already exists");
  const number = 101 + pulls.length;
  const body = readFileSync(option("--body-file"), "utf8");
  const pull = { number, head, state: "open", title: option("--title"), body };
  writeFileSync(join(state, "pulls.json"), JSON.stringify([...pulls, pull]));
  print(`https://github.com/example/revocations/pull/${number}\n`);
}

function start(): void {
  demandPermission("actions");
  appendFileSync(join(state, "started"), `${command[2]} ${option("--ref")}\n`);
}

function copyArtifact(place: string, to: string): void {
  const artifact = join(state, place, command[2] ?? "", option("--name"));
  if (!existsSync(artifact)) fail("no valid artifacts found to download");
  cpSync(artifact, to, { recursive: true });
}

/** What `--jq` makes of an answer. */
function jq(answer: unknown): string {
  const { status, stdout, stderr } = spawnSync("jq", ["-r", option("--jq")], { input: JSON.stringify(answer) });
  if (status !== 0) fail(String(stderr));
  return String(stdout);
}

function print(text: string): void {
  process.stdout.write(text);
}

function demandToken(token: string): void {
  if (process.env.GH_TOKEN !== token) fail("Bad credentials");
}

function demandPermission(name: string): void {
  if (permissions[name] !== "write") fail("Resource not accessible by integration");
}

function fail(why: string): never {
  console.error(`gh ${command.join(" ")}: ${why}`);
  process.exit(1);
}
