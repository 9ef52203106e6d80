import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedToken, Simulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project } from "../support/engine";
import { cleanEnvironment, runCommand } from "../support/processes";
import { simulate } from "../support/simulator";

const root = join(__dirname, "../..");

let simulator: Simulator;
let project: Project;

beforeAll(async () => {
  simulator = await simulate({ tokens: 20 });
  const { url, apiKey, appKey } = simulator;
  const files = [
    "Pulumi.yaml",
    "package.json",
    "tsconfig.json",
    "examples/package.json",
    "examples/ledger/tsconfig.json",
    "examples/ledger/index.ts",
  ];
  project = await createProject({
    // The repository as it is cloned: its root is named like the package, and must not be taken for it.
    program: Object.fromEntries(files.map((file) => [file, readFileSync(join(root, file), "utf8")])),
    // As the stock CLI runs it: a program that does not compile there must not pass here.
    typeCheck: true,
    env: { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey },
  });
  cpSync(join(root, "revocations.yaml"), join(project.folder, "revocations.yaml"));
});

function personal(index: number): SimulatedToken {
  const token = simulator.tokens.filter(({ serviceAccountId }) => serviceAccountId === undefined)[index];
  if (!token) throw new Error(`no personal token ${index}`);
  return token;
}

function write(...lines: string[]): void {
  project.write({ "revocations.yaml": `${lines.join("\n")}\n` });
}

test("the ledger as it is cloned lists nothing, and up says so by changing nothing", async () => {
  const { code, output } = await project.preview();
  expect(code).toBe(0);
  expect(output).toContain("+ 1 to create");
  expect(simulator.requests()).toEqual([]);
});

test("each entry is a revocation named by its token id; lines can move and be commented", async () => {
  const [one, other] = [personal(0), personal(1)];
  const first = [`  - tokenId: ${one.id.toUpperCase()}`, "    reason: found in a log", "    ticket: INC-1"];
  const second = [`  - token: ${other.value.slice(0, 28)}`, "    expect:", `      name: ${other.name}`];
  write("revocations:", ...first, ...second);
  expect((await project.up("--skip-preview")).code).toBe(0);
  const revoked = await project.resources(":TokenRevocation");
  expect(revoked.map(({ urn }) => urn.split("::").at(-1)).toSorted()).toEqual([one.id, other.id].toSorted());
  for (const { outputs } of revoked) expect(outputs).toMatchObject({ outcome: "revoked" });

  write("# moved", "revocations:", "  # - tokenId: nothing", ...second, ...first);
  const since = simulator.requests().length;
  expect((await project.up("--skip-preview")).output).toContain("3 unchanged");
  expect(simulator.requests(since)).toEqual([]);
});

test("what identify adds from a subfolder, up revokes, with what the defaults say", async () => {
  const [known, found] = [personal(0), personal(4)];
  write("defaults:", "  ticket: INC-2", "revocations:", `  - tokenId: ${known.id}`, "    reason: found in a log # y");
  project.write({ "examples/leaked.log": `${found.value} ${known.value}\n` });
  const command = [join(root, "node_modules/.bin/pulumi-datadog-revocation"), "identify", "leaked.log"];
  const options = { cwd: join(project.folder, "examples"), env: cleanEnvironment(), timeout: 60_000 };
  const args = [...command, "--add-to", "revocations.yaml", "--reason", "found in a log"];
  const added = await runCommand(process.execPath, args, options);
  expect(added.stdout).toContain(`Added 1 token to ../revocations.yaml: ${found.id}\n`);
  expect(added.stdout).toContain(`entries unchanged: 1 token: ${known.id}\n`);
  expect((await project.up("--skip-preview")).code).toBe(0);
  expect(simulator.find(found.id)?.revokedAt).not.toBeNull();
  const records = await project.resources(":TokenRevocation");
  const record = records.find(({ id }) => id === found.id);
  expect(record?.outputs).toMatchObject({ outcome: "revoked", reason: "found in a log", ticket: "INC-2" });
});

test("an invalid ledger is reported whole, with file, line and field, before any resource; no value is printed", async () => {
  const { value, id } = personal(2);
  write(
    "revocations:",
    "  - tokenId: nope",
    "    reasn: misspelt",
    `  - token: ${value}`,
    `  - tokenId: ${id}`,
    "    ticket: 1234",
    "    expect:",
    "      ownerId: ana",
    "  - just text",
    "  - reason: no token",
    `  - tokenId: ${personal(3).id}`,
    `  - tokenId: ${personal(3).id.toUpperCase()}`,
    "    reason: another",
    "more: 1",
  );
  const since = simulator.requests().length;
  const { code, output } = await project.up("--skip-preview");
  expect(code).not.toBe(0);
  for (const problem of [
    "revocations.yaml:2: tokenId is not a token id",
    "revocations.yaml:3: reasn is not an argument: did you mean reason?",
    "revocations.yaml:4: token is a whole token value, a secret",
    "revocations.yaml:6: ticket must be a string, not a number",
    "revocations.yaml:8: expect.ownerId is not a UUID",
    "revocations.yaml:9: an entry must be a map with tokenId or token",
    "revocations.yaml:10: tokenId and token are both missing",
    `revocations.yaml:12: token ${personal(3).id} is listed in line 11 already, with another reason`,
    "revocations.yaml:14: more is not a field of the file (all: defaults, revocations)",
  ]) {
    expect(output).toContain(problem);
  }
  expect(output).not.toContain(value.slice(30));
  expect(output).not.toMatch(/^\s+at .*\.[jt]s/m);
  expect(simulator.requests(since)).toEqual([]);
  expect(await project.resources(":TokenRevocation")).toHaveLength(2);
});
