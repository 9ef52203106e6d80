/** A sub-command of `pulumi-datadog-revocation`. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Does it. A UsageError is for the user to read; the returned number is the exit status. */
  run(args: readonly string[]): Promise<number>;
}
