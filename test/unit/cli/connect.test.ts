import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCli } from "../../support/command";
import { simulatorFor } from "../simulator/useSimulator";

/** A project, on a machine without the pulumi command. */
let folder: string;
const PATH = dirname(process.execPath);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connect-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("credentials in the environment are used without a look at the stack", async () => {
  const { url, apiKey, appKey } = await simulatorFor({ tokens: 3 });
  const env = { DD_HOST: url, DD_API_KEY: apiKey, DD_APP_KEY: appKey, PATH: "/nowhere" };
  const { code, stderr } = await runCli(["tokens", "--cwd", folder], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^3 tokens of \d owners?[^\n]*\n$/) });
});

test("half a pair in the environment is an error there, and no reason to take the stack's", async () => {
  const { code, stderr } = await runCli(["tokens", "--cwd", folder], { DD_API_KEY: "0".repeat(32), PATH: "/nowhere" });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^DD_API_KEY is set without an application/),
  });
});

test("without the pulumi command the error names both ways to give credentials, and where to get it", async () => {
  const { code, stderr } = await runCli(["tokens", "--cwd", folder], { PATH });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(
      /^No Datadog credentials: set DD_BEARER_TOKEN[^\n]* or give with --stack a stack [^\n]*\. The pulumi command is not on the PATH. Install it: https:[^\n]*\.\n$/,
    ),
  });
});

test("the configuration of another project's stack is not looked for in this project's folder", async () => {
  const { code, stderr } = await runCli(["tokens", "--cwd", folder, "--stack", "organization/other/dev"], { PATH });
  const why =
    "The configuration of stack other/dev is in the folder of its project: run this there, or give that folder with --cwd.\n";
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(new RegExp(`${why}$`)) });
});
