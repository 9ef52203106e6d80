import { UsageError } from "../../usageError";
import { findProject } from "../project";
import { readCredentialsFile } from "./credentialsFile";

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
  const { current, $pulumiSecureStore } = readCredentialsFile(env);
  if ($pulumiSecureStore !== undefined) return undefined;
  if (current) return current;
  if (env.PULUMI_ACCESS_TOKEN) return env.PULUMI_API || "https://api.pulumi.com";
  throw new UsageError(
    "Pulumi is not logged in to a backend. Run pulumi login, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  );
}
