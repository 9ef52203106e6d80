import type { Simulator } from "../../../simulator";
import {
  accountPath,
  call,
  keys,
  NOBODY,
  NOON,
  names,
  namesOf,
  simulatorFor,
  statusOf,
  TOKENS,
  tokenAt,
} from "./useSimulator";

/** What GET, PATCH and DELETE of this path are answered, one after the other. */
async function methods(simulator: Simulator, path: string, id: string, headers = keys(simulator)) {
  const body = { data: { type: "service_access_tokens", id, attributes: { name: "renamed" } } };
  return [
    await statusOf(simulator, path, { headers }),
    await statusOf(simulator, path, { method: "PATCH", headers, body }),
    await statusOf(simulator, path, { method: "DELETE", headers }),
  ];
}

test("a service account's path serves its tokens and nobody else's", async () => {
  const simulator = await simulatorFor({ tokens: 60 });
  const { id, serviceAccountId: account } = tokenAt(simulator, 4);
  const another = simulator.tokens.find((token) => ![undefined, account].includes(token.serviceAccountId));
  for (const other of [another?.id ?? "", tokenAt(simulator, 0).id]) {
    expect(await methods(simulator, accountPath(account, other), other)).toEqual([404, 404, 404]);
    expect(simulator.find(other)?.revokedAt).toBeNull();
  }
  expect(await methods(simulator, accountPath(account, id), id)).toEqual([200, 200, 204]);
  // A second DELETE soon after is answered 204 again, as recorded.
  expect(await methods(simulator, accountPath(account, id), id)).toEqual([404, 404, 204]);
  expect(names(await call(simulator, `${accountPath(account)}?page[size]=100`))).not.toContain("renamed");
});

test("a service account's path answers 404 for a user and for what was never there, 400 to what is no UUID", async () => {
  const simulator = await simulatorFor();
  const { id, serviceAccountId } = tokenAt(simulator, 4);
  for (const [path, status] of [
    [accountPath(simulator.keyOwner.id), 404],
    [accountPath(NOBODY, id), 404],
    [accountPath(serviceAccountId, NOBODY), 404],
    [accountPath("deploy-bot", id), 400],
    [accountPath(serviceAccountId, "terraform"), 400],
  ] as const) {
    expect(await statusOf(simulator, path)).toBe(status);
  }
});

test("a service account's path is open to service_account_write, and to org_app_keys_read to see and _write to change", async () => {
  const simulator = await simulatorFor();
  const { id, serviceAccountId } = tokenAt(simulator, 4);
  const path = accountPath(serviceAccountId, id);
  for (const [permission, ...statuses] of [
    ["user_app_keys", 403, 403, 403, 403],
    ["org_app_keys_read", 200, 200, 403, 403],
    ["org_app_keys_write", 403, 403, 200, 204],
  ] as const) {
    const headers = keys(simulator.createKeys([permission]));
    const list = await statusOf(simulator, accountPath(serviceAccountId), { headers });
    expect([permission, list, ...(await methods(simulator, path, id, headers))]).toEqual([permission, ...statuses]);
  }
  simulator.restore(id);

  const headers = keys(simulator.createKeys(["service_account_write"]));
  expect(await statusOf(simulator, TOKENS, { headers })).toBe(403);
  expect(await statusOf(simulator, `${TOKENS}/${id}`, { headers })).toBe(403);
  expect(await statusOf(simulator, accountPath(serviceAccountId), { headers })).toBe(200);
  expect(await methods(simulator, path, id, headers)).toEqual([200, 200, 204]);
});

test("a service account's path pages, sorts and filters its list, and refuses filter[owned_by]", async () => {
  const simulator = await simulatorFor({ tokens: 100 });
  const { serviceAccountId } = tokenAt(simulator, 4);
  const own = namesOf(simulator.tokens.filter((token) => token.serviceAccountId === serviceAccountId));
  const list = (query: string) => call(simulator, `${accountPath(serviceAccountId)}?${query}`);
  expect(names(await list("page[size]=2&page[number]=1&sort=name"))).toEqual(own.slice(2, 4));
  expect(names(await list(`page[size]=100&filter=${own[0]}`))).toContain(own[0]);
  expect((await list(`filter[owned_by]=${serviceAccountId}`)).status).toBe(400);
});

test("a service account's path makes tokens that may live for ever, but not for an hour", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const { serviceAccountId } = tokenAt(simulator, 4);
  const create = (expiry: object, type = "service_access_tokens") => {
    const data = { type, attributes: { name: "new", scopes: ["metrics_read"], ...expiry } };
    return call(simulator, accountPath(serviceAccountId), { method: "POST", body: { data } });
  };
  expect(await create({ expires_at: null })).toMatchObject({
    status: 201,
    body: { data: { attributes: { key: expect.stringMatching(/^ddsat_/), expires_at: null } } },
  });
  expect((await create({})).status).toBe(201);
  // The zeros at the end of a fraction are dropped.
  const expires_at = "2026-12-24T12:00:00.500Z";
  expect(await create({ expires_at })).toMatchObject({
    status: 201,
    body: { data: { attributes: { expires_at: "2026-12-24T12:00:00.5Z" } } },
  });
  expect((await create({ expires_at: new Date(NOON + 3_600_000).toISOString() })).status).toBe(400);
  expect((await create({}, "personal_access_tokens")).status).toBe(400);
});

test.each([
  [false, 200],
  [true, 404],
])(
  "the personal path never changes a service account's token; with strictServiceTokens %s it shows it: %i",
  async (...row) => {
    const [strictServiceTokens, status] = row;
    const simulator = await simulatorFor({ strictServiceTokens });
    const { id, name } = tokenAt(simulator, 4);
    expect(await methods(simulator, `${TOKENS}/${id}`, id)).toEqual([status, 404, 404]);
    expect(simulator.find(id)).toMatchObject({ name, revokedAt: null });
    expect(names(await call(simulator, `${TOKENS}?page[size]=100`))).toContain(name);
    expect(await statusOf(simulator, `${TOKENS}/${tokenAt(simulator, 0).id}`)).toBe(200);
  },
);
