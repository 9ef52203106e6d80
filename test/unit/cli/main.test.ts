import manifest from "../../../package.json";
import { runCli } from "../../support/command";

test("--help lists the commands, and after a command its options", async () => {
  const list = await runCli(["--help"]);
  expect(list).toMatchObject({ code: 0, stderr: "" });
  for (const name of ["audit", "identify", "tokens", "simulate"]) expect(list.stdout).toContain(`\n  ${name} `);
  const help = await runCli(["simulate", "--seed", "--help"]);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("--seed N"), stderr: "" });
});

test.each(["version", "--version"])("%s prints the version of the package", async (argument) => {
  expect(await runCli([argument])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test("what the help says to type shows a command's help: npx takes no word of it for itself", async () => {
  const { stdout } = await runCli(["help"]);
  const [, typed = ""] = /npx --no pulumi-datadog-revocation (<command> --help)$/m.exec(stdout) ?? [];
  const help = await runCli(typed.replace("<command>", "audit").split(" "));
  expect(help).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("pulumi-datadog-revocation audit"),
    stderr: "",
  });
});

test.each([
  [[], "No command given: use audit, identify, tokens, simulate or --help."],
  [["simulat"], 'Unknown command "simulat": did you mean "simulate"?'],
  [["--hlep"], 'Unknown option "--hlep": did you mean "--help"?'],
  [["simulate", "--sed", "1"], 'Unknown option "--sed": did you mean "--seed"?'],
  [
    ["ddpat_0000000000000000000000_0"],
    "Unknown command (not repeated here, as it may be a secret): use audit, identify, tokens, simulate or --help.",
  ],
])("the arguments %j end with status 2 and one plain sentence", async (args, sentence) => {
  expect(await runCli(args)).toMatchObject({ code: 2, stdout: "", stderr: `${sentence}\n` });
});
