#!/usr/bin/env node
import { audit } from "./audit";
import type { Command } from "./command";
import { simulate } from "./simulate";
import { tokens } from "./tokens";
import { UsageError, unknownName } from "./usageError";

const COMMANDS = new Map<string, Command>([
  ["audit", audit],
  ["tokens", tokens],
  ["simulate", simulate],
]);

/** Not what was asked for, and the reason stands on standard error. */
const FAILED = 2;

const HELP = `Usage: pulumi-datadog-revocation <command> [options]

Commands:
${[...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}\n`).join("")}
\`pulumi-datadog-revocation <command> --help\` tells more about each.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError("Which command? --help lists them.");
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) {
    throw unknownName(name.startsWith("-") ? "option" : "command", name, [...COMMANDS.keys(), "--help"]);
  }
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(args);
}

// Nobody reads any further, as after `| head`: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // Never a stack: it helps nobody at a terminal, and could carry what the user typed.
    process.stderr.write(`${error instanceof Error ? error.message : "Something unexpected happened."}\n`);
    process.exitCode = FAILED;
  },
);
