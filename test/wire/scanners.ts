import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { tokenIdOfValue } from "../../provider/tokens/tokenIds";
import { LEAK_CASES } from "../support/leakCases";
import { cleanEnvironment, demandCommand, has, runCommand } from "../support/processes";
import { pythonWith, tryPython } from "../support/python";
import { root } from "./clients";

const sources = join(root, "test/support/scanners");
const rules = join(root, "rules");
/** The id of our rule, in the scanners' reports. */
const ID = "datadog-personal-or-service-access-token";

/** What a scanner found with our rule. */
interface Finding {
  readonly file: string;
  readonly value: string;
}

/** A secret scanner, as users have it. */
export interface Scanner {
  readonly name: string;
  /** What the machine lacks to run it. */
  readonly lacks: string | false;
  /** Makes it ready, the first time by compiling or installing it; the command that scans a folder into a report. */
  prepare(): Promise<(folder: string, report: string) => readonly string[]>;
  /** What stands in the report. */
  read(report: string): readonly Finding[];
}

/** A row of gitleaks' report, which betterleaks' first version has too. */
interface GitleaksRow {
  readonly RuleID: string;
  readonly File: string;
  readonly Secret: string;
}

/** gitleaks and betterleaks 1, with a configuration. */
function gitleaksLike(go: FromGo, config: () => string): Pick<Scanner, "prepare" | "read"> {
  return {
    async prepare() {
      const command = await go.compile();
      const options = ["--no-banner", "--config", config(), "--report-format", "json"];
      return (folder, report) => [command, "dir", folder, ...options, "--report-path", report];
    },
    read(report) {
      const rows: readonly GitleaksRow[] = JSON.parse(report);
      return rows.filter(({ RuleID }) => RuleID === ID).map(({ File, Secret }) => ({ file: File, value: Secret }));
    },
  };
}

const gitleaksGo = fromGo("gitleaks", "github.com/zricethezav/gitleaks/v8", "about a minute");
export const gitleaks: Scanner = { ...gitleaksGo, ...gitleaksLike(gitleaksGo, () => join(rules, "gitleaks.toml")) };

/** GitLab's pipelines run gitleaks with what the ruleset hands on, in an image that has their own rules at /gitleaks.toml. */
export const gitlab: Scanner = {
  name: `GitLab's ruleset on ${gitleaksGo.name}`,
  lacks: gitleaksGo.lacks || (!has("python3", "-c", "import tomllib") && "python3.11 or later, which reads TOML"),
  ...gitleaksLike(gitleaksGo, () => {
    const folder = join(root, ".cache/scanners/gitlab");
    mkdirSync(folder, { recursive: true });
    const [image, passed] = [join(folder, "image.toml"), join(folder, "passed.toml")];
    writeFileSync(image, `[[rules]]\nid = "of-the-image"\nregex = "glpat-[0-9a-zA-Z]{20}"\n`);
    writeFileSync(passed, gitlabPassthrough().replace('path = "/gitleaks.toml"', `path = ${JSON.stringify(image)}`));
    return passed;
  }),
};

/** What GitLab writes into gitleaks.toml. */
function gitlabPassthrough(): string {
  const read = "import json, sys, tomllib; print(json.dumps(tomllib.load(open(sys.argv[1], 'rb'))))";
  const ruleset = join(rules, "gitlab-secret-detection-ruleset.toml");
  const { secrets } = JSON.parse(execFileSync("python3", ["-c", read, ruleset], { encoding: "utf8" }));
  const [{ type, target, value }, ...others] = secrets.passthrough;
  expect({ type, target, others }).toEqual({ type: "raw", target: "gitleaks.toml", others: [] });
  return value;
}

const betterleaksGo = fromGo("betterleaks", "github.com/betterleaks/betterleaks", "5 minutes");
export const betterleaks: Scanner = {
  ...betterleaksGo,
  ...gitleaksLike(betterleaksGo, () => join(rules, "gitleaks.toml")),
};

