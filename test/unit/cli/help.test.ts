import { audit } from "../../../cli/audit/auditCommand";
import type { Command } from "../../../cli/command";
import { helpOf } from "../../../cli/help";
import { identify } from "../../../cli/identify/identifyCommand";
import { parseArguments } from "../../../cli/options";
import { simulate } from "../../../cli/simulate/simulateCommand";
import { tokens } from "../../../cli/tokens/tokensCommand";

test("help lists options by group, with their values and defaults, and wraps what they do under itself", () => {
  const command: Command = {
    summary: "",
    operands: "[FILE ...]",
    description: "Does it.",
    options: {
      format: { type: "string", default: "table", values: ["table", "json", "csv"], placeholder: "FORMAT" },
      port: { type: "string", default: "0", placeholder: "PORT", description: "the port" },
      all: { type: "boolean", default: false, group: "Which", description: `all ${"of them ".repeat(14)}there are` },
    },
    examples: ["", "--port 1"],
    notes: "Exit status: 0.",
    run: async () => 0,
  };
  expect(helpOf("do", command)).toBe(`Usage: pulumi-datadog-revocation do [FILE ...] [options]

Does it.

Options:
  --format FORMAT  table (default), json or csv
  --port PORT      the port (default: 0)

Which:
  --all            all of them of them of them of them of them of them of them of them of them of them of them of them
                   of them of them there are
  --help           show this help

Examples:
  npx --no pulumi-datadog-revocation do
  npx --no pulumi-datadog-revocation do --port 1

Exit status: 0.
`);
});

const COMMANDS: Readonly<Record<string, Command>> = { audit, identify, simulate, tokens };

test.each(Object.entries(COMMANDS))("the examples of %s have only options that it takes", (_, command) => {
  for (const example of command.examples ?? []) parseArguments(example.split(" ").filter(Boolean), command.options);
});

test.each(Object.entries(COMMANDS))("the help of %s names every option, and keeps to 120 columns", (name, command) => {
  const help = helpOf(name, command);
  for (const option of Object.keys(command.options)) expect(help).toMatch(new RegExp(`^  --${option} `, "m"));
  expect(help.split("\n").filter((line) => line.length > 120)).toEqual([]);
});
