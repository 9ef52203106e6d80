import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { UsageError } from "../../usageError";
import { findProject } from "../project";

/** Pulumi's own file; newer releases can encrypt it. */
const Credentials = v.object({ current: v.optional(v.string(), ""), $pulumiSecureStore: v.optional(v.unknown()) });

/**
 * The address of the backend that `pulumi` uses in a folder, without running it: it takes half a second, and writes
 * into a bucket that is empty. Undefined where only `pulumi` itself can tell, as its credentials are encrypted.
 *
 * @throws UsageError where it is not logged in
 * @see https://github.com/pulumi/pulumi/blob/master/pkg/workspace/creds.go
 */
export async function backendUrl(folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const given = env.PULUMI_BACKEND_URL || (await findProject(folder))?.backendUrl;
  if (given) return given;
  const credentials = readCredentials(env);
  if (credentials?.$pulumiSecureStore !== undefined) return undefined;
  if (credentials?.current) return credentials.current;
  if (env.PULUMI_ACCESS_TOKEN) return env.PULUMI_API || "https://api.pulumi.com";
  throw new UsageError(
    "Pulumi is not logged in to a backend. Run pulumi login, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  );
}

function readCredentials(env: NodeJS.ProcessEnv): v.InferOutput<typeof Credentials> | undefined {
  const home = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, "credentials.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`);
  }
  // Pulumi takes a file that was cut off at its beginning for none.
  if (text === "") return undefined;
  try {
    return v.parse(Credentials, JSON.parse(text));
  } catch {
    throw new UsageError(`${file} is damaged: run pulumi login.`);
  }
}
