import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError, unknownName } from "./usageError";

/**
 * The options of a sub-command that takes nothing else.
 *
 * @throws UsageError naming the nearest known option, the missing value, or the superfluous argument.
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option" && !Object.hasOwn(options, token.name)) {
      throw unknownName(
        "option",
        token.rawName,
        Object.keys(options).map((name) => `--${name}`),
      );
    }
    if (token.kind === "positional") throw new UsageError("This command takes options only, no further argument.");
  }
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    // The rest of Node's message is about the syntax of options in general.
    const [sentence = ""] = error instanceof Error ? error.message.split("\n") : [];
    throw new UsageError(sentence);
  }
}

/** @throws UsageError when the text is no whole number of `least` to `most`. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number of ${least} to ${most}.`);
}
