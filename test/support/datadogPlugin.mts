/**
 * Stands in for `pulumi-resource-datadog`, the plugin of `@pulumi/datadog`, a download of its own that not every machine
 * can reach. It serves the two things that the examples ask of it, with the real one's requests to Datadog:
 * https://github.com/DataDog/terraform-provider-datadog/tree/master/datadog/fwprovider
 *
 * Address and keys come from the environment alone: the SDK's server does not hand on what the stack configures.
 */
import { createRequire } from "node:module";
import { main, type Provider } from "@pulumi/pulumi/provider/index.js";

interface User {
  readonly id: string;
  readonly attributes: { readonly email: string; readonly name: string; readonly service_account: boolean };
}

interface CreatedToken {
  readonly id: string;
  readonly attributes: { readonly key: string; readonly public_portion: string; readonly created_at: string };
}

interface GetUserArgs {
  readonly filter: string;
  readonly exactMatch?: boolean;
  readonly excludeServiceAccounts?: boolean;
}

/** Sends a request; a status above 299 that is not `accepted` is an error. */
async function send(method: string, path: string, { body, accepted }: { body?: object; accepted?: number } = {}) {
  const { DD_HOST, DD_BEARER_TOKEN, DD_API_KEY = "", DD_APP_KEY = "" } = process.env;
  const credentials: Record<string, string> = DD_BEARER_TOKEN
    ? { authorization: `Bearer ${DD_BEARER_TOKEN}` }
    : { "dd-api-key": DD_API_KEY, "dd-application-key": DD_APP_KEY };
  const response = await fetch(`${DD_HOST}/api/v2/${path}`, {
    method,
    headers: { ...credentials, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== accepted) throw new Error(`${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text).data;
}

/** The one user whom Datadog finds. An exact match is one of the address, or else one of the name. */
async function getUser(args: GetUserArgs) {
  const query = new URLSearchParams({ filter: args.filter, "page[size]": "100" });
  const users: User[] = await send("GET", `users?${query}`);
  const found = users.filter(({ attributes }) => !(args.excludeServiceAccounts && attributes.service_account));
  const exact = (["email", "name"] as const)
    .map((field) => found.filter(({ attributes }) => attributes[field] === args.filter))
    .find(({ length }) => length > 0);
  const [user, ...others] = args.exactMatch ? (exact ?? []) : found;
  if (!user || others.length > 0) {
    return { failures: [{ property: "filter", reason: `finds ${found.length} users, not exactly one` }] };
  }
  return { outputs: { ...args, id: user.id, email: user.attributes.email, name: user.attributes.name } };
}

const provider: Provider = {
  version: createRequire(import.meta.url)("@pulumi/datadog/package.json").version,
  async invoke(token, args) {
    if (token === "datadog:index/getUser:getUser") return getUser(args);
    throw new Error(`the stand-in for Datadog's plugin has no ${token}`);
  },
  async create(_urn, { serviceAccountId, name, scopes }) {
    const body = { data: { type: "service_access_tokens", attributes: { name, scopes } } };
    const token: CreatedToken = await send("POST", `service_accounts/${serviceAccountId}/access_tokens`, { body });
    const { key, public_portion: publicPortion, created_at: createdAt } = token.attributes;
    return { id: token.id, outs: { serviceAccountId, name, scopes, key, publicPortion, createdAt } };
  },
  async delete(id, _urn, { serviceAccountId }) {
    await send("DELETE", `service_accounts/${serviceAccountId}/access_tokens/${id}`, { accepted: 404 });
  },
};

await main(provider, process.argv.slice(2));
