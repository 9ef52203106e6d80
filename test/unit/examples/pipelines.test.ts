import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { PREDICATE_TYPE } from "../../../cli/audit/evidence/statement";
import { expectRightWorkflows } from "../../support/workflows";

const root = join(__dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Steps {
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

test("actionlint finds nothing in the GitHub workflows", async () => {
  await expectRightWorkflows("examples/ci/github/.github/workflows/*.yml", 3);
  await expectRightWorkflows("examples/leaked/.github/workflows/*.yml", 1);
}, 60_000);

test("the GitHub workflows run what stands in them: no expression in a script, no action that moves", () => {
  const files = ["ci/github", "leaked"].flatMap((example) =>
    globSync(join(root, "examples", example, ".github/**/*.yml")),
  );
  const workflows = files.map((file) => parse(readFileSync(file, "utf8")));
  const jobs: Steps[] = workflows.flatMap(({ runs, jobs }) => (runs ? [runs] : Object.values(jobs)));
  const steps = jobs.flatMap((job) => job.steps);
  expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  for (const { uses } of steps) expect(uses ?? "./").toMatch(/^\.\/|^(actions|pulumi|aws-actions)\/[\w-]+@v\d+$/);
  for (const { permissions } of workflows.filter(({ jobs }) => jobs)) expect(permissions).toEqual({});
});

test("GitHub signs the report that was written, with the statement's own predicate, and only on main", () => {
  const { jobs } = parse(read("examples/ci/github/.github/workflows/revoke.yml"));
  const attesting = Object.entries<Steps>(jobs).flatMap(([name, { steps }]) =>
    steps.filter(({ uses }) => uses?.startsWith("actions/attest@")).map((step) => ({ ...step, name })),
  );
  expect(attesting).toEqual([
    expect.objectContaining({
      name: "revoke",
      uses: "actions/attest@v4",
      with: {
        "subject-path": "report/audit.html\nreport/audit.json\n",
        "predicate-type": PREDICATE_TYPE,
        "predicate-path": "predicate.json",
      },
    }),
  ]);
  expect(jobs.preview.permissions).not.toHaveProperty("attestations");
});

test("who takes reports cannot ask Datadog, and who asks Datadog cannot push", () => {
  const folder = "examples/ci/github/.github/workflows";
  expect(read(`${folder}/alert.yml`)).not.toMatch(/DD_|PULUMI_|datadog-read/);
  for (const workflow of ["revoke.yml", "nightly.yml"]) {
    const { jobs } = parse(read(`${folder}/${workflow}`));
    for (const job of Object.values<{ permissions: object }>(jobs)) {
      expect(job.permissions).toMatchObject({ contents: "read" });
      expect(JSON.stringify(job)).not.toContain("ALERTS_TOKEN");
    }
  }
  const { alert, ...others } = parse(read("examples/ci/gitlab/.gitlab-ci.yml"));
  expect(alert).not.toHaveProperty("environment");
  expect(JSON.stringify(others)).not.toContain("ALERTS_TOKEN");
});

test("of the workflow of leaked, the step that runs the sweep alone has Datadog's token", () => {
  const { env, jobs } = parse(read("examples/leaked/.github/workflows/leaked.yml"));
  const { steps, ...job } = jobs.sweep;
  expect(JSON.stringify([env, job])).not.toContain("DD_BEARER_TOKEN");
  const having = steps.filter((step: object) => JSON.stringify(step).includes("DD_BEARER_TOKEN"));
  expect(having).toEqual([expect.objectContaining({ name: "Sweep" })]);
});

test.each(["ci/gitlab", "leaked"])("the GitLab pipeline of %s fits GitLab's schema", (example) => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(read("test/fixtures/gitlab-ci.schema.json")));
  validate(parse(read(`examples/${example}/.gitlab-ci.yml`)));
  expect(validate.errors ?? []).toEqual([]);
});

test("both examples have the same program", () => {
  for (const file of [
    "index.ts",
    "package.json",
    "Pulumi.yaml",
    "tsconfig.json",
    "sweep/index.ts",
    "sweep/Pulumi.yaml",
  ]) {
    expect(read(`examples/ci/gitlab/${file}`)).toBe(read(`examples/ci/github/${file}`));
  }
});
