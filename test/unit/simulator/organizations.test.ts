import type { Simulator } from "../../../simulator";
import {
  accountPath,
  bearer,
  call,
  keys,
  ME,
  names,
  namesOf,
  simulatorFor,
  statusOf,
  TOKENS,
  tokenAt,
} from "./useSimulator";

const organizationSeenBy = async (simulator: Simulator, headers: Record<string, string>) => {
  const { body } = await call(simulator, ME, { headers });
  return (body as { data: { relationships: { org: { data: unknown } } } }).data.relationships.org.data;
};

test("organizations do not see each other's tokens and people: 404, as if they did not exist", async () => {
  const simulator = await simulatorFor();
  const headers = keys(simulator.addOrganization());
  const [personal, service] = [tokenAt(simulator, 0), tokenAt(simulator, 4)];
  const paths = [personal, service].map(({ id }) => `${TOKENS}/${id}`);
  for (const path of [...paths, accountPath(service.serviceAccountId, service.id)]) {
    expect(await statusOf(simulator, path, { headers })).toBe(404);
    expect(await statusOf(simulator, path, { method: "DELETE", headers })).toBe(404);
  }
  expect(await statusOf(simulator, `/api/v2/users/${simulator.keyOwner.id}`, { headers })).toBe(404);
  expect([simulator.find(personal.id)?.revokedAt, simulator.find(service.id)?.revokedAt]).toEqual([null, null]);
});

test("organizations have their own listing, and revoke their own", async () => {
  const simulator = await simulatorFor();
  const other = simulator.addOrganization({ tokens: 7 });
  const headers = keys(other);
  const listing = await call(simulator, `${TOKENS}?page[size]=100`, { headers });
  expect(names(listing)).toEqual(namesOf(other.tokens));
  const id = other.tokens.find(({ serviceAccountId }) => serviceAccountId === undefined)?.id ?? "";
  expect(await statusOf(simulator, `${TOKENS}/${id}`, { method: "DELETE", headers })).toBe(204);
  expect(simulator.find(id)?.revokedAt).not.toBeNull();
});

test("organizations say which they are, to keys and to tokens, and share no keys", async () => {
  const simulator = await simulatorFor();
  const other = simulator.addOrganization();
  for (const { organization, apiKey, appKey, tokens } of [simulator, other]) {
    const value = tokens[0]?.value ?? "";
    for (const headers of [keys({ apiKey, appKey }), bearer(value), { "DD-APPLICATION-KEY": value }]) {
      expect(await organizationSeenBy(simulator, headers)).toEqual({ id: organization.id, type: "orgs" });
    }
  }
  for (const mixed of [
    { apiKey: simulator.apiKey, appKey: other.appKey },
    { apiKey: other.apiKey, appKey: simulator.appKey },
  ]) {
    expect(await statusOf(simulator, ME, { headers: keys(mixed) })).toBe(403);
  }
});

test("an organization's key owner can be given less permission, and another user more, with keys", async () => {
  const simulator = await simulatorFor();
  const other = simulator.addOrganization({ permissions: [] });
  expect(await statusOf(simulator, TOKENS, { headers: keys(other) })).toBe(403);
  const unscoped = keys(simulator.createKeys(null, other.keyOwner.id));
  expect(await statusOf(simulator, TOKENS, { headers: unscoped })).toBe(403);
  const user = simulator.addUser({ organizationId: other.organization.id, permissions: ["org_app_keys_read"] });
  const headers = keys(simulator.createKeys(null, user.id));
  expect(await organizationSeenBy(simulator, headers)).toEqual({ id: other.organization.id, type: "orgs" });
  expect(await statusOf(simulator, TOKENS, { headers })).toBe(200);
});

test("organizations follow from the seed and from how many there are, whatever was asked in between", async () => {
  const [quiet, busy] = [await simulatorFor({ seed: 3 }), await simulatorFor({ seed: 3 })];
  busy.addToken();
  const second = quiet.addOrganization();
  expect(busy.addOrganization()).toEqual(second);
  const third = quiet.addOrganization();
  expect(busy.addOrganization()).toEqual(third);
  const ids = [quiet, second, third].flatMap(({ tokens }) => tokens.map(({ id }) => id));
  expect(new Set(ids).size).toBe(36);
  expect(quiet.organization.name).toBe("Example Incorporated");
  expect(third.organization.name).toBe("Example Incorporated 3");
});