interface Betterleaks2Report {
  readonly findings: readonly { rule_id: string; match: { value: string }; location: { path: string } }[];
}

export const betterleaks2: Scanner = {
  ...fromPython("betterleaks 2.0.0-rc.4", "requirements-betterleaks.txt"),
  async prepare() {
    const command = await commandOf("requirements-betterleaks.txt", "betterleaks");
    const options = ["--silent", "--config", join(rules, "gitleaks.toml")];
    return (folder, report) => [...command, "fs", folder, ...options, "--output", report];
  },
  read(report) {
    const { findings }: Betterleaks2Report = JSON.parse(report);
    const own = findings.filter(({ rule_id }) => rule_id === ID);
    return own.map(({ location, match }) => ({ file: location.path, value: match.value }));
  },
};

interface KingfisherReport {
  readonly findings: readonly { rule: { id: string }; finding: { path: string; snippet: string } }[];
}

export const kingfisher: Scanner = {
  ...fromPython(`Kingfisher ${pinned("kingfisher-bin")}`, "requirements.txt"),
  async prepare() {
    const command = await commandOf("requirements.txt", "kingfisher");
    const options = ["--rules-path", join(rules, "kingfisher.yml"), "--no-validate", "--no-update-check"];
    return (folder, report) => [...command, "scan", folder, ...options, "--format", "json", "--output", report];
  },
  read(report) {
    const { findings }: KingfisherReport = JSON.parse(report);
    const own = findings.filter(({ rule }) => rule.id === `custom.${ID}`);
    return own.map(({ finding }) => ({ file: finding.path, value: finding.snippet }));
  },
};

export const github: Scanner = {
  ...fromPython(`GitHub's custom patterns on Hyperscan ${pinned("hyperscan")}`, "requirements.txt"),
  async prepare() {
    const python = await pythonWith(join(sources, "requirements.txt"));
    const script = [join(sources, "customPatterns.py"), join(rules, "github-custom-patterns.json")];
    return (folder, report) => [python, ...script, folder, report];
  },
  read(report) {
    const rows: readonly { file: string; secret: string }[] = JSON.parse(report);
    return rows.map(({ file, secret }) => ({ file, value: secret }));
  },
};

interface TrufflehogRow {
  readonly Name: string;
  readonly File: string;
  readonly Raw: string;
}

const trufflehogGo = fromGo("trufflehog", "github.com/trufflesecurity/trufflehog/v3", "3 minutes", ".");
export const trufflehog: Scanner = {
  ...trufflehogGo,
  async prepare() {
    const command = await trufflehogGo.compile();
    return (folder, report) => [command, join(rules, "trufflehog.yml"), folder, report];
  },
  read(report) {
    const rows: readonly TrufflehogRow[] = JSON.parse(report);
    return rows.filter(({ Name }) => Name === ID).map(({ File, Raw }) => ({ file: File, value: Raw }));
  },
};

