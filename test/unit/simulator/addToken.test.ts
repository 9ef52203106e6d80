import { bearer, call, keys, NOBODY, NOON, names, simulatorFor, statusOf, TOKENS, tokenAt } from "./useSimulator";

test("adding a token gives the owner of the default keys one that works, and leaves the first tokens as they were", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const before = [...simulator.tokens];
  const token = simulator.addToken({ scopes: ["user_app_keys"] });
  expect(token.value).toMatch(/^ddpat_[0-9A-Za-z]{22}_[0-9A-Za-z]{36}$/);
  expect(simulator.find(token.id)).toMatchObject({
    owner: simulator.keyOwner,
    createdAt: "2026-11-24T12:00:00.000000Z",
    expiresAt: "2027-02-22T12:00:00Z",
    lastUsedAt: null,
  });
  expect(await statusOf(simulator, TOKENS, { headers: bearer(token.value) })).toBe(200);
  expect(simulator.tokens).toEqual(before);
});

test("adding a token takes what it is given", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const ownerId = simulator.serviceAccounts[1]?.id ?? "";
  const id = NOBODY;
  const name = "\u001b[31m<script>alert(1)</script>\n%s {{ }} $HOME \u202e";
  const times = { createdAt: "2020-02-29T00:00:00Z", expiresAt: null, lastUsedAt: NOON };
  const token = simulator.addToken({ id, name, scopes: [], ...times, ownerId, prefix: "ddpat_" });
  const value = expect.stringMatching(/^ddpat_000000000Qdww5P8dQtGsa_/);
  expect(token).toEqual({ id, name, value, serviceAccountId: ownerId });

  const { body } = await call(simulator, `/api/v2/service_accounts/${ownerId}/access_tokens/${id}`);
  const written = {
    created_at: "2020-02-29T00:00:00.000000Z",
    expires_at: null,
    last_used_at: "2026-11-24T12:00:00.000000Z",
  };
  expect(body).toMatchObject({ data: { attributes: { name, scopes: [], ...written } } });
});

test("a token is added to its owner's organization", async () => {
  const simulator = await simulatorFor({ tokens: 0 });
  const other = simulator.addOrganization({ tokens: 0 });
  simulator.addToken({ ownerId: other.keyOwner.id, name: "elsewhere" });
  expect(names(await call(simulator, TOKENS))).toEqual([]);
  expect(names(await call(simulator, TOKENS, { headers: keys(other) }))).toEqual(["elsewhere"]);
});

test("what would not be one token of somebody's is not added, nor an organization with half a token", async () => {
  const simulator = await simulatorFor();
  for (const settings of [
    { id: "ci-deploy" },
    { id: tokenAt(simulator, 0).id.toUpperCase() },
    { ownerId: NOBODY },
    { expiresAt: "soon" },
    { lastUsedAt: Number.NaN },
  ]) {
    expect(() => simulator.addToken(settings)).toThrow(RangeError);
  }
  expect(() => simulator.addOrganization({ tokens: 0.5 })).toThrow(RangeError);
});
