import type { Simulator } from "../../../simulator";
import {
  ALL_SCOPES,
  accountPath,
  bearer,
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

const inDays = (days: number) => new Date(NOON + days * 86_400_000).toISOString();
const good = { name: "new", scopes: ["metrics_read"], expires_at: inDays(30) };

const create = (simulator: Simulator, attributes: object, type = "personal_access_tokens", headers = keys(simulator)) =>
  call(simulator, TOKENS, { method: "POST", headers, body: { data: { type, attributes } } });

const revoke = (simulator: Simulator, id: string) => call(simulator, `${TOKENS}/${id}`, { method: "DELETE" });

test("the listing gives pages of ten that together hold every token once", async () => {
  const simulator = await simulatorFor({ tokens: 23 });
  const pages = await Promise.all([0, 1, 2, 3].map((page) => call(simulator, `${TOKENS}?page[number]=${page}`)));
  expect(pages.map((page) => names(page).length)).toEqual([10, 10, 3, 0]);
  expect(pages.flatMap(names)).toEqual(namesOf(simulator.tokens));
  expect(pages[3]?.body).toMatchObject({ meta: { page: { total_filtered_count: 23 } } });
});

test.each(["page[size]=0", "page[size]=101", "page[size]=ten", "page[number]=-1", "sort=constructor", "sort=-id"])(
  "the listing refuses %s with 400",
  async (query) => {
    expect(await statusOf(await simulatorFor(), `${TOKENS}?${query}`)).toBe(400);
  },
);

test.each([
  ["name", "name"],
  ["created_at", "createdAt"],
  ["expires_at", "expiresAt"],
  ["last_used_at", "lastUsedAt"],
] as const)(
  "the listing sorts by %s both ways, what is null at the end of the ascending order",
  async (sort, field) => {
    const simulator = await simulatorFor({ tokens: 40 });
    const ascending = await call(simulator, `${TOKENS}?page[size]=100&sort=${sort}`);
    const descending = await call(simulator, `${TOKENS}?page[size]=100&sort=-${sort}`);
    const state = new Map(simulator.tokens.map(({ id, name }) => [name, simulator.find(id)?.[field] ?? "~"]));
    const values = names(ascending).map((name) => state.get(name));
    expect(values).toEqual([...state.values()].sort());
    expect(names(descending).map((name) => state.get(name))).toEqual(values.reverse());
  },
);

test("the listing filters by a part of the name or of the alias, and by owners", async () => {
  const simulator = await simulatorFor({ tokens: 40 });
  const byName = names(await call(simulator, `${TOKENS}?page[size]=100&filter=TERRAFORM`));
  expect(byName).toEqual(namesOf(simulator.tokens).filter((name) => name.includes("terraform")));

  const { name, value, id } = tokenAt(simulator, 7);
  expect(names(await call(simulator, `${TOKENS}?filter=${value.slice(10, 28)}`))).toEqual([name]);

  const owner = simulator.find(id)?.owner.id;
  const mine = await call(simulator, `${TOKENS}?filter[owned_by]=${owner}&filter[owned_by]=${simulator.keyOwner.id}`);
  const owners = new Set([owner, simulator.keyOwner.id]);
  const owned = simulator.tokens.filter((token) => owners.has(simulator.find(token.id)?.owner.id ?? ""));
  expect(mine.body).toMatchObject({ meta: { page: { total_filtered_count: owned.length } } });
});

test("creating a token answers 201 with a value that works, and never shows it again", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const created = await create(simulator, { ...good, scopes: ["metrics_read", "user_app_keys"] });
  expect(created.status).toBe(201);
  const { id, attributes } = (created.body as { data: { id: string; attributes: { key: string } } }).data;
  expect(attributes.key).toMatch(/^ddpat_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}$/);

  const used = await call(simulator, `${TOKENS}/${id}`, { headers: bearer(attributes.key) });
  expect(used.status).toBe(200);
  // Nor a change that never was.
  expect(JSON.stringify(used.body)).not.toMatch(new RegExp(`"key"|"modified_at"|${attributes.key}`));
});

const type = "personal_access_tokens";
test.each<[string, object, string]>([
  ["no name", { ...good, name: "" }, type],
  ["no scope", { ...good, scopes: [] }, type],
  ["scopes that are no texts", { ...good, scopes: [1] }, type],
  ["no expiry", { ...good, expires_at: null }, type],
  ["a day to expire on that no month has", { ...good, expires_at: "2027-02-30T00:00:00Z" }, type],
  ["an hour to expire at that no day has", { ...good, expires_at: "2027-02-01T24:00:00Z" }, type],
  ["a time to expire at that is no RFC 3339", { ...good, expires_at: "2027-02-01T12:00:00" }, type],
  ["less than a day to live", { ...good, expires_at: inDays(0.9) }, type],
  ["more than a year to live", { ...good, expires_at: inDays(367) }, type],
  ["another type", good, "api_keys"],
])("creating a token with %s is refused with 400 and makes nothing", async (_, attributes, ofType) => {
  const simulator = await simulatorFor({ clock: () => NOON, tokens: 3 });
  expect((await create(simulator, attributes, ofType)).status).toBe(400);
  expect(names(await call(simulator, TOKENS))).toHaveLength(3);
});