/** Declares the tests of a scanner; without what it needs they are skipped and say so. */
export function scannerTests(scanner: Scanner): void {
  const tests = [
    [findsAll, "finds with our rule every value in the texts and nothing else, and identify reads its report"],
    [findsNothingHere, "finds with our rule nothing in this repository"],
  ] as const;
  const { name, lacks } = scanner;
  if (lacks) console.warn(`${name} is not run: this machine has no ${lacks}`);
  for (const [check, does] of tests) {
    if (lacks) test.skip(`${name} ${does} (this machine has no ${lacks})`, () => {});
    else {
      test(`${name} ${does}`, async () => {
        const folder = mkdtempSync(join(tmpdir(), "scanner-"));
        try {
          await check(scanner, folder);
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  }
}

async function findsAll(scanner: Scanner, folder: string): Promise<void> {
  const texts = join(folder, "texts");
  mkdirSync(texts);
  for (const [index, { text }] of LEAK_CASES.entries()) writeFileSync(join(texts, `${index}.txt`), text);
  const report = join(folder, "report.json");
  const findings = await scan(scanner, texts, report);
  const differing = LEAK_CASES.filter(({ values }, index) => {
    const here = findings.filter(({ file }) => basename(file) === `${index}.txt`).map(({ value }) => value);
    return [...new Set(here)].sort().join() !== [...values].sort().join();
  });
  expect(differing.map(({ name }) => name)).toEqual([]);

  const command = join(root, "node_modules/.bin/pulumi-datadog-revocation");
  const rows = await demandCommand(process.execPath, [command, "identify", report, "--format", "json"]);
  const identified: readonly { tokenId: string }[] = JSON.parse(rows);
  const ids = LEAK_CASES.flatMap(({ values }) => values.map(tokenIdOfValue));
  expect([...new Set(identified.map(({ tokenId }) => tokenId))].sort()).toEqual(ids.sort());
}

async function findsNothingHere(scanner: Scanner, folder: string): Promise<void> {
  const copy = join(folder, "repository");
  for (const file of trackedFiles()) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    copyFileSync(join(root, file), join(copy, file));
  }
  const findings = await scan(scanner, copy, join(folder, "report.json"));
  expect(findings.map(({ file }) => file)).toEqual([]);
}

async function scan({ name, prepare, read }: Scanner, folder: string, report: string): Promise<readonly Finding[]> {
  const [command = "", ...args] = (await prepare())(folder, report);
  // Whether it found something is in its exit status too, differently in each.
  const options = { cwd: dirname(report), env: cleanEnvironment(), timeout: 300_000 };
  const { code, output } = await runCommand(command, args, options);
  if (!existsSync(report)) throw new Error(`${name} wrote no report: exit status ${code}\n${output}`);
  return read(readFileSync(report, "utf8"));
}

/** What git tracks here and has not been deleted. */
function trackedFiles(): string[] {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z", ...args], { cwd: root, encoding: "utf8" })
      .split("\0")
      .filter(Boolean);
  const deleted = new Set(git("--deleted"));
  return git().filter((file) => !deleted.has(file));
}

/** A scanner that is compiled from its Go module. */
interface FromGo extends Pick<Scanner, "name" | "lacks"> {
  compile(): Promise<string>;
}

/**
 * @param time what compiling takes, the first time
 * @param program what is compiled: the module's own command, or one here that is made of its packages
 */
function fromGo(name: string, module: string, time: string, program = module): FromGo {
  const cwd = join(sources, name);
  const version = new RegExp(`^(?:require|\\t)\\s*${module} v(\\S+)`, "m").exec(
    readFileSync(join(cwd, "go.mod"), "utf8"),
  )?.[1];
  return {
    name: `${name} ${version}`,
    lacks: lacksModule(cwd, `${module}@v${version}`),
    async compile() {
      const binary = join(root, ".cache/scanners", name);
      if (!existsSync(binary)) process.stderr.write(`Compiling ${name} ${version}: ${time}, once\n`);
      const flags = ["-trimpath", "-buildvcs=false"];
      await demandCommand("go", ["build", ...flags, "-o", binary, program], { cwd, env: { CGO_ENABLED: "0" } });
      return binary;
    },
  };
}

function lacksModule(cwd: string, module: string): string | false {
  if (!has("go", "version")) return "go";
  const { status, stderr } = spawnSync("go", ["mod", "download", module], { cwd, encoding: "utf8" });
  return status !== 0 && `Go module ${module}: ${stderr.trim()}`;
}

function fromPython(name: string, requirements: string): Pick<Scanner, "name" | "lacks"> {
  return { name, lacks: tryPython(join(sources, requirements)).lacks ?? false };
}

/** A command of a Python package. It names an interpreter that has since been moved. */
async function commandOf(requirements: string, name: string): Promise<readonly string[]> {
  const python = await pythonWith(join(sources, requirements));
  return [python, join(dirname(python), name)];
}

/** The version of a Python package that is asked for. */
function pinned(name: string): string | undefined {
  return new RegExp(`^${name}==(.*)$`, "m").exec(readFileSync(join(sources, "requirements.txt"), "utf8"))?.[1];
}
