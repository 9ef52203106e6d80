import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { Project } from "../support/engine";
import { configure, createExample } from "../support/example";
import type { CommandResult } from "../support/processes";

// The plugin of @pulumi/datadog, which makes the new tokens, is a stand-in: test/support/datadogPlugin.mts.

let simulator: Simulator;
let project: Project;
/** The token that somebody made by hand. */
let old: string;

beforeAll(async () => {
  const account = ({ serviceAccounts }: Simulator) => serviceAccounts[0]?.id ?? "";
  ({ project, simulator } = await createExample("rotation", {
    tokens: 0,
    // So that Pulumi's own deletion, which comes a moment after, shows as one of what is gone.
    deleteAnswers204For: 0,
    config: (simulator) => ({ serviceAccountId: account(simulator), name: "exporter" }),
    datadogPlugin: true,
  }));
  old = simulator.addToken({ name: "exporter", ownerId: account(simulator) }).id;
  await configure(project, { file: consumersFile(), 'retired["exporter"]': old });
});

/** In a folder that is not there yet. */
const consumersFile = () => join(project.folder, "../consumer/token");
const isAlive = (id: string) => simulator.find(id)?.revokedAt === null;

/** What was sent but questions. */
const acts = (since = 0) =>
  simulator.requests(since).flatMap(({ method, status }) => (method === "GET" ? [] : [`${method} ${status}`]));

/** The id of the token in use, which its consumer must have. */
function inUse({ output }: CommandResult): string {
  const [, id = ""] = /tokenId *: .*"(.*)"/.exec(output) ?? [];
  expect(readFileSync(consumersFile(), "utf8")).toBe(simulator.find(id)?.value);
  return id;
}

test("examples/rotation refuses to retire the token that stays in use", async () => {
  const { code, output } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain('"exporter" is in use and cannot retire: give the new token another name');
});

test("examples/rotation revokes the old token when the new one is handed over, not before, time after time", async () => {
  await configure(project, { name: "exporter 2026-12" });
  const failed = await project.up("--skip-preview");
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("ENOENT");
  expect(acts()).toEqual(["POST 201"]);
  expect(isAlive(old)).toBe(true);

  mkdirSync(dirname(consumersFile()));
  const up = await project.up("--skip-preview");
  expect(up.code).toBe(0);
  expect(acts()).toEqual(["POST 201", "DELETE 204"]);
  const first = inUse(up);
  expect([isAlive(old), isAlive(first)]).toEqual([false, true]);

  await configure(project, { name: "exporter 2027-01", 'retired["exporter 2026-12"]': first });
  const since = simulator.requests().length;
  const next = await project.up("--skip-preview");
  expect(next.code).toBe(0);
  // The last is Pulumi's own deletion, of the resource that the program no longer has; soon enough, Datadog answers 204.
  expect(acts(since)).toEqual(["POST 201", "DELETE 204", expect.stringMatching(/^DELETE (204|404)$/)]);
  const second = inUse(next);
  expect([isAlive(first), isAlive(second)]).toEqual([false, true]);
  const records = await project.resources(":TokenRevocation");
  expect(Object.fromEntries(records.map(({ id, outputs }) => [id, outputs?.outcome]))).toEqual({
    [old]: "revoked",
    [first]: "revoked",
  });

  await configure(project, { 'retired["exporter 2026-11"]': second });
  const mixedUp = await project.preview();
  expect(mixedUp.code).not.toBe(0);
  expect(mixedUp.output).toContain(
    'its name is "exporter 2027-01", but expect.name is "exporter 2026-11": check tokenId and expect.name',
  );

  for (const id of [old, first, second]) expect(project.stateText()).not.toContain(simulator.find(id)?.value);
});
