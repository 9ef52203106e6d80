import type { Simulator } from "../../../simulator";
import { call, keys, names, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const DAY = 86_400_000;
const NOON = Date.parse("2026-11-24T12:00:00Z");

const create = (simulator: Simulator, attributes: object, type = "personal_access_tokens") =>
  call(simulator, TOKENS, { method: "POST", body: { data: { type, attributes } } });

const inDays = (days: number) => new Date(NOON + days * DAY).toISOString();

describe("the listing", () => {
  it("gives pages of ten that together hold every token once", async () => {
    const simulator = await simulatorFor({ tokens: 23 });
    const pages = await Promise.all([0, 1, 2, 3].map((page) => call(simulator, `${TOKENS}?page[number]=${page}`)));
    expect(pages.map((page) => names(page).length)).toEqual([10, 10, 3, 0]);
    expect(pages.flatMap(names)).toEqual(simulator.tokens.map(({ name }) => name));
    expect(pages[3]?.body).toMatchObject({ meta: { page: { total_filtered_count: 23 } } });
  });

  it.each(["page[size]=0", "page[size]=101", "page[size]=ten", "page[number]=-1", "sort=constructor", "sort=-id"])(
    "refuses %s with 400",
    async (query) => {
      const simulator = await simulatorFor();
      expect((await call(simulator, `${TOKENS}?${query}`)).status).toBe(400);
    },
  );

  it.each([
    ["name", "name"],
    ["created_at", "createdAt"],
    ["expires_at", "expiresAt"],
    ["last_used_at", "lastUsedAt"],
  ] as const)("sorts by %s both ways, what is null at the end of the ascending order", async (sort, field) => {
    const simulator = await simulatorFor({ tokens: 40 });
    const ascending = await call(simulator, `${TOKENS}?page[size]=100&sort=${sort}`);
    const descending = await call(simulator, `${TOKENS}?page[size]=100&sort=-${sort}`);
    const state = new Map(simulator.tokens.map(({ id, name }) => [name, simulator.find(id)?.[field] ?? "~"]));
    const values = names(ascending).map((name) => state.get(name));
    expect(values).toEqual([...state.values()].sort());
    expect(names(descending).map((name) => state.get(name))).toEqual(values.reverse());
  });

  it("filters by a part of the name or of the alias, and by owners", async () => {
    const simulator = await simulatorFor({ tokens: 40 });
    const byName = names(await call(simulator, `${TOKENS}?page[size]=100&filter=TERRAFORM`));
    expect(byName).toEqual(simulator.tokens.map(({ name }) => name).filter((name) => name.includes("terraform")));

    const { name, value, id } = tokenAt(simulator, 7);
    expect(names(await call(simulator, `${TOKENS}?filter=${value.slice(10, 28)}`))).toEqual([name]);

    const owner = simulator.find(id)?.owner.id;
    const mine = await call(simulator, `${TOKENS}?filter[owned_by]=${owner}&filter[owned_by]=${simulator.keyOwner.id}`);
    const owners = new Set([owner, simulator.keyOwner.id]);
    const owned = simulator.tokens.filter((token) => owners.has(simulator.find(token.id)?.owner.id ?? ""));
    expect(mine.body).toMatchObject({ meta: { page: { total_filtered_count: owned.length } } });
  });

  it("writes times with nine fractional digits and leaves out a change that never was", async () => {
    const simulator = await simulatorFor({ tokens: 1 });
    const { body } = await call(simulator, TOKENS);
    const [token] = (body as { data: { attributes: Record<string, unknown> }[] }).data;
    expect(token?.attributes.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(token?.attributes).not.toHaveProperty("modified_at");
    expect(token?.attributes).not.toHaveProperty("key");
  });
});

describe("creating a token", () => {
  const good = { name: "new", scopes: ["metrics_read"], expires_at: inDays(30) };

  it("answers 201 with a value that works, and never shows it again", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const created = await create(simulator, good);
    expect(created.status).toBe(201);
    const { id, attributes } = (created.body as { data: { id: string; attributes: { key: string } } }).data;
    expect(attributes.key).toMatch(/^ddpat_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}$/);

    const used = await call(simulator, `${TOKENS}/${id}`, { headers: { Authorization: `Bearer ${attributes.key}` } });
    expect(used.status).toBe(200);
    expect(JSON.stringify(used.body)).not.toContain(attributes.key);
  });

  it.each([
    ["no name", { ...good, name: "" }],
    ["no scope", { ...good, scopes: [] }],
    ["scopes that are no texts", { ...good, scopes: [1] }],
    ["no expiry", { ...good, expires_at: null }],
    ["less than a day to live", { ...good, expires_at: inDays(0.9) }],
    ["more than a year to live", { ...good, expires_at: inDays(367) }],
  ])("refuses %s with 400 and makes nothing", async (_, attributes) => {
    const simulator = await simulatorFor({ clock: () => NOON, tokens: 3 });
    expect((await create(simulator, attributes)).status).toBe(400);
    expect(names(await call(simulator, TOKENS))).toHaveLength(3);
  });

  it("refuses another type, and a body that is no JSON", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    expect((await create(simulator, good, "api_keys")).status).toBe(400);
    const response = await fetch(simulator.url + TOKENS, { method: "POST", headers: keys(simulator), body: "{" });
    expect(response.status).toBe(400);
  });

  it("gives a call made with a token no more scopes and no longer life than the token has", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const { value, id } = tokenAt(simulator, 0);
    const own = simulator.find(id);
    const createAs = (scopes: readonly string[], expiresAt: string) =>
      call(simulator, TOKENS, {
        method: "POST",
        headers: { Authorization: `Bearer ${value}` },
        body: { data: { type: "personal_access_tokens", attributes: { name: "x", scopes, expires_at: expiresAt } } },
      });
    expect((await createAs(own?.scopes ?? [], inDays(2))).status).toBe(201);
    expect((await createAs(["org_management"], inDays(2))).status).toBe(403);
    expect((await createAs(own?.scopes ?? [], inDays(365))).status).toBe(403);
  });
});

