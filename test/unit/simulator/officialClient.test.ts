import { client, v2 } from "@datadog/datadog-api-client";
import type { Simulator } from "../../../simulator";
import { namesOf, simulatorFor, tokenAt } from "./useSimulator";

/** Datadog's own TypeScript client, as it comes; only the server's address is another. */
const configurationFor = (simulator: Simulator) =>
  client.createConfiguration({
    authMethods: { apiKeyAuth: simulator.apiKey, appKeyAuth: simulator.appKey },
    baseServer: new client.BaseServerConfiguration(simulator.url, {}),
  });

test("Datadog's client lists tokens, also those of several owners, and finds nothing that it cannot parse", async () => {
  const simulator = await simulatorFor({ tokens: 12 });
  const api = new v2.KeyManagementApi(configurationFor(simulator));
  const { data = [], meta } = await api.listPersonalAccessTokens({ pageSize: 100, sort: "name" });

  expect(meta?.page?.totalFilteredCount).toBe(12);
  const byName = [...simulator.tokens].sort((one, other) => (one.name < other.name ? -1 : 1));
  expect(data.map(({ id }) => id)).toEqual(byName.map(({ id }) => id));
  for (const token of data) {
    expect(token._unparsed).toBeUndefined();
    expect(token.attributes?.createdAt).toBeInstanceOf(Date);
    const isService = simulator.find(token.id ?? "")?.serviceAccountId !== undefined;
    expect(token.type).toBe(isService ? "service_access_tokens" : "personal_access_tokens");
    expect(token.relationships?.ownedBy?.data.type).toBe(isService ? "service_account" : "users");
  }
  const owners = [0, 4].map((index) => simulator.find(tokenAt(simulator, index).id)?.owner.id ?? "");
  const theirs = await api.listPersonalAccessTokens({ pageSize: 100, filterOwnedBy: owners });
  expect(new Set(theirs.data?.map(({ relationships }) => relationships?.ownedBy?.data.id))).toEqual(new Set(owners));
});

test("Datadog's client reads who it is, of which organization, and whose a token is", async () => {
  const simulator = await simulatorFor();
  const { organization, keyOwner, ...other } = simulator.addOrganization({ name: "Elsewhere Limited" });
  const api = new v2.UsersApi(configurationFor({ ...simulator, apiKey: other.apiKey, appKey: other.appKey }));
  const { data: me, included = [] } = await api.getCurrentUser();
  expect(me).toMatchObject({ id: keyOwner.id, attributes: { handle: keyOwner.handle } });
  expect(me?.relationships?.org?.data).toMatchObject({ id: organization.id, type: "orgs" });
  const attributes = { name: "Elsewhere Limited", publicId: expect.stringMatching(/^\w+$/) };
  expect(included[0]).toMatchObject({ type: "orgs", id: organization.id, attributes });

  const owner = simulator.find(tokenAt(simulator, 4).id)?.owner;
  const users = new v2.UsersApi(configurationFor(simulator));
  const { data: account } = await users.getUser({ userId: owner?.id ?? "" });
  expect(account?._unparsed).toBeUndefined();
  expect(account?.attributes).toMatchObject({ handle: owner?.handle, serviceAccount: true });
});

test("Datadog's client lists users and service accounts by a part of name or address", async () => {
  const api = new v2.UsersApi(configurationFor(await simulatorFor()));
  const { data = [], meta } = await api.listUsers({ filter: "SILVA@" });
  expect(data.map(({ attributes }) => attributes?.email)).toEqual(["maria.silva@example.com"]);
  expect(meta?.page).toMatchObject({ totalCount: 11, totalFilteredCount: 1 });
  const disabled = await api.listUsers({ filterStatus: "Disabled" });
  expect([disabled.data, disabled.meta?.page?.totalFilteredCount]).toEqual([[], 0]);
  const sorted = await api.listUsers({ sort: "name", sortDir: "desc", pageSize: 1 });
  expect(sorted.data?.[0]?.attributes?.name).toBe("metrics-exporter");
  const second = await api.listUsers({ pageNumber: 1, pageSize: 10 });
  expect(second.data?.map(({ attributes }) => attributes?.serviceAccount)).toEqual([true]);
});

