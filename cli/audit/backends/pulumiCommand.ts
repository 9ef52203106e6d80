import { execFile } from "node:child_process";
import { UsageError } from "../../usageError";
import { withoutSecrets } from "./storeAddress";

/**
 * Runs the `pulumi` command that the Automation API finds. The API's `exportStack` and `history` are not used: they
 * decrypt every secret, and so need the passphrase. An audit does not.
 */
export class Pulumi {
  private constructor(
    private readonly command: string,
    /** Where a project is looked for. */
    readonly folder: string,
    private readonly defaults: NodeJS.ProcessEnv = {},
  ) {}

  /** The same, with environment variables where the user has not set them. */
  withDefaults(defaults: NodeJS.ProcessEnv): Pulumi {
    return new Pulumi(this.command, this.folder, defaults);
  }

  static async find(folder: string): Promise<Pulumi> {
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/cmd.js");
    const { command } = await PulumiCommand.get().catch((error: unknown) => {
      const isMissing = /ENOENT|not found/i.test(String(error));
      throw new UsageError(
        isMissing
          ? "The pulumi command is not on the PATH. Install it: https://www.pulumi.com/docs/iac/download-install/"
          : `Cannot run the pulumi command: ${reasonOf(String(error))}`,
      );
    });
    return new Pulumi(command, folder);
  }

  /**
   * @returns what it prints
   * @throws UsageError with Pulumi's own words
   */
  run(...args: string[]): Promise<string> {
    const env = { ...this.defaults, ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_AUTOMATION_API: "true" };
    const options = { cwd: this.folder, env, maxBuffer: Number.POSITIVE_INFINITY };
    return new Promise((resolve, reject) => {
      const all = [...args, "--non-interactive", "--color", "never"];
      const child = execFile(this.command, all, options, (error, stdout, stderr) => {
        if (error) reject(new UsageError(`pulumi ${commandOf(args)}: ${reasonOf(stderr || error.message)}`));
        else resolve(stdout);
      });
      child.stdin?.end();
    });
  }

  /** The same, of JSON. */
  async json(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.run(...args, "--json"));
  }
}

/** What stands before the options. */
function commandOf(args: readonly string[]): string {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return args.slice(0, end === -1 ? args.length : end).join(" ");
}

/** Pulumi's error in one line, with its cause, which may stand on the next ones, and without what could be a password. */
function reasonOf(printed: string): string {
  const [, error] = /^error: ([\s\S]*)/m.exec(printed) ?? [];
  const lines = (error ?? printed).split("\n").map((line) => line.trim());
  return withoutSecrets(lines.filter((line) => /\w/.test(line)).join(" "));
}
