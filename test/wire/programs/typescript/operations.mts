// Every operation on access tokens, and those that read users, with Datadog's client; prints what it was told. This
// release knows nothing of leaks.
import { env } from "node:process";
import { client, v2 } from "@datadog/datadog-api-client";

const { SIMULATOR: name = "", OWNER_ID = "", ACCOUNT_ID: serviceAccountId = "" } = env;

// DD_API_KEY and DD_APP_KEY are read by the client.
const configuration = client.createConfiguration({ serverIndex: 1 });
configuration.setServerVariables({ protocol: "http", name });
const keys = new v2.KeyManagementApi(configuration);
const accounts = new v2.ServiceAccountsApi(configuration);

const scopes = ["metrics_read"];
const made = { name: "made by a client", scopes, expiresAt: new Date(Date.now() + 30 * 86_400_000) };
const renamed = { name: "renamed by a client" };

interface Token {
  id?: string;
  attributes?: { name?: string; key?: string; scopes?: string[] };
}

type Query = Omit<v2.KeyManagementApiListPersonalAccessTokensRequest, "filterOwnedBy">;

interface Operations {
  create(): Promise<{ data?: Token }>;
  get(tokenId: string): Promise<{ data?: Token }>;
  update(tokenId: string): Promise<{ data?: Token }>;
  list(query: Query, owned?: boolean): Promise<{ data?: Token[]; meta?: { page?: { totalFilteredCount?: number } } }>;
  revoke(tokenId: string): Promise<void>;
}

const personal: Operations = {
  create: () =>
    keys.createPersonalAccessToken({ body: { data: { type: "personal_access_tokens", attributes: made } } }),
  get: (tokenId) => keys.getPersonalAccessToken({ tokenId }),
  update: (tokenId) =>
    keys.updatePersonalAccessToken({
      tokenId,
      body: { data: { type: "personal_access_tokens", id: tokenId, attributes: renamed } },
    }),
  list: (query, owned) =>
    keys.listPersonalAccessTokens({ ...query, ...(owned && { filterOwnedBy: [OWNER_ID, serviceAccountId] }) }),
  revoke: (tokenId) => keys.revokePersonalAccessToken({ tokenId }),
};

const service: Operations = {
  create: () =>
    accounts.createServiceAccountAccessToken({
      serviceAccountId,
      body: { data: { type: "service_access_tokens", attributes: { name: made.name, scopes } } },
    }),
  get: (tokenId) => accounts.getServiceAccountAccessToken({ serviceAccountId, tokenId }),
  update: (tokenId) =>
    accounts.updateServiceAccountAccessToken({
      serviceAccountId,
      tokenId,
      body: { data: { type: "service_access_tokens", id: tokenId, attributes: renamed } },
    }),
  list: (query) => accounts.listServiceAccountAccessTokens({ serviceAccountId, ...query }),
  revoke: (tokenId) => accounts.revokeServiceAccountAccessToken({ serviceAccountId, tokenId }),
};

async function play({ create, get, update, list, revoke }: Operations): Promise<object> {
  const { id = "", attributes } = (await create()).data ?? {};
  const names = async (query: Query, owned = false) =>
    (await list(query, owned)).data?.map(({ attributes }) => attributes?.name);
  const transcript = {
    created: { id, key: attributes?.key, scopes: attributes?.scopes },
    got: (await get(id)).data?.attributes?.name,
    updated: (await update(id)).data?.attributes?.name,
    found: await names({ filter: "renamed", sort: "-created_at" }, true),
    page: await names({ pageSize: 2, pageNumber: 1, sort: "-name" }),
    total: (await list({})).meta?.page?.totalFilteredCount,
  };
  await revoke(id);
  const afterwards = await get(id).then(
    () => 200,
    (error: { code: number }) => error.code,
  );
  return { ...transcript, afterwards };
}

async function readUsers(): Promise<object> {
  const users = new v2.UsersApi(configuration);
  const listed = await users.listUsers({
    ...{ filter: "listed", filterStatus: "Active" },
    ...{ sort: "name", sortDir: "desc", pageSize: 2, pageNumber: 1 },
  });
  return {
    current: (await users.getCurrentUser()).data?.id,
    got: (await users.getUser({ userId: serviceAccountId })).data?.attributes?.name,
    page: listed.data?.map(({ attributes }) => attributes?.name),
    total: listed.meta?.page?.totalFilteredCount,
  };
}

console.log(JSON.stringify({ personal: await play(personal), service: await play(service), users: await readUsers() }));
