import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { whyUnread } from "../../output";
import { UsageError } from "../../usageError";

const File = v.object({
  /** The address of the backend that was logged in to last. */
  current: v.optional(v.string(), ""),
  /** Access tokens by the address of a Pulumi Cloud. */
  accessTokens: v.optional(v.record(v.string(), v.string()), {}),
  /** The same, with more. */
  accounts: v.optional(v.record(v.string(), v.object({ accessToken: v.optional(v.string()) })), {}),
  /** Newer releases can encrypt the file: then it has this, and nothing of the rest. */
  $pulumiSecureStore: v.optional(v.unknown()),
});

/** What `pulumi login` keeps. */
export type CredentialsFile = v.InferOutput<typeof File>;

const NONE = v.parse(File, {});

/**
 * Reads what `pulumi login` has kept; nothing where it never ran.
 *
 * @throws UsageError where it cannot be read
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/creds.go
 */
export function readCredentialsFile(env: NodeJS.ProcessEnv): CredentialsFile {
  const home = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, "credentials.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NONE;
    throw new UsageError(`Cannot read ${file}: ${whyUnread(error)}.`);
  }
  // Pulumi takes a file that was cut off at its beginning for none.
  if (text === "") return NONE;
  try {
    return v.parse(File, JSON.parse(text));
  } catch {
    throw new UsageError(`${file} is damaged: run pulumi login to write it anew.`);
  }
}
