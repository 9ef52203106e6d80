import { client, v2 } from "@datadog/datadog-api-client";
import type { Simulator } from "../../../simulator";
import { simulatorFor, tokenAt } from "./useSimulator";

/** Datadog's own TypeScript client, as it comes; only the server's address is another. */
function configurationFor(simulator: Simulator, settings: Parameters<typeof client.createConfiguration>[0]) {
  return client.createConfiguration({
    ...settings,
    baseServer: new client.BaseServerConfiguration(simulator.url, {}),
  });
}

function withKeys(simulator: Simulator) {
  const { apiKey, appKey } = simulator;
  return configurationFor(simulator, { authMethods: { apiKeyAuth: apiKey, appKeyAuth: appKey } });
}

/** The client sends whole seconds. */
const inThirtyDays = () => new Date(Math.floor(Date.now() / 1000 + 30 * 86_400) * 1000);

describe("Datadog's official TypeScript client", () => {
  it("lists tokens, and finds nothing that it cannot parse", async () => {
    const simulator = await simulatorFor({ tokens: 12 });
    const api = new v2.KeyManagementApi(withKeys(simulator));
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
  });

  it("lists the tokens of several owners", async () => {
    const simulator = await simulatorFor({ tokens: 30 });
    const api = new v2.KeyManagementApi(withKeys(simulator));
    const owners = [0, 4].map((index) => simulator.find(tokenAt(simulator, index).id)?.owner.id ?? "");
    const { data = [] } = await api.listPersonalAccessTokens({ pageSize: 100, filterOwnedBy: owners });
    expect(new Set(data.map(({ relationships }) => relationships?.ownedBy?.data.id))).toEqual(new Set(owners));
  });

  it("reads which organization it is, with its name", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization({ name: "Elsewhere Limited" });
    const api = new v2.UsersApi(withKeys({ ...simulator, apiKey: other.apiKey, appKey: other.appKey }));
    const { data: me, included = [] } = await api.getCurrentUser();
    expect(me).toMatchObject({ id: other.keyOwner.id, attributes: { handle: other.keyOwner.handle } });
    expect(me?.relationships?.org?.data).toMatchObject({ id: other.organization.id, type: "orgs" });
    expect(included).toMatchObject([
      {
        type: "orgs",
        id: other.organization.id,
        attributes: { name: "Elsewhere Limited", publicId: expect.stringMatching(/^\w+$/) },
      },
    ]);
  });

  it("lists users and service accounts by a part of name or address", async () => {
    const api = new v2.UsersApi(withKeys(await simulatorFor()));
    const { data = [], meta } = await api.listUsers({ filter: "SILVA@" });
    expect(data.map(({ attributes }) => attributes?.email)).toEqual(["maria.silva@example.com"]);
    expect(meta?.page).toMatchObject({ totalCount: 11, totalFilteredCount: 1 });
    const second = await api.listUsers({ pageNumber: 1, pageSize: 10 });
    expect(second.data?.map(({ attributes }) => attributes?.serviceAccount)).toEqual([true]);
  });

  it("creates, gets, updates and revokes a token", async () => {
    const simulator = await simulatorFor();
    const api = new v2.KeyManagementApi(withKeys(simulator));

    const attributes = { name: "made by the client", scopes: ["dashboards_read"], expiresAt: inThirtyDays() };
    const { data: created } = await api.createPersonalAccessToken({
      body: { data: { type: "personal_access_tokens", attributes } },
    });
    const tokenId = created?.id ?? "";
    expect(created?.attributes).toMatchObject({ name: attributes.name, scopes: attributes.scopes });
    expect(created?.attributes?.expiresAt?.getTime()).toBe(attributes.expiresAt.getTime());
    expect(created?.attributes?.key).toBe(simulator.find(tokenId)?.value);

    await api.updatePersonalAccessToken({
      tokenId,
      body: { data: { type: "personal_access_tokens", id: tokenId, attributes: { name: "renamed" } } },
    });
    const { data: token } = await api.getPersonalAccessToken({ tokenId });
    expect(token?._unparsed).toBeUndefined();
    expect(token?.attributes).toMatchObject({ name: "renamed", scopes: attributes.scopes, lastUsedAt: null });
    expect(token?.attributes?.modifiedAt).toBeInstanceOf(Date);
    expect(token?.relationships?.ownedBy?.data.id).toBe(simulator.keyOwner.id);

    await api.revokePersonalAccessToken({ tokenId });
    expect(simulator.find(tokenId)?.revokedAt).not.toBeNull();
    await expect(api.getPersonalAccessToken({ tokenId })).rejects.toMatchObject({ code: 404 });
  });

  it("lists a service account's tokens, and finds nothing that it cannot parse", async () => {
    const simulator = await simulatorFor({ tokens: 60 });
    const api = new v2.ServiceAccountsApi(withKeys(simulator));
    const serviceAccountId = tokenAt(simulator, 4).serviceAccountId ?? "";
    const { data = [], meta } = await api.listServiceAccountAccessTokens({ serviceAccountId, pageSize: 100 });

    const own = simulator.tokens.filter((token) => token.serviceAccountId === serviceAccountId);
    expect(data.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
    expect(meta?.page?.totalFilteredCount).toBe(own.length);
    for (const token of data) {
      expect(token._unparsed).toBeUndefined();
      expect(token.type).toBe("service_access_tokens");
      expect(token.relationships?.ownedBy?.data).toMatchObject({ id: serviceAccountId, type: "service_account" });
    }
  });

  it.each([
    ["that expires", inThirtyDays()],
    ["that never expires", undefined],
  ])("creates, gets, updates and revokes a service account's token %s", async (_, expiresAt) => {
    const simulator = await simulatorFor();
    const api = new v2.ServiceAccountsApi(withKeys(simulator));
    const serviceAccountId = tokenAt(simulator, 4).serviceAccountId ?? "";

    const attributes = { name: "made by the client", scopes: ["metrics_read"], ...(expiresAt ? { expiresAt } : {}) };
    const { data: created } = await api.createServiceAccountAccessToken({
      serviceAccountId,
      body: { data: { type: "service_access_tokens", attributes } },
    });
    expect(created?._unparsed).toBeUndefined();
    expect(created?.attributes?.expiresAt ?? undefined).toEqual(expiresAt);
    expect(created?.attributes?.key).toMatch(/^ddsat_/);
    const one = { serviceAccountId, tokenId: created?.id ?? "" };

    await api.updateServiceAccountAccessToken({
      ...one,
      body: { data: { type: "service_access_tokens", id: one.tokenId, attributes: { name: "renamed" } } },
    });
    const { data: token } = await api.getServiceAccountAccessToken(one);
    expect(token?._unparsed).toBeUndefined();
    expect(token?.attributes).toMatchObject({ name: "renamed", scopes: attributes.scopes, lastUsedAt: null });
    expect(token?.relationships?.ownedBy?.data).toMatchObject({ id: serviceAccountId, type: "service_account" });

    await api.revokeServiceAccountAccessToken(one);
    expect(simulator.find(one.tokenId)?.revokedAt).not.toBeNull();
    await expect(api.getServiceAccountAccessToken(one)).rejects.toMatchObject({ code: 404 });
  });

  it("reads Datadog's words from either error shape", async () => {
    for (const [errorShape, errors] of [
      ["text", [expect.stringContaining("there is no such access token")]],
      ["object", [{ status: "404", title: "Not Found", detail: "there is no such access token" }]],
    ] as const) {
      const simulator = await simulatorFor({ errorShape });
      const api = new v2.KeyManagementApi(withKeys(simulator));
      const revoking = api.revokePersonalAccessToken({ tokenId: "00000000-0000-1234-0000-000000000000" });
      await expect(revoking).rejects.toMatchObject({ code: 404, body: { errors } });
    }
  });

  it("asks who it is and whose a token is", async () => {
    const simulator = await simulatorFor();
    const api = new v2.UsersApi(withKeys(simulator));

    const { data: me, included = [] } = await api.getCurrentUser();
    expect(me?.attributes?.handle).toBe(simulator.keyOwner.handle);
    expect(me?.relationships?.org?.data.id).toBe(simulator.organization.id);
    expect(included).toMatchObject([{ id: simulator.organization.id, attributes: { name: "Example Incorporated" } }]);

    const owner = simulator.find(tokenAt(simulator, 4).id)?.owner;
    const { data: account } = await api.getUser({ userId: owner?.id ?? "" });
    expect(account?._unparsed).toBeUndefined();
    expect(account?.attributes).toMatchObject({ handle: owner?.handle, serviceAccount: true });
  });

  it("revokes with a token instead of keys, as a bearer or in an application key's place", async () => {
    const simulator = await simulatorFor();
    const credential = tokenAt(simulator, 0);
    for (const [index, authMethods] of [
      [1, { AuthZ: { accessToken: credential.value } }],
      [2, { appKeyAuth: credential.value }],
    ] as const) {
      const api = new v2.KeyManagementApi(configurationFor(simulator, { authMethods }));
      const tokenId = tokenAt(simulator, index).id;
      await api.revokePersonalAccessToken({ tokenId });
      expect(simulator.find(tokenId)?.revokedAt).not.toBeNull();
    }
    expect(simulator.requests().map(({ authentication }) => authentication)).toEqual([
      "bearer",
      "token as application key",
    ]);
  });

  it("waits for the rate limit to reset when it is told to retry", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "0" }, body: { errors: [] } });
    const { apiKey, appKey } = simulator;
    const authMethods = { apiKeyAuth: apiKey, appKeyAuth: appKey };
    const retrying = configurationFor(simulator, { authMethods, enableRetry: true });
    await new v2.UsersApi(retrying).getCurrentUser();
    expect(simulator.requests().map(({ status }) => status)).toEqual([429, 200]);
  });
});
