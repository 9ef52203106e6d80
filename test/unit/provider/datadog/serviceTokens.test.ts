import { simulatorFor, tokenAt } from "../../simulator/useSimulator";
import { clientFor, failureOf } from "./datadogClient";

/** By the seed's rules. */
const SERVICE_TOKEN = 4;

test("a service account's token is seen and revoked by its account's path, and by no other", async () => {
  const simulator = await simulatorFor({ strictServiceTokens: true });
  const { id: tokenId, serviceAccountId } = tokenAt(simulator, SERVICE_TOKEN);
  const client = clientFor(simulator.url, { credentials: { kind: "keys", ...simulator } });

  expect(await client.getToken({ tokenId })).toBeUndefined();
  expect(await client.getToken({ tokenId, serviceAccountId })).toMatchObject({
    id: tokenId,
    relationships: { owned_by: { data: { id: serviceAccountId, type: "service_account" } } },
  });
  expect(await client.revokeToken({ tokenId, serviceAccountId })).toEqual({ status: 204, answerLost: false });
  expect(await client.getToken({ tokenId, serviceAccountId })).toBeUndefined();
  expect(new Set(simulator.requests(1).map(({ path }) => path))).toEqual(
    new Set([`/api/v2/service_accounts/${serviceAccountId}/access_tokens/${tokenId}`]),
  );
});

test("a listing reads every page once, and holds tokens of both kinds", async () => {
  const simulator = await simulatorFor({ tokens: 250 });
  const client = clientFor(simulator.url, { credentials: { kind: "keys", ...simulator } });
  const listed = await client.listTokens(5_000);
  expect(listed.map(({ id }) => id).toSorted()).toEqual(simulator.tokens.map(({ id }) => id).toSorted());
  expect(new Set(listed.map((token) => token.relationships.owned_by.data.type))).toEqual(
    new Set(["users", "service_account"]),
  );
  expect(
    simulator
      .requests()
      .map(({ query }) => `${query["page[number]"]} of ${query["page[size]"]}`)
      .toSorted(),
  ).toEqual(["0 of 100", "1 of 100", "2 of 100"]);
});

test("a listing ends at its deadline, however slow its pages are", async () => {
  const simulator = await simulatorFor({ tokens: 250 });
  simulator.fault({ times: Number.POSITIVE_INFINITY }, { kind: "latency", ms: 200 });
  const client = clientFor(simulator.url, { credentials: { kind: "keys", ...simulator } });
  expect((await failureOf(client.listTokens(300))).kind).toBe("network");
});

test("the actor is the user that the credentials belong to, in the organization that answers", async () => {
  const simulator = await simulatorFor();
  const other = simulator.addOrganization({ name: "Subsidiary" });
  const { apiKey, appKey } = other;
  const client = clientFor(simulator.url, { credentials: { kind: "keys", apiKey, appKey } });
  expect(await client.getActor(5_000)).toEqual({
    ...other.keyOwner,
    organizationId: other.organization.id,
    organizationName: "Subsidiary",
  });
});

test("the token that authenticates is known by its id, as bearer and as application key, and a key is none", async () => {
  const simulator = await simulatorFor();
  const { id, value } = tokenAt(simulator, 0);
  expect(clientFor(simulator.url, { credentials: { kind: "bearer", token: value } }).ownTokenId).toBe(id);
  expect(clientFor(simulator.url, { credentials: { kind: "keys", appKey: value } }).ownTokenId).toBe(id);
  expect(clientFor(simulator.url).ownTokenId).toBeUndefined();
});
