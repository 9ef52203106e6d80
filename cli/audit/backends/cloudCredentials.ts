import { UsageError } from "../../usageError";
import { readCredentialsFile } from "./credentialsFile";
import { withoutSecrets } from "./storeAddress";

/**
 * The access token that `pulumi` would use for a Pulumi Cloud.
 *
 * @param apiUrl its address, as it was given to `pulumi login`
 * @throws UsageError that says how to log in
 */
export function accessTokenOf(apiUrl: string, env: NodeJS.ProcessEnv): string {
  // As in the command, the variable is for any Pulumi Cloud.
  if (env.PULUMI_ACCESS_TOKEN) return env.PULUMI_ACCESS_TOKEN;
  const { accounts, accessTokens, $pulumiSecureStore } = readCredentialsFile(env);
  if ($pulumiSecureStore !== undefined) throw encrypted();
  const keys = [apiUrl, apiUrl.replace(/\/+$/, ""), apiUrl.replace(/\/*$/, "/")];
  const [token] = keys.flatMap((key) => accounts[key]?.accessToken || accessTokens[key] || []);
  if (token !== undefined) return token;
  const address = withoutSecrets(apiUrl);
  throw new UsageError(
    `Pulumi is not logged in to ${address}. Run pulumi login ${address}, or set PULUMI_ACCESS_TOKEN.`,
  );
}

/** That credentials for Pulumi Cloud are where only `pulumi` itself can read them. */
export function encrypted(): UsageError {
  return new UsageError(
    "Pulumi keeps its credentials encrypted, and only pulumi itself can read them. Set PULUMI_ACCESS_TOKEN, and " +
      "PULUMI_BACKEND_URL to the address of Pulumi Cloud, such as https://api.pulumi.com.",
  );
}
