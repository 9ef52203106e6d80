import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createProject } from "../support/engine";
import { builtPlugin } from "../support/face";
import { demandCommand, has } from "../support/processes";
import { simulate } from "../support/simulator";

const example = join(__dirname, "../../examples/yaml-ledger/Pulumi.yaml");
const withGo = has("go", "version") ? test : test.skip;

/** The folder of yq, which Go compiles once. */
async function installYq(): Promise<string> {
  const folder = join(__dirname, "../../.cache/yq-4.47.2");
  const env = { GOBIN: folder, CGO_ENABLED: "0" };
  if (!existsSync(join(folder, "yq"))) {
    await demandCommand("go", ["install", "github.com/mikefarah/yq/v4@v4.47.2"], { env });
  }
  return folder;
}

withGo("examples/yaml-ledger revokes what revocations.yaml lists, and once more what is added", async () => {
  const simulator = await simulate({ tokens: 0 });
  const [first, second] = [simulator.addToken({ name: "first" }), simulator.addToken({ name: "second" })];
  const yq = await installYq();
  const text = readFileSync(example, "utf8");
  const project = await createProject({
    program: {
      "Pulumi.yaml": text.replace("../../plugin", builtPlugin).replaceAll("../../revocations.yaml", "revocations.yaml"),
      "revocations.yaml": readFileSync(join(__dirname, "../../revocations.yaml"), "utf8"),
    },
    env: { DD_HOST: simulator.url, DD_API_KEY: simulator.apiKey, DD_APP_KEY: simulator.appKey },
  });
  project.env.PATH = [yq, project.env.PATH].join(delimiter);
  // As it is committed, it lists none.
  expect((await project.preview()).code).toBe(0);

  const revoked = () => [first, second].map(({ id }) => simulator.find(id)?.revokedAt !== null);
  const entries = [
    `  - tokenId: ${first.id}   # "of the pipeline"\n    reason: it's in a log\n    reportedAt: 2026-11-24T09:30:00Z\n`,
    `  - token: ${second.value.slice(0, 28)}\n    expect:\n      name: second\n`,
  ];
  for (const [index, expected] of [
    [true, false],
    [true, true],
  ].entries()) {
    const defaults = "defaults:\n  ticket: SEC-1\n  reason: leaked\n";
    project.write({ "revocations.yaml": `${defaults}revocations:\n${entries.slice(0, index + 1).join("")}` });
    const { code, output } = await project.up("--skip-preview");
    expect(`${code} ${code === 0 ? "" : output}`).toBe("0 ");
    expect(revoked()).toEqual(expected);
  }
  expect(simulator.requests().filter(({ method }) => method === "DELETE")).toHaveLength(2);
  const records = await project.resources(":TokenRevocation");
  expect(
    records.map(({ outputs }) => [outputs?.reason, outputs?.ticket, outputs?.reportedAt ?? null]).toSorted(),
  ).toEqual([
    ["it's in a log", "SEC-1", "2026-11-24T09:30:00Z"],
    ["leaked", "SEC-1", null],
  ]);

  project.write({ "revocations.yaml": `revocations:\n  - tokenId: ${first.id} # added:   - tokenId: ${second.id}\n` });
  const hidden = await project.preview();
  expect(hidden.code).not.toBe(0);
  expect(hidden.output).toContain("lists a token twice, or has one in a comment or in a text");

  project.write({ "revocations.yaml": `revocations:\n  - token: ${second.value}\n` });
  const whole = await project.up("--skip-preview");
  expect(whole.code).not.toBe(0);
  expect(whole.output).toContain("token is a whole token value, a secret: give its first 28 characters alone");

  project.write({ "revocations.yaml": `revocations:\n  - tokenId: ${first.id}\n    reasn: typo\n` });
  const wrong = await project.preview();
  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain("Property reasn does not exist on 'datadog-revocation:index:TokenRevocation'");
  expect([whole.output, project.stateText()].join("\n")).not.toContain(second.value);
});
