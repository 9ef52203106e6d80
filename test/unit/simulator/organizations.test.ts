import type { SimulatedOrganization, Simulator } from "../../../simulator";
import { call, keys, names, simulatorFor, TOKENS } from "./useSimulator";

const ME = "/api/v2/current_user";

/** The first personal token of an organization, and a service account's. */
function tokensOf({ tokens }: SimulatedOrganization) {
  const personal = tokens.find(({ serviceAccountId }) => serviceAccountId === undefined);
  const service = tokens.find(({ serviceAccountId }) => serviceAccountId !== undefined);
  if (personal === undefined || service === undefined) throw new Error("There are too few tokens.");
  return { personal, service };
}

const organizationSeenBy = async (simulator: Simulator, headers: Record<string, string>) => {
  const { body } = await call(simulator, ME, { headers });
  return (body as { data: { relationships: { org: { data: unknown } } } }).data.relationships.org.data;
};

describe("several organizations", () => {
  it("do not see each other's tokens and people: 404, as if they did not exist", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization();
    const { personal, service } = tokensOf(simulator);
    for (const path of [
      `${TOKENS}/${personal.id}`,
      `${TOKENS}/${service.id}`,
      `/api/v2/service_accounts/${service.serviceAccountId}/access_tokens/${service.id}`,
    ]) {
      for (const method of ["GET", "DELETE"]) {
        expect((await call(simulator, path, { method, headers: keys(other) })).status).toBe(404);
      }
    }
    expect((await call(simulator, `/api/v2/users/${simulator.keyOwner.id}`, { headers: keys(other) })).status).toBe(
      404,
    );
    expect([simulator.find(personal.id)?.revokedAt, simulator.find(service.id)?.revokedAt]).toEqual([null, null]);
  });

  it("have their own listing, and revoke their own", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization({ tokens: 7 });
    const listing = await call(simulator, `${TOKENS}?page[size]=100`, { headers: keys(other) });
    expect(names(listing)).toEqual(other.tokens.map(({ name }) => name));

    const { id } = tokensOf(other).personal;
    const revoked = await call(simulator, `${TOKENS}/${id}`, { method: "DELETE", headers: keys(other) });
    expect(revoked.status).toBe(204);
    expect(simulator.find(id)?.revokedAt).not.toBeNull();
  });

  it("say which they are, to keys and to tokens", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization({ name: "Elsewhere Limited" });
    for (const { organization, apiKey, appKey, tokens } of [simulator, other]) {
      const value = tokens[0]?.value ?? "";
      for (const headers of [
        keys({ apiKey, appKey }),
        { Authorization: `Bearer ${value}` },
        { "DD-APPLICATION-KEY": value },
      ]) {
        expect(await organizationSeenBy(simulator, headers)).toEqual({ id: organization.id, type: "orgs" });
      }
    }
  });

  it("do not share keys: one's API key with the other's application key is no pair", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization();
    for (const [apiKey, appKey] of [
      [simulator.apiKey, other.appKey],
      [other.apiKey, simulator.appKey],
    ] as const) {
      expect((await call(simulator, ME, { headers: keys({ apiKey, appKey }) })).status).toBe(403);
    }
  });

  it("can be given less permission, and further keys by naming an owner", async () => {
    const simulator = await simulatorFor();
    const other = simulator.addOrganization({ permissions: [] });
    expect((await call(simulator, TOKENS, { headers: keys(other) })).status).toBe(403);
    const headers = keys(simulator.createKeys(["org_app_keys_read"], other.keyOwner.id));
    expect(await organizationSeenBy(simulator, headers)).toEqual({ id: other.organization.id, type: "orgs" });
    expect((await call(simulator, TOKENS, { headers })).status).toBe(200);
  });

  it("follow from the seed and from how many there are, whatever was asked in between", async () => {
    const [quiet, busy] = [await simulatorFor({ seed: 3 }), await simulatorFor({ seed: 3 })];
    busy.addToken();
    const second = quiet.addOrganization();
    expect(busy.addOrganization()).toEqual(second);
    const third = quiet.addOrganization();
    expect(busy.addOrganization()).toEqual(third);
    const ids = [quiet, second, third].flatMap(({ tokens }) => tokens.map(({ id }) => id));
    expect(new Set(ids).size).toBe(36);
    expect(third.organization.name).toBe("Example Incorporated 3");
  });

  it("do not start with half a token", async () => {
    const simulator = await simulatorFor();
    expect(() => simulator.addOrganization({ tokens: 0.5 })).toThrow(RangeError);
  });
});
