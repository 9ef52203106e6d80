import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { dependencies, devDependencies, version } from "../../package.json";
import { cleanEnvironment, runCommand } from "../support/processes";
import { expectRightWorkflows } from "../support/workflows";

const root = join(__dirname, "../..");
const workflowFiles = globSync(join(root, ".github/workflows/*.yml"));

interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<string, Job>;
}
interface Job {
  readonly permissions: Record<string, string>;
  readonly uses?: string;
  readonly strategy?: { readonly matrix: Matrix };
  readonly steps?: readonly { readonly name?: string; readonly uses?: string; readonly run?: string }[];
}

interface Matrix {
  readonly part?: readonly string[];
  readonly include?: readonly { readonly platform: string }[];
}

const workflows: Workflow[] = workflowFiles.map((file) => parse(readFileSync(file, "utf8")));
const jobs = workflows.flatMap((workflow) => Object.entries(workflow.jobs));
const steps = jobs.flatMap(([, { steps = [] }]) => steps);

describe("the workflows", () => {
  test("are right by actionlint", async () => {
    await expectRightWorkflows(".github/workflows/*.yml", 2);
  }, 60_000);

  test("use what cannot move, run what stands in them, and keep no credentials", () => {
    for (const { uses } of steps) expect(uses ?? "./").toMatch(/^\.\/|^actions\/[\w-]+@[0-9a-f]{40}$/);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
    const checkouts = workflowFiles
      .map((file) => readFileSync(file, "utf8"))
      .join("")
      .split("actions/checkout@");
    for (const checkout of checkouts.slice(1)) expect(checkout).toMatch(/^.*\n +with:\n +persist-credentials: false\n/);
  });

  test("build the plugin for five platforms, named as the engine names them", () => {
    const { matrix } = jobs.find(([name]) => name === "plugin")?.[1].strategy ?? {};
    expect(matrix?.include?.map(({ platform }) => platform)).toEqual([
      "linux-amd64",
      "linux-arm64",
      "darwin-amd64",
      "darwin-arm64",
      "windows-amd64",
    ]);
  });

  test("run every part of npm run test:all in a job of its own", () => {
    const help = execFileSync(process.execPath, ["scripts/testAll.mjs", "--help"], { cwd: root, encoding: "utf8" });
    const parts = workflows.flatMap(({ jobs }) => jobs.all?.strategy?.matrix.part ?? []);
    const named = [...help.matchAll(/^ {2}(\w+(?:, \w+)*)/gm)].flatMap(([, names = ""]) => names.split(", "));
    expect(parts).toEqual(named);
  });

  test("may do no more than each job needs", () => {
    for (const { permissions } of workflows) expect(permissions).toEqual({});
    const permissions = jobs.map(([name, job]): [string, object] => [name, job.permissions]);
    const read = { contents: "read" };
    expect(permissions).toEqual(
      expect.arrayContaining([
        ["publish", { ...read, "id-token": "write" }],
        ["release", { contents: "write", "id-token": "write", attestations: "write" }],
      ]),
    );
    const others = permissions.filter(([name]) => name !== "publish" && name !== "release");
    for (const [, allowed] of others) expect(allowed).toEqual(read);
  });
});

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** Every package that an installation of this one brings; the peer `@pulumi/pulumi` is the user's own. */
const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const brought = Object.entries(lock.packages)
  .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
  .map(([path, entry]) => ({ name: path.replace(/^.*node_modules\//, ""), ...entry }));

describe("the dependencies", () => {
  test("are exact versions", () => {
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, range]) => !/^\d+\.\d+\.\d+/.test(range),
    );
    expect(ranges).toEqual([]);
  });

  test("have licences that ask for no more than to be named", () => {
    const allowed = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];
    expect(brought.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(brought.filter(({ license }) => !allowed.includes(license ?? "none"))).toEqual([]);
  });

  // npm makes them since version 10; Debian's is older.
  const npmMakesSboms = Number.parseInt(execFileSync("npm", ["--version"], { encoding: "utf8" }), 10) >= 10;
  (npmMakesSboms ? test : test.skip)(
    "are all in the SBOM, which the release makes like this",
    async () => {
      const command = steps.find(({ name }) => name === "List what it depends on")?.run ?? "";
      const folder = mkdtempSync(join(tmpdir(), "sbom-"));
      try {
        for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(root, file), join(folder, file));
        const options = { cwd: folder, env: cleanEnvironment(), timeout: 60_000 };
        const { code, output } = await runCommand("bash", ["-e", "-c", command], options);
        expect({ code, output }).toEqual({ code: 0, output: "" });
        const sbom = JSON.parse(readFileSync(join(folder, "sbom.cdx.json"), "utf8"));
        expect(sbom).toMatchObject({
          bomFormat: "CycloneDX",
          specVersion: expect.stringMatching(/^1\.\d$/),
          metadata: { component: { type: "library", purl: `pkg:npm/pulumi-datadog-revocation@${version}` } },
        });
        const listed = (sbom.components as { name: string; version: string }[]).map(
          ({ name, version }) => `${name}@${version}`,
        );
        expect(listed.sort()).toEqual(brought.map(({ name, version }) => `${name}@${version}`).sort());
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
