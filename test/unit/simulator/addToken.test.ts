import { call, keys, names, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const ID = "00000000-0000-1234-0000-000000000000";

describe("adding a token", () => {
  it("gives the owner of the default keys one that works, and leaves the first tokens as they were", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const before = [...simulator.tokens];
    const token = simulator.addToken();
    expect(token.value).toMatch(/^ddpat_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}$/);
    expect(simulator.find(token.id)).toMatchObject({
      owner: simulator.keyOwner,
      createdAt: "2026-11-24T12:00:00.000000000Z",
      expiresAt: "2027-02-22T12:00:00.000000000Z",
      lastUsedAt: null,
    });
    expect((await call(simulator, TOKENS, { headers: { Authorization: `Bearer ${token.value}` } })).status).toBe(200);
    expect(simulator.tokens).toEqual(before);
  });

  it("takes what it is given", async () => {
    const simulator = await simulatorFor({ clock: () => NOON });
    const ownerId = simulator.serviceAccounts[1]?.id ?? "";
    const name = "\u001b[31m<script>alert(1)</script>\n%s {{ }} $HOME \u202e";
    const settings = { id: ID, name, scopes: [], createdAt: "2020-02-29T00:00:00Z", expiresAt: null, lastUsedAt: NOON };
    const token = simulator.addToken({ ...settings, ownerId, prefix: "ddpat_" });
    expect(token).toEqual({
      id: ID,
      name,
      value: expect.stringMatching(/^ddpat_000000000Qdww5P8dQtGsa_/),
      serviceAccountId: ownerId,
    });

    const { body } = await call(simulator, `/api/v2/service_accounts/${ownerId}/access_tokens/${ID}`);
    expect(body).toMatchObject({
      data: {
        attributes: {
          name,
          scopes: [],
          created_at: "2020-02-29T00:00:00.000000000Z",
          expires_at: null,
          last_used_at: "2026-11-24T12:00:00.000000000Z",
        },
      },
    });
  });

  it("puts it into its owner's organization", async () => {
    const simulator = await simulatorFor({ tokens: 0 });
    const other = simulator.addOrganization({ tokens: 0 });
    simulator.addToken({ ownerId: other.keyOwner.id, name: "elsewhere" });
    expect(names(await call(simulator, TOKENS))).toEqual([]);
    expect(names(await call(simulator, TOKENS, { headers: keys(other) }))).toEqual(["elsewhere"]);
  });

  it("refuses what would not be one token of somebody's", async () => {
    const simulator = await simulatorFor();
    for (const settings of [
      { id: "ci-deploy" },
      { id: tokenAt(simulator, 0).id.toUpperCase() },
      { ownerId: ID },
      { expiresAt: "soon" },
      { lastUsedAt: Number.NaN },
    ]) {
      expect(() => simulator.addToken(settings)).toThrow(RangeError);
    }
  });
});
