import type { Options } from "./options";

/** A sub-command of `pulumi-datadog-revocation`. Its help is rendered from this definition. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it takes besides options, as the usage line shows it. */
  readonly operands?: string;
  /** What it does: the help's text before the options. */
  readonly description: string;
  readonly options: Options;
  /** What it is given in examples, e.g. `"--leaked"`; empty for nothing. */
  readonly examples?: readonly string[];
  /** What else to know, such as the exit status: the help's text after the options. */
  readonly notes?: string;
  /** Runs it. A UsageError is for the user to read; the returned number is the exit status. */
  run(args: readonly string[]): Promise<number>;
}
