#!/usr/bin/env node
import { sentence } from "../provider/text/plainLine";
import type { Command } from "./command";
import { UsageError, unknownName } from "./usageError";

/** Each is loaded when it is asked for: all together take longer to load than some of them to run. */
const COMMANDS = new Map<string, () => Command>([
  ["audit", () => (require("./audit") as typeof import("./audit")).audit],
  ["identify", () => (require("./identify") as typeof import("./identify")).identify],
  ["tokens", () => (require("./tokens") as typeof import("./tokens")).tokens],
  ["simulate", () => (require("./simulate") as typeof import("./simulate")).simulate],
]);

/** Not what was asked for, and the reason stands on standard error. */
const FAILED = 2;

const help = (): string => `Usage: pulumi-datadog-revocation <command> [options]

Commands:
${[...COMMANDS].map(([name, load]) => `  ${name.padEnd(10)} ${load().summary}\n`).join("")}
\`pulumi-datadog-revocation <command> --help\` tells more about each.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError("Which command? --help lists them.");
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help());
    return 0;
  }
  const load = COMMANDS.get(name);
  if (load === undefined) {
    throw unknownName(name.startsWith("-") ? "option" : "command", name, [...COMMANDS.keys(), "--help"]);
  }
  const command = load();
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(args);
}

// What cannot be printed is for the command to judge, by what `print` tells it; unheard, it would end here with a stack.
process.stdout.on("error", () => {});
// Whoever closed standard error wants to know nothing of it, and the exit status tells all the same.
process.stderr.on("error", () => {});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // Never a stack: it helps nobody at a terminal, and could carry what the user typed. Names in it are others'.
    process.stderr.write(`${error instanceof Error ? sentence(error) : "Something unexpected happened."}\n`);
    process.exitCode = FAILED;
  },
);
