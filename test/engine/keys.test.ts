import { join } from "node:path";
import { createAccount } from "../support/account";
import { type CommandResult, runCommand } from "../support/processes";

const command = join(__dirname, "../../node_modules/pulumi-datadog-revocation/dist/cli/main.js");

test("commands take the credentials of the stack, say whose they are, and show none of them", async () => {
  const { project, simulator } = await createAccount(
    ([token]) => `new TokenRevocation("leaked", { tokenId: "${token?.id}" });`,
    undefined,
    { tokens: 12 },
  );
  const { apiKey, appKey } = simulator;
  const run = async (args: string[], env: Record<string, string> = {}): Promise<CommandResult> => {
    const options = { cwd: project.folder, env: { ...project.env, ...env }, timeout: 120_000 };
    const result = await runCommand(process.execPath, [command, ...args], options);
    for (const secret of [apiKey, appKey]) expect(result.output).not.toContain(secret);
    return result;
  };
  expect((await project.up("--skip-preview")).code).toBe(0);
  const { handle } = simulator.keyOwner;
  const line =
    `Using the credentials in the configuration of stack project/test, which belong to ${handle} ` +
    `of ${simulator.organization.name}.\n`;

  const listed = await run(["tokens"]);
  expect(listed).toMatchObject({ code: 0, stderr: expect.stringContaining(line) });
  expect(listed.stdout).toContain(simulator.tokens[3]?.id);
  const verified = await run(["audit", "--verify", "--fail-on", "unverified"]);
  expect(verified).toMatchObject({ code: 0, stderr: line });
  expect(verified.stdout).toContain("gone");

  // The environment's come first, whole.
  const own = { DD_HOST: simulator.url, DD_API_KEY: apiKey, DD_APP_KEY: appKey };
  expect((await run(["tokens"], own)).stderr).not.toContain("configuration");

  const wrong = await run(["tokens"], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
  const bothWays =
    "No Datadog credentials: set DD_BEARER_TOKEN, or DD_API_KEY and DD_APP_KEY, in the environment; or give";
  expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(bothWays) });
  expect(wrong.stderr).toMatch(/\. pulumi config: .*incorrect passphrase.*\.\n$/);

  expect((await project.run("stack", "init", "empty", "--no-select")).code).toBe(0);
  const none = await run(["tokens", "--stack", "empty"]);
  expect(none.stderr).toMatch(/\. The configuration of stack project\/empty has none\.\n$/);
  expect((await project.run("stack", "unselect")).code).toBe(0);
  expect((await run(["tokens"])).stderr).toMatch(/none is selected: give one with --stack\.\n$/);
});
