import { parseArgs } from "node:util";
import { UsageError, unknownName } from "./usageError";

/** All there is to know of an option: how it is parsed, and what the help says of it. */
export interface Option {
  readonly type: "string" | "boolean";
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  readonly default?: string | boolean;
  /** The only values that it takes. */
  readonly values?: readonly string[];
  /** What stands for its value in the help. */
  readonly placeholder?: string;
  /** The heading under which the help lists it; default "Options". */
  readonly group?: string;
  /** What it does; may be left out where `values` say all. */
  readonly description?: string;
}

export type Options = Readonly<Record<string, Option>>;

/**
 * Parses the arguments of a command that takes options only.
 *
 * @throws UsageError naming the nearest known option, the missing value, or the superfluous argument.
 */
export function parseOptions<Known extends Options>(args: readonly string[], options: Known) {
  const { values, positionals } = parseArguments(args, options);
  if (positionals.length > 0) throw new UsageError("This command takes options only: --help lists them.");
  return values;
}

/**
 * Parses the arguments of a command that takes operands too.
 *
 * @throws UsageError
 */
export function parseArguments<Known extends Options>(args: readonly string[], options: Known) {
  const parsed = parseArgs({ args: [...args], options, strict: false, tokens: true });
  for (const token of parsed.tokens) {
    if (token.kind === "option") demandKnown(token, options);
  }
  // The loop has refused all that the strict mode would; this gives the values their types.
  return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Node's own messages explain the syntax of options in general; these name the option at hand. */
function demandKnown({ name, rawName, value, inlineValue }: OptionToken, options: Options): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const known = [...Object.keys(options).map((known) => `--${known}`), "--help"];
    throw unknownName("option", rawName, known, { otherwise: ": --help lists all." });
  }
  if (option.type === "boolean" && value !== undefined)
    throw new UsageError(`--${name} takes no value: give it alone.`);
  if (option.type === "string" && (!value || (!inlineValue && value.startsWith("-")))) {
    throw new UsageError(`--${name} needs a value: --${name} ${option.placeholder ?? "VALUE"}.`);
  }
}

/** @throws UsageError unless the text is a whole number from `least` to `most`. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}.`);
}

/** @throws UsageError naming the nearest word, or all of them, unless the text is one of them. */
export function oneOf<Word extends string>(what: string, typed: string, words: readonly Word[]): Word {
  const word = words.find((word) => word === typed);
  if (word === undefined) throw unknownName(what, typed, words, { otherwise: `: use ${alternatives(words)}.` });
  return word;
}

/** `"table, json or csv"` */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
