import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "pulumi-datadog-revocation/simulator";
import { createProject, type Project, type State } from "../support/engine";

let simulator: Simulator;
let project: Project;

afterEach(async () => {
  await project.dispose();
  await simulator.stop();
});

const fixture = (file: string) => readFileSync(join(__dirname, "../fixtures", file), "utf8");

/**
 * Everything that state holds of each revocation, decrypted, by its name; but for the text among the inputs that finds
 * the host's module, which every `up` writes anew.
 */
async function records(): Promise<Record<string, unknown>> {
  const { stdout } = await project.run("stack", "export", "--show-secrets");
  const { resources = [] } = (JSON.parse(stdout) as State).deployment;
  const revocations = resources.filter(({ type }) => type.endsWith(":TokenRevocation"));
  return Object.fromEntries(
    revocations.map(({ urn, id, inputs, outputs }) => {
      const { __provider, ...others } = inputs ?? {};
      return [urn.split("::").at(-1), { id, inputs: others, outputs }];
    }),
  );
}

// Each release records its state and the program here, with its own build; no later release edits them.
test.each(["0.1.0"])("state of %s refreshes, stays as it is, revokes again, and can be removed", async (version) => {
  // It knows none of the tokens that were revoked.
  simulator = await startSimulator({ seed: 1 });
  let read = 0;
  const sent = () => {
    const requests = simulator.requests(read);
    read += requests.length;
    return requests.filter(({ path }) => path.includes("token")).map(({ method, status }) => `${method} ${status}`);
  };
  const env = { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey };
  const program = { "index.ts": fixture(`program-${version}.ts`), "state.json": fixture(`state-${version}.json`) };
  project = await createProject({ program, env });

  expect((await project.run("stack", "import", "--file", "state.json")).code).toBe(0);
  const recorded = await records();
  const names = Object.keys(recorded);
  expect(names).toContain("by-id");

  const refresh = await project.refresh("--skip-preview", "--expect-no-changes");
  expect(refresh.output).not.toContain("warning");
  expect(refresh.code).toBe(0);
  expect(sent()).toEqual(names.map(() => "GET 404"));

  const up = await project.up("--skip-preview", "--expect-no-changes");
  expect(up.output).not.toContain("warning");
  expect(up.code).toBe(0);
  expect(sent()).toEqual([]);
  expect(await records()).toEqual(recorded);

  simulator.addToken({ id: "8cdea413-01a4-46b4-b1de-4abe5615bf5a", name: "ci-deploy" });
  expect((await project.refresh("--skip-preview")).output).toContain("[diff: ~status]");
  sent();
  expect((await project.up("--skip-preview")).output).toContain("1 updated");
  expect(sent()).toEqual(["GET 200", "DELETE 204", "GET 404"]);

  const destroy = await project.destroy("--skip-preview");
  expect(destroy.code).toBe(0);
  expect(destroy.output).toContain("8cdea413-01a4-46b4-b1de-4abe5615bf5a: removed from state only. Nothing was sent");
  expect(sent()).toEqual([]);
  expect(await records()).toEqual({});
});
