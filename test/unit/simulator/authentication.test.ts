import type { Permission } from "../../../simulator";
import {
  ALL_SCOPES,
  accountPath,
  bearer,
  call,
  keys,
  ME,
  NOON,
  names,
  simulatorFor,
  statusOf,
  TOKENS,
  tokenAt,
} from "./useSimulator";

const UNKNOWN_VALUE = `ddpat_${"0".repeat(22)}_${"0".repeat(36)}`;

test("bad keys are answered 403, no credentials and a bad bearer 401; beside a token's value no API key matters", async () => {
  const simulator = await simulatorFor();
  const { apiKey, appKey } = simulator;
  const { value } = tokenAt(simulator, 0);
  for (const [headers, status] of [
    [{}, 401],
    [bearer(UNKNOWN_VALUE), 401],
    [keys({ apiKey, appKey: "wrong" }), 403],
    [keys({ apiKey: "wrong", appKey }), 403],
    [{ "DD-API-KEY": apiKey }, 403],
    [{ "DD-APPLICATION-KEY": appKey }, 403],
    [{ "DD-APPLICATION-KEY": UNKNOWN_VALUE }, 403],
    [keys(simulator), 200],
    [{ "DD-APPLICATION-KEY": value }, 200],
    [keys({ apiKey: "wrong", appKey: value }), 200],
  ] as const) {
    expect({ headers, status: await statusOf(simulator, ME, { headers }) }).toEqual({ headers, status });
  }
});

test("a call with a token acts for the token's owner, stamps the use, and is refused once the token has expired", async () => {
  let now = NOON;
  const simulator = await simulatorFor({ clock: () => now });
  const { id, value, serviceAccountId } = tokenAt(simulator, 4);
  const { body } = await call(simulator, ME, { headers: bearer(value) });
  expect(body).toMatchObject({ data: { id: serviceAccountId } });
  expect(simulator.find(id)?.lastUsedAt).toBe("2026-11-24T12:00:00.000000Z");

  const other = tokenAt(simulator, 1);
  now = Date.parse(simulator.find(other.id)?.expiresAt ?? "");
  expect(await statusOf(simulator, ME, { headers: bearer(other.value) })).toBe(401);
});

test.each([
  ["a personal token", "keyOwner", "a bearer", 401],
  ["a personal token", "keyOwner", "an application key", 403],
  ["a service account's token", "serviceAccount", "a bearer", 401],
  ["a service account's token", "serviceAccount", "an application key", 403],
])("%s that revokes itself is answered 204, and not known any more at the next request", async (...row) => {
  const [, owner, as, refusal] = row;
  const simulator = await simulatorFor({ staysVisibleFor: 60_000, deleteAnswers204For: 60_000 });
  const ownerId = owner === "keyOwner" ? simulator.keyOwner.id : (simulator.serviceAccounts[0]?.id ?? "");
  const { id, value, serviceAccountId } = simulator.addToken({ ownerId, scopes: ALL_SCOPES });
  const path = serviceAccountId === undefined ? `${TOKENS}/${id}` : accountPath(serviceAccountId, id);
  const headers: Record<string, string> = as === "a bearer" ? bearer(value) : { "DD-APPLICATION-KEY": value };
  expect(await statusOf(simulator, path, { headers })).toBe(200);
  expect(await statusOf(simulator, path, { method: "DELETE", headers })).toBe(204);
  expect(await statusOf(simulator, path, { headers })).toBe(refusal);
  expect(await statusOf(simulator, path, { method: "DELETE", headers })).toBe(refusal);
  expect(await statusOf(simulator, ME, { headers })).toBe(refusal);
});

// What each permission of the key owner's is answered; the first token is the owner's own.
test.each<[Permission[], object]>([
  [
    ["user_app_keys"],
    { list: 200, listed: "own", getOwn: 200, getOther: 403, revokeOther: 403, revokeOwn: 204, owner: 403, me: 200 },
  ],
  [["org_app_keys_read"], { list: 200, listed: "all", getOther: 200, revokeOther: 403, revokeOwn: 403 }],
  [["org_app_keys_write"], { list: 403, getOwn: 403, revokeOther: 204, revokeOwn: 204 }],
  [["user_access_read"], { list: 403, owner: 200 }],
  [[], { revokeOwn: 403, owner: 403, me: 200 }],
])("keys with the permissions %j are answered %j", async (permissions, expected) => {
  const simulator = await simulatorFor({ tokens: 40 });
  const ownerOf = (id: string) => simulator.find(id)?.owner.id;
  const isOwn = ({ id }: { id: string }) => ownerOf(id) === simulator.keyOwner.id;
  const other = simulator.tokens.find((token) => token.serviceAccountId === undefined && !isOwn(token))?.id;
  const headers = keys(simulator.createKeys(permissions));
  const status = (path: string, method = "GET") => statusOf(simulator, path, { method, headers });
  const list = await call(simulator, `${TOKENS}?page[size]=100`, { headers });
  const own = simulator.tokens.filter(isOwn).map(({ name }) => name);
  const listed = list.status !== 200 ? [] : names(list);
  expect({
    list: list.status,
    listed: listed.length === 40 ? "all" : listed.join() === own.sort().join() ? "own" : listed,
    getOwn: await status(`${TOKENS}/${tokenAt(simulator, 0).id}`),
    getOther: await status(`${TOKENS}/${other}`),
    revokeOther: await status(`${TOKENS}/${other}`, "DELETE"),
    revokeOwn: await status(`${TOKENS}/${tokenAt(simulator, 0).id}`, "DELETE"),
    owner: await status(`/api/v2/users/${simulator.keyOwner.id}`),
    me: await status(ME),
  }).toMatchObject(expected);
});
