import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { UsageError } from "../../usageError";

/** What `pulumi login` keeps; it has more. */
const Credentials = v.object({
  current: v.optional(v.string()),
  accessTokens: v.optional(v.record(v.string(), v.string()), {}),
  accounts: v.optional(v.record(v.string(), v.object({ accessToken: v.optional(v.string()) })), {}),
});

/** Environment variables. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The access token that `pulumi` would use for a Pulumi Cloud.
 *
 * @param apiUrl its address, as it was given to `pulumi login`
 * @throws UsageError that says how to log in
 */
export function accessTokenOf(apiUrl: string, env: Environment): string {
  // As in the command, the variable is for any Pulumi Cloud.
  if (env.PULUMI_ACCESS_TOKEN) return env.PULUMI_ACCESS_TOKEN;
  const { accounts, accessTokens } = readCredentials(env);
  const keys = [apiUrl, apiUrl.replace(/\/+$/, ""), apiUrl.replace(/\/*$/, "/")];
  const [token] = keys.flatMap((key) => accounts[key]?.accessToken || accessTokens[key] || []);
  if (token !== undefined) return token;
  throw new UsageError(`Pulumi is not logged in to ${apiUrl}. Run pulumi login ${apiUrl}, or set PULUMI_ACCESS_TOKEN.`);
}

/** The address of the backend that `pulumi login` chose last; undefined for none. */
export function currentBackend(env: Environment): string | undefined {
  return readCredentials(env).current;
}

function readCredentials(env: Environment): v.InferOutput<typeof Credentials> {
  const folder = env.PULUMI_CREDENTIALS_PATH || env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(folder, "credentials.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { accessTokens: {}, accounts: {} };
  }
  // An interrupted write leaves an empty file, which Pulumi takes for none.
  const stored = parse(text === "" ? "{}" : text);
  if (Object.hasOwn(stored, "$pulumiSecureStore")) {
    throw new UsageError(`${file} is encrypted, and only pulumi itself can read it. Set PULUMI_ACCESS_TOKEN.`);
  }
  const parsed = v.safeParse(Credentials, stored);
  if (parsed.success) return parsed.output;
  throw new UsageError(`${file} is damaged. Run pulumi login, or set PULUMI_ACCESS_TOKEN.`);
}

function parse(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return { accessTokens: null };
  }
}
