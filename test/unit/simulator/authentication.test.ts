import type { Permission, Simulator } from "../../../simulator";
import { call, keys, names, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const ME = "/api/v2/current_user";
const UNKNOWN_VALUE = `ddpat_${"0".repeat(22)}_${"0".repeat(36)}`;

const statusAs = async (simulator: Simulator, headers: Record<string, string>) =>
  (await call(simulator, ME, { headers })).status;

describe("credentials", () => {
  it("answers 401 without any and to a bad bearer, 403 to bad keys", async () => {
    const simulator = await simulatorFor();
    const { apiKey, appKey } = simulator;
    expect(await statusAs(simulator, {})).toBe(401);
    expect(await statusAs(simulator, { Authorization: `Bearer ${UNKNOWN_VALUE}` })).toBe(401);
    expect(await statusAs(simulator, keys({ apiKey, appKey: "wrong" }))).toBe(403);
    expect(await statusAs(simulator, keys({ apiKey: "wrong", appKey }))).toBe(403);
    expect(await statusAs(simulator, { "DD-API-KEY": apiKey })).toBe(403);
    expect(await statusAs(simulator, { "DD-APPLICATION-KEY": appKey })).toBe(403);
    expect(await statusAs(simulator, { "DD-APPLICATION-KEY": UNKNOWN_VALUE })).toBe(403);
    expect(await statusAs(simulator, keys(simulator))).toBe(200);
  });

  it("does not look at the API key beside a token value", async () => {
    const simulator = await simulatorFor();
    const { value } = tokenAt(simulator, 0);
    expect(await statusAs(simulator, { "DD-APPLICATION-KEY": value })).toBe(200);
    expect(await statusAs(simulator, keys({ apiKey: "wrong", appKey: value }))).toBe(200);
  });

  it("acts for the token's owner, and stamps the use", async () => {
    const now = Date.parse("2026-11-24T12:00:00Z");
    const simulator = await simulatorFor({ clock: () => now });
    const { id, value, serviceAccountId } = tokenAt(simulator, 4);
    const { body } = await call(simulator, ME, { headers: { Authorization: `Bearer ${value}` } });
    expect(body).toMatchObject({ data: { id: serviceAccountId } });
    expect(simulator.find(id)?.lastUsedAt).toBe("2026-11-24T12:00:00.000000000Z");
  });

  it("takes a token no more once it is revoked or expired", async () => {
    let now = Date.parse("2026-11-24T12:00:00Z");
    const simulator = await simulatorFor({ clock: () => now, staysVisibleFor: 60_000 });
    const { id, value } = tokenAt(simulator, 0);
    const bearer = { Authorization: `Bearer ${value}` };
    expect((await call(simulator, `${TOKENS}/${id}`, { method: "DELETE", headers: bearer })).status).toBe(204);
    expect(await statusAs(simulator, bearer)).toBe(401);
    expect(await statusAs(simulator, { "DD-APPLICATION-KEY": value })).toBe(403);

    const other = tokenAt(simulator, 1);
    now = Date.parse(simulator.find(other.id)?.expiresAt ?? "");
    expect(await statusAs(simulator, { Authorization: `Bearer ${other.value}` })).toBe(401);
  });
});

describe("a token that revokes itself", () => {
  it.each(["personal", "service"])("is answered 204, and not known any more at the next request (%s)", async (kind) => {
    const withValue = [
      (value: string) => ({ headers: { Authorization: `Bearer ${value}` }, refusal: 401 }),
      (value: string) => ({ headers: { "DD-APPLICATION-KEY": value }, refusal: 403 }),
    ];
    for (const credentials of withValue) {
      const simulator = await simulatorFor({ staysVisibleFor: 60_000, deleteAnswers204For: 60_000 });
      const { id, value, serviceAccountId } = tokenAt(simulator, kind === "personal" ? 0 : 4);
      const path =
        serviceAccountId === undefined
          ? `${TOKENS}/${id}`
          : `/api/v2/service_accounts/${serviceAccountId}/access_tokens/${id}`;
      const { headers, refusal } = credentials(value);
      expect((await call(simulator, path, { headers })).status).toBe(200);
      expect((await call(simulator, path, { method: "DELETE", headers })).status).toBe(204);
      for (const method of ["GET", "DELETE"]) {
        expect((await call(simulator, path, { method, headers })).status).toBe(refusal);
      }
      expect(await statusAs(simulator, headers)).toBe(refusal);
    }
  });
});

describe("permissions", () => {
  /** What a key pair of the key owner's with these permissions is answered: list, get and revoke, own and another's. */
  async function seenWith(permissions: Permission[]) {
    const simulator = await simulatorFor({ tokens: 12 });
    const own = tokenAt(simulator, 0).id;
    const other = simulator.tokens.find(
      ({ id, serviceAccountId }) =>
        serviceAccountId === undefined && simulator.find(id)?.owner.id !== simulator.keyOwner.id,
    )?.id;
    const headers = keys(simulator.createKeys(permissions));
    const status = async (path: string, method = "GET") => (await call(simulator, path, { method, headers })).status;
    return {
      list: await status(TOKENS),
      getOwn: await status(`${TOKENS}/${own}`),
      getOther: await status(`${TOKENS}/${other}`),
      revokeOther: await status(`${TOKENS}/${other}`, "DELETE"),
      revokeOwn: await status(`${TOKENS}/${own}`, "DELETE"),
      owner: await status(`/api/v2/users/${simulator.keyOwner.id}`),
      me: await status(ME),
    };
  }

  it("lets user_app_keys see and revoke one's own tokens only", async () => {
    expect(await seenWith(["user_app_keys"])).toEqual({
      list: 200,
      getOwn: 200,
      getOther: 403,
      revokeOther: 403,
      revokeOwn: 204,
      owner: 403,
      me: 200,
    });
  });

  it("lists one's own tokens only with user_app_keys alone", async () => {
    const simulator = await simulatorFor({ tokens: 40, permissions: ["user_app_keys"] });
    const own = simulator.tokens.filter(({ id }) => simulator.find(id)?.owner.id === simulator.keyOwner.id);
    expect(names(await call(simulator, `${TOKENS}?page[size]=100`))).toEqual(own.map(({ name }) => name));
  });

  it("lets org_app_keys_read see everything and revoke nothing", async () => {
    expect(await seenWith(["org_app_keys_read"])).toMatchObject({
      list: 200,
      getOther: 200,
      revokeOther: 403,
      revokeOwn: 403,
    });
  });

  it("lets org_app_keys_write revoke anyone's token without seeing it", async () => {
    expect(await seenWith(["org_app_keys_write"])).toMatchObject({
      list: 403,
      getOwn: 403,
      revokeOther: 204,
      revokeOwn: 204,
    });
  });

  it("lets user_access_read see owners; nothing at all is needed to ask who one is", async () => {
    expect(await seenWith(["user_access_read"])).toMatchObject({ list: 403, owner: 200 });
    expect(await seenWith([])).toMatchObject({ revokeOwn: 403, owner: 403, me: 200 });
  });
});