test("a body that is no JSON is refused with 400", async () => {
  const simulator = await simulatorFor();
  const response = await fetch(simulator.url + TOKENS, { method: "POST", headers: keys(simulator), body: "{" });
  expect(response.status).toBe(400);
});

test("a call made with a token gives no more scopes and no longer life than the token has", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const scopes = ALL_SCOPES;
  const { value } = simulator.addToken({ scopes });
  for (const [change, status] of [
    [{ scopes, expires_at: inDays(2) }, 201],
    [{ scopes: ["org_management"], expires_at: inDays(2) }, 403],
    [{ scopes, expires_at: inDays(365) }, 403],
  ] as const) {
    expect((await create(simulator, { ...good, ...change }, undefined, bearer(value))).status).toBe(status);
  }
});

test("changing a token changes what is given and stamps the time, unless the body has another id", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const { id } = tokenAt(simulator, 0);
  const scopes = simulator.find(id)?.scopes;
  const patch = (attributes: object, idInBody = id) => {
    const data = { type: "personal_access_tokens", id: idInBody, attributes };
    return call(simulator, `${TOKENS}/${id}`, { method: "PATCH", body: { data } });
  };
  expect((await patch({ name: "another's" }, tokenAt(simulator, 1).id)).status).toBe(400);
  expect(simulator.find(id)?.name).toBe(tokenAt(simulator, 0).name);
  expect((await patch({ name: "renamed" })).body).toMatchObject({
    data: { attributes: { name: "renamed", scopes, modified_at: "2026-11-24T12:00:00.000000Z" } },
  });
  await patch({ scopes: ["slos_read"] });
  expect(simulator.find(id)).toMatchObject({ name: "renamed", scopes: ["slos_read"] });
});

test("revoking a token answers 204 with nothing in it, a second later 404, and 400 to what is no UUID", async () => {
  let now = NOON;
  const simulator = await simulatorFor({ clock: () => now, tokens: 5 });
  const { id, name } = tokenAt(simulator, 1);
  const revoked = await revoke(simulator, id.toUpperCase());
  expect(revoked).toMatchObject({ status: 204, body: undefined });
  expect(revoked.headers.has("content-type")).toBe(false);
  expect(await statusOf(simulator, `${TOKENS}/${id}`)).toBe(404);
  // As recorded: 204 again 130 and 264 ms later.
  now += 999;
  expect((await revoke(simulator, id)).status).toBe(204);
  now += 1;
  expect((await revoke(simulator, id)).status).toBe(404);
  expect(names(await call(simulator, TOKENS))).not.toContain(name);
  expect((await revoke(simulator, NOBODY)).status).toBe(404);
  expect((await revoke(simulator, "ci-deploy")).status).toBe(400);
});

test.each([
  ["personal", 0],
  ["service account's", 4],
])("a revoked %s token can stay visible, and answer 204 again, for as long as asked", async (_, index) => {
  let now = NOON;
  const simulator = await simulatorFor({ clock: () => now, staysVisibleFor: 3000, deleteAnswers204For: 500 });
  const { id, name, serviceAccountId } = tokenAt(simulator, index);
  const path = index === 0 ? `${TOKENS}/${id}` : accountPath(serviceAccountId, id);
  const seen = async () => [
    await statusOf(simulator, path, { method: "DELETE" }),
    await statusOf(simulator, path),
    names(await call(simulator, `${TOKENS}?page[size]=100`)).includes(name),
  ];
  expect(await seen()).toEqual([204, 200, true]);
  now += 499;
  expect(await seen()).toEqual([204, 200, true]);
  now += 1;
  expect(await seen()).toEqual([404, 200, true]);
  now += 2500;
  expect(await seen()).toEqual([404, 404, false]);
  expect(simulator.find(id)?.revokedAt).toBe("2026-11-24T12:00:00.000000Z");
});

test("a test can revoke a token in somebody else's place, and undo it", async () => {
  const simulator = await simulatorFor();
  const { id } = tokenAt(simulator, 0);
  simulator.revoke(id);
  expect(await statusOf(simulator, `${TOKENS}/${id}`)).toBe(404);
  expect((await revoke(simulator, id)).status).toBe(404);
  simulator.restore(id);
  expect((await revoke(simulator, id)).status).toBe(204);
  expect(() => simulator.revoke("nobody's")).toThrow(RangeError);
});
