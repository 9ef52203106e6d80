import type { Simulator } from "../../../simulator";
import { call, keys, names, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const NOBODY = "00000000-0000-1234-0000-000000000000";

const pathOf = (serviceAccountId: string | undefined, tokenId?: string) =>
  `/api/v2/service_accounts/${serviceAccountId}/access_tokens${tokenId === undefined ? "" : `/${tokenId}`}`;

/** The fifth seeded token, which is a service account's, and the first token that belongs to another service account. */
function twoTokens(simulator: Simulator) {
  const one = tokenAt(simulator, 4);
  const other = simulator.tokens.find(
    ({ serviceAccountId }) => serviceAccountId !== undefined && serviceAccountId !== one.serviceAccountId,
  );
  if (other === undefined) throw new Error("All tokens are one service account's.");
  return { one, other };
}

/** What GET, PATCH and DELETE of this path are answered, one after the other. */
async function methods(simulator: Simulator, path: string, id: string, headers = keys(simulator)) {
  const body = { data: { type: "service_access_tokens", id, attributes: { name: "renamed" } } };
  return [
    (await call(simulator, path, { headers })).status,
    (await call(simulator, path, { method: "PATCH", headers, body })).status,
    (await call(simulator, path, { method: "DELETE", headers })).status,
  ];
}

describe("a service account's path", () => {
  it("serves its tokens and nobody else's", async () => {
    const simulator = await simulatorFor({ tokens: 60 });
    const { one, other } = twoTokens(simulator);
    const personal = tokenAt(simulator, 0);

    for (const { id } of [other, personal]) {
      expect(await methods(simulator, pathOf(one.serviceAccountId, id), id)).toEqual([404, 404, 404]);
      expect(simulator.find(id)?.revokedAt).toBeNull();
    }
    expect(await methods(simulator, pathOf(one.serviceAccountId, one.id), one.id)).toEqual([200, 200, 204]);
    expect(await methods(simulator, pathOf(one.serviceAccountId, one.id), one.id)).toEqual([404, 404, 404]);
    expect(names(await call(simulator, `${pathOf(one.serviceAccountId)}?page[size]=100`))).not.toContain("renamed");
  });

  it("answers 404 for a user, for no account and for what was never there, 400 to what is no UUID", async () => {
    const simulator = await simulatorFor();
    const { id, serviceAccountId } = tokenAt(simulator, 4);
    const statusOf = async (path: string) => (await call(simulator, path)).status;
    expect(await statusOf(pathOf(simulator.keyOwner.id))).toBe(404);
    expect(await statusOf(pathOf(NOBODY, id))).toBe(404);
    expect(await statusOf(pathOf(serviceAccountId, NOBODY))).toBe(404);
    expect(await statusOf(pathOf("deploy-bot", id))).toBe(400);
    expect(await statusOf(pathOf(serviceAccountId, "terraform"))).toBe(400);
  });

  it("asks for service_account_write, which opens no other path", async () => {
    const simulator = await simulatorFor();
    const { id, serviceAccountId } = tokenAt(simulator, 4);
    const without = simulator.createKeys(["user_app_keys", "org_app_keys_read", "org_app_keys_write"]);
    expect(await methods(simulator, pathOf(serviceAccountId, id), id, keys(without))).toEqual([403, 403, 403]);

    const headers = keys(simulator.createKeys(["service_account_write"]));
    expect((await call(simulator, TOKENS, { headers })).status).toBe(403);
    expect((await call(simulator, `${TOKENS}/${id}`, { headers })).status).toBe(403);
    expect((await call(simulator, pathOf(serviceAccountId), { headers })).status).toBe(200);
    expect(await methods(simulator, pathOf(serviceAccountId, id), id, headers)).toEqual([200, 200, 204]);
  });

  it("pages, sorts and filters its list, and does not know filter[owned_by]", async () => {
    const simulator = await simulatorFor({ tokens: 100 });
    const { serviceAccountId } = tokenAt(simulator, 4);
    const own = simulator.tokens.filter((token) => token.serviceAccountId === serviceAccountId).map(({ name }) => name);
    const list = (query: string) => call(simulator, `${pathOf(serviceAccountId)}?${query}`);
    expect(names(await list("page[size]=2&page[number]=1&sort=name"))).toEqual([...own].sort().slice(2, 4));
    expect(names(await list(`page[size]=100&filter=${own[0]}`))).toContain(own[0]);
    expect((await list(`filter[owned_by]=${simulator.keyOwner.id}`)).body).toMatchObject({
      meta: { page: { total_filtered_count: own.length } },
    });
  });

  it("makes tokens that may live for ever, but not for an hour", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const { serviceAccountId } = tokenAt(simulator, 4);
    const create = (expiry: object, type = "service_access_tokens") =>
      call(simulator, pathOf(serviceAccountId), {
        method: "POST",
        body: { data: { type, attributes: { name: "new", scopes: ["metrics_read"], ...expiry } } },
      });
    expect(await create({ expires_at: null })).toMatchObject({
      status: 201,
      body: { data: { attributes: { key: expect.stringMatching(/^ddsat_/), expires_at: null } } },
    });
    expect((await create({})).status).toBe(201);
    expect((await create({ expires_at: new Date(NOON + 3_600_000).toISOString() })).status).toBe(400);
    expect((await create({}, "personal_access_tokens")).status).toBe(400);
  });

  it("lets a revoked token linger as the personal path does", async () => {
    let now = NOON;
    const simulator = await simulatorFor({ clock: () => now, staysVisibleFor: 3000, deleteAnswers204For: 500 });
    const { id, serviceAccountId } = tokenAt(simulator, 4);
    const path = pathOf(serviceAccountId, id);
    const seen = async () => [
      (await call(simulator, path, { method: "DELETE" })).status,
      (await call(simulator, path)).status,
    ];
    expect(await seen()).toEqual([204, 200]);
    now += 499;
    expect(await seen()).toEqual([204, 200]);
    now += 1;
    expect(await seen()).toEqual([404, 200]);
    now += 2500;
    expect(await seen()).toEqual([404, 404]);
  });
});

describe("the personal path", () => {
  it("lists a service account's token and never changes it; whether it shows it is an option", async () => {
    for (const [strictServiceTokens, status] of [
      [false, 200],
      [true, 404],
    ] as const) {
      const simulator = await simulatorFor({ strictServiceTokens });
      const { id, name } = tokenAt(simulator, 4);
      expect(await methods(simulator, `${TOKENS}/${id}`, id)).toEqual([status, 404, 404]);
      expect(simulator.find(id)).toMatchObject({ name, revokedAt: null });
      expect(names(await call(simulator, `${TOKENS}?page[size]=100`))).toContain(name);
      expect((await call(simulator, `${TOKENS}/${tokenAt(simulator, 0).id}`)).status).toBe(200);
    }
  });
});
