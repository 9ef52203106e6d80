import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { UsageError, unknownName } from "./usageError";

/**
 * The options of a sub-command that takes nothing else.
 *
 * @throws UsageError naming the nearest known option, the missing value, or the superfluous argument.
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const { values, positionals } = parseArguments(args, options);
  if (positionals.length > 0) throw new UsageError("This command takes options only, no further argument.");
  return values;
}

/**
 * The options of a sub-command, and its further arguments.
 *
 * @throws UsageError
 */
export function parseArguments<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const parsed = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of parsed.tokens) {
    if (token.kind === "option") demandKnown(token, options);
  }
  // What is left for the strict mode to refuse is nothing; it gives the values their types.
  return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Node's own messages are about the syntax of options in general; these are about the option at hand. */
function demandKnown({ name, rawName, value, inlineValue }: OptionToken, options: ParseArgsOptionsConfig): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    throw unknownName("option", rawName, [...Object.keys(options).map((known) => `--${known}`), "--help"]);
  }
  if (option.type === "boolean" && value !== undefined) throw new UsageError(`--${name} takes no value.`);
  if (option.type === "string" && (!value || (!inlineValue && value.startsWith("-")))) {
    throw new UsageError(`--${name} needs a value.`);
  }
}

/** @throws UsageError when the text is no whole number of `least` to `most`. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number of ${least} to ${most}.`);
}

/** @throws UsageError naming the nearest word, when the text is none of them. */
export function oneOf<Word extends string>(what: string, typed: string, words: readonly Word[]): Word {
  const word = words.find((word) => word === typed);
  if (word === undefined) throw unknownName(what, typed, words);
  return word;
}
