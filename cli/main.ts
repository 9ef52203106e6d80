#!/usr/bin/env node
import { sentence } from "../provider/text/plainLine";
import type { Command } from "./command";
import { helpOf } from "./help";
import { alternatives } from "./options";
import { thisPackage } from "./thisPackage";
import { UsageError, unknownName } from "./usageError";

/** Each is loaded only when it is needed: loading all of them takes longer than running some of them. */
const COMMANDS = new Map<string, () => Command>([
  ["audit", () => (require("./audit/auditCommand") as typeof import("./audit/auditCommand")).audit],
  ["identify", () => (require("./identify/identifyCommand") as typeof import("./identify/identifyCommand")).identify],
  ["tokens", () => (require("./tokens/tokensCommand") as typeof import("./tokens/tokensCommand")).tokens],
  ["simulate", () => (require("./simulate/simulateCommand") as typeof import("./simulate/simulateCommand")).simulate],
]);

const USE = `use ${alternatives([...COMMANDS.keys(), "--help"])}`;

/** Exit status of a command that failed; standard error says why. */
const FAILED = 2;

/** The words help and version are there for `npx`, which takes `--help` and `--version` right behind a package's name for its own. */
const overview = (): string => `Usage: pulumi-datadog-revocation <command> [options]

Commands:
${[...COMMANDS].map(([name, load]) => `  ${name.padEnd(10)} ${load().summary}\n`).join("")}
For more about a command: npx --no pulumi-datadog-revocation <command> --help
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError(`No command given: ${USE}.`);
  if (name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(overview());
    return 0;
  }
  if (name === "--version" || name === "version") {
    process.stdout.write(`${thisPackage.version}\n`);
    return 0;
  }
  const load = COMMANDS.get(name);
  if (load === undefined) {
    throw unknownName(name.startsWith("-") ? "option" : "command", name, [...COMMANDS.keys(), "--help"], {
      otherwise: `: ${USE}.`,
    });
  }
  const command = load();
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(helpOf(name, command));
    return 0;
  }
  return command.run(args);
}

// `print` reports a failed write to the command; without a listener Node would exit here with a stack trace.
process.stdout.on("error", () => {});
// Standard error may be closed; the exit status still tells the outcome.
process.stderr.on("error", () => {});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    // No stack trace: it does not help at a terminal, and could repeat what the user typed. The message may quote foreign text.
    process.stderr.write(`${error instanceof Error ? sentence(error) : "Unexpected error."}\n`);
    process.exitCode = FAILED;
  },
);