describe("changing a token", () => {
  const patch = (simulator: Simulator, id: string, attributes: object, idInBody = id) =>
    call(simulator, `${TOKENS}/${id}`, {
      method: "PATCH",
      body: { data: { type: "personal_access_tokens", id: idInBody, attributes } },
    });

  it("changes what is given and stamps the time", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const { id } = tokenAt(simulator, 0);
    const scopes = simulator.find(id)?.scopes;
    expect((await patch(simulator, id, { name: "renamed" })).body).toMatchObject({
      data: { attributes: { name: "renamed", scopes, modified_at: "2026-11-24T12:00:00.000000000Z" } },
    });
    await patch(simulator, id, { scopes: ["slos_read"] });
    expect(simulator.find(id)).toMatchObject({ name: "renamed", scopes: ["slos_read"] });
  });

  it("refuses an id in the body that is not the one in the path", async () => {
    const simulator = await simulatorFor();
    const { id } = tokenAt(simulator, 0);
    expect((await patch(simulator, id, { name: "renamed" }, tokenAt(simulator, 1).id)).status).toBe(400);
    expect(simulator.find(id)?.name).toBe(tokenAt(simulator, 0).name);
  });
});

describe("revoking a token", () => {
  const revoke = (simulator: Simulator, id: string) => call(simulator, `${TOKENS}/${id}`, { method: "DELETE" });

  it("answers 204 with nothing in it, and from then on 404", async () => {
    const simulator = await simulatorFor({ tokens: 5 });
    const { id, name } = tokenAt(simulator, 1);
    const revoked = await revoke(simulator, id.toUpperCase());
    expect(revoked).toMatchObject({ status: 204, body: undefined });
    expect(revoked.headers.has("content-type")).toBe(false);
    expect((await revoke(simulator, id)).status).toBe(404);
    expect((await call(simulator, `${TOKENS}/${id}`)).status).toBe(404);
    expect(names(await call(simulator, TOKENS))).not.toContain(name);
  });

  it("answers 404 to an id that never was and 400 to what is no UUID", async () => {
    const simulator = await simulatorFor();
    expect((await revoke(simulator, "00000000-0000-1234-0000-000000000000")).status).toBe(404);
    expect((await revoke(simulator, "ci-deploy")).status).toBe(400);
  });

  it("shows a service account's token by the personal path but does not revoke it there", async () => {
    const simulator = await simulatorFor();
    const { id, serviceAccountId } = tokenAt(simulator, 4);
    const { body } = await call(simulator, `${TOKENS}/${id}`);
    expect(body).toMatchObject({
      data: { relationships: { owned_by: { data: { type: "service_account", id: serviceAccountId } } } },
    });
    expect((await revoke(simulator, id)).status).toBe(404);
    expect(simulator.find(id)?.revokedAt).toBeNull();
  });

  it("can stay visible, and answer 204 again, for as long as asked", async () => {
    let now = NOON;
    const simulator = await simulatorFor({ clock: () => now, staysVisibleFor: 3000, deleteAnswers204For: 500 });
    const { id, name } = tokenAt(simulator, 0);
    const seen = async () => [
      (await revoke(simulator, id)).status,
      (await call(simulator, `${TOKENS}/${id}`)).status,
      names(await call(simulator, `${TOKENS}?page[size]=100`)).includes(name),
    ];
    expect(await seen()).toEqual([204, 200, true]);
    now += 499;
    expect(await seen()).toEqual([204, 200, true]);
    now += 1;
    expect(await seen()).toEqual([404, 200, true]);
    now += 2500;
    expect(await seen()).toEqual([404, 404, false]);
    expect(simulator.find(id)?.revokedAt).toBe("2026-11-24T12:00:00.000000000Z");
  });

  it("can be done by somebody else, and undone", async () => {
    const simulator = await simulatorFor();
    const { id } = tokenAt(simulator, 0);
    simulator.revoke(id);
    expect((await call(simulator, `${TOKENS}/${id}`)).status).toBe(404);
    simulator.restore(id);
    expect((await revoke(simulator, id)).status).toBe(204);
    expect(() => simulator.revoke("nobody's")).toThrow(RangeError);
  });
});