test("Datadog's client creates, gets, updates and revokes a token", async () => {
  const simulator = await simulatorFor();
  const api = new v2.KeyManagementApi(configurationFor(simulator));
  const type = "personal_access_tokens";
  // The client sends whole seconds.
  const expiresAt = new Date(Math.floor(Date.now() / 1000 + 30 * 86_400) * 1000);
  const attributes = { name: "made by the client", scopes: ["dashboards_read"], expiresAt };
  const { data: created } = await api.createPersonalAccessToken({ body: { data: { type, attributes } } });
  const tokenId = created?.id ?? "";
  const key = simulator.find(tokenId)?.value;
  expect(created?.attributes).toMatchObject({ name: attributes.name, scopes: attributes.scopes, key });
  expect(created?.attributes?.expiresAt?.getTime()).toBe(expiresAt.getTime());

  const body = { data: { type, id: tokenId, attributes: { name: "renamed" } } } as const;
  await api.updatePersonalAccessToken({ tokenId, body });
  const { data: token } = await api.getPersonalAccessToken({ tokenId });
  expect(token?._unparsed).toBeUndefined();
  expect(token?.attributes).toMatchObject({ name: "renamed", scopes: attributes.scopes, lastUsedAt: null });
  expect(token?.attributes?.modifiedAt).toBeInstanceOf(Date);
  expect(token?.relationships?.ownedBy?.data.id).toBe(simulator.keyOwner.id);

  await api.revokePersonalAccessToken({ tokenId });
  expect(simulator.find(tokenId)?.revokedAt).not.toBeNull();
  await expect(api.getPersonalAccessToken({ tokenId })).rejects.toMatchObject({ code: 404 });
});

test("Datadog's client lists, creates, gets, updates and revokes a service account's tokens", async () => {
  const simulator = await simulatorFor({ tokens: 60 });
  const api = new v2.ServiceAccountsApi(configurationFor(simulator));
  const serviceAccountId = tokenAt(simulator, 4).serviceAccountId ?? "";
  const type = "service_access_tokens";
  const owner = { id: serviceAccountId, type: "service_account" };
  const { data = [] } = await api.listServiceAccountAccessTokens({ serviceAccountId, pageSize: 100 });
  const own = simulator.tokens.filter((token) => token.serviceAccountId === serviceAccountId);
  expect(data.map(({ attributes }) => attributes?.name)).toEqual(namesOf(own));
  for (const token of data) {
    expect(token).toMatchObject({ type, relationships: { ownedBy: { data: owner } } });
    expect(token._unparsed).toBeUndefined();
  }

  const attributes = { name: "made by the client", scopes: ["metrics_read"] };
  const { data: created } = await api.createServiceAccountAccessToken({
    serviceAccountId,
    body: { data: { type, attributes } },
  });
  expect(created?._unparsed).toBeUndefined();
  expect(created?.attributes?.key).toMatch(/^ddsat_/);
  const one = { serviceAccountId, tokenId: created?.id ?? "" };
  const body = { data: { type, id: one.tokenId, attributes: { name: "renamed" } } } as const;
  await api.updateServiceAccountAccessToken({ ...one, body });
  const { data: token } = await api.getServiceAccountAccessToken(one);
  expect(token?._unparsed).toBeUndefined();
  expect(token?.attributes).toMatchObject({ name: "renamed", scopes: attributes.scopes, lastUsedAt: null });
  expect(token?.relationships?.ownedBy?.data).toMatchObject(owner);

  await api.revokeServiceAccountAccessToken(one);
  expect(simulator.find(one.tokenId)?.revokedAt).not.toBeNull();
  await expect(api.getServiceAccountAccessToken(one)).rejects.toMatchObject({ code: 404 });
});
