import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, type CommandResult, cleanEnvironment, runCommand } from "./processes";

export const root = join(__dirname, "../..");

/** A fenced block of a page. */
export interface CodeBlock {
  /** What stands behind the fence: `sh`, `ts`, `console` … */
  readonly language: string;
  readonly text: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
}

/** The fenced blocks of a page in Markdown, in order. */
export function codeBlocks(page: string): CodeBlock[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = "", 2: text = "", index }) => ({
    language,
    text,
    line: page.slice(0, index).split("\n").length + 1,
  }));
}

/** The commands that a block of a shell shows: without comments and empty lines, one that goes on over lines as one. */
export function commandsIn(shell: string): string[] {
  const lines = shell.replace(/\\\n */g, "").split("\n");
  return lines.map((line) => line.replace(/(^|\s+)#( .*)?$/, "").trim()).filter((line) => line !== "");
}

/** The commands that stand indented in the first comment of an example's program: what its reader is to type. */
export function commandsOfExample(file: string): string[] {
  const [, comment = ""] = /^\/\*\*\n([\s\S]*?)\*\//.exec(textOf(file)) ?? [];
  return commandsIn([...comment.matchAll(/^ \* {5}(.*)$/gm)].map(([, line]) => line).join("\n"));
}

/** The files that git tracks, and new ones that it does not ignore, by path from the root; none that is deleted. */
export function trackedFiles(): string[] {
  const list = (...which: string[]): string[] =>
    execFileSync("git", ["-c", "safe.directory=*", "ls-files", "-z", ...which], {
      cwd: root,
      env: cleanEnvironment(),
      encoding: "utf8",
    })
      .split("\0")
      .filter((file) => file !== "");
  const deleted = new Set(list("--deleted"));
  return list("--cached", "--others", "--exclude-standard", "--deduplicate").filter((file) => !deleted.has(file));
}

/** A file of the repository as text. */
export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** What stands for what cannot be typed as it is written: `[what is written, what is typed]`. */
export type Substitution = readonly [written: string, typed: string];

/**
 * Types commands into one shell, one after the other, as somebody does who reads them; the first that fails is the last.
 *
 * @param substitutions each must be needed: a document that changes is not to lose its test
 */
export async function typeAll(
  commands: readonly string[],
  options: Omit<CommandOptions, "signal" | "watch">,
  substitutions: readonly Substitution[] = [],
): Promise<CommandResult> {
  const needless = substitutions.filter(([written]) => !commands.some((command) => command.includes(written)));
  if (needless.length > 0) throw new Error(`not written anywhere: ${needless.map(([written]) => written).join(", ")}`);
  const typed = commands.map((command) =>
    substitutions.reduce((text, [written, typed]) => text.replace(written, () => typed), command),
  );
  const unknown = typed.filter((command) => /<[a-z][^<>\n]*>|…/.test(command));
  if (unknown.length > 0) throw new Error(`nothing stands for what is missing in: ${unknown.join("\n")}`);
  // Shown as they are written: what stands for something may be a secret.
  const script = typed.map((command, at) => `printf '%s\\n' ${quoted(`$ ${commands[at]}`)}\n${command}\n`).join("");
  return runCommand("bash", ["-e", "-c", script], options);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Answers that a user gives at the terminal. */
export const atTheTerminal = (accessToken: string): Substitution => [
  "read -rs DD_BEARER_TOKEN &&",
  `read -rs DD_BEARER_TOKEN <<< ${accessToken} &&`,
];
