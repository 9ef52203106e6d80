import { call, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

describe("the request log", () => {
  it("says what was asked and answered, in order", async () => {
    const now = Date.parse("2026-11-24T12:00:00Z");
    const simulator = await simulatorFor({ clock: () => now });
    const { id } = tokenAt(simulator, 0);
    await call(simulator, `${TOKENS}?page[size]=2&filter[owned_by]=a&filter[owned_by]=b`);
    await call(simulator, `${TOKENS}/${id}`, { method: "PATCH", body: { data: null } });

    expect(simulator.requests()).toMatchObject([
      {
        at: now,
        method: "GET",
        path: TOKENS,
        query: { "page[size]": ["2"], "filter[owned_by]": ["a", "b"] },
        authentication: "keys",
        userAgent: "node",
        status: 200,
      },
      { method: "PATCH", path: `${TOKENS}/${id}`, query: {}, body: '{"data":null}', status: 400 },
    ]);
    expect(simulator.requests(1)).toEqual(simulator.requests().slice(1));
  });

  it("holds no credentials, good or bad", async () => {
    const simulator = await simulatorFor();
    const { value } = tokenAt(simulator, 0);
    const { apiKey, appKey } = simulator;
    for (const headers of [
      { "DD-API-KEY": apiKey, "DD-APPLICATION-KEY": appKey },
      { Authorization: `Bearer ${value}` },
      { "DD-APPLICATION-KEY": value },
      { Authorization: "Basic bWU6c2VjcmV0" },
    ]) {
      await call(simulator, "/api/v2/current_user", { headers });
    }
    const log = JSON.stringify(simulator.requests());
    for (const secret of [apiKey, appKey, value, "bWU6c2VjcmV0"]) expect(log).not.toContain(secret);
    expect(simulator.requests().map(({ authentication, status }) => [authentication, status])).toEqual([
      ["keys", 200],
      ["bearer", 200],
      ["token as application key", 200],
      ["none", 401],
    ]);
  });

  it("is not changed by what is done with an earlier reading of it", async () => {
    const simulator = await simulatorFor();
    const before = simulator.requests();
    await call(simulator, TOKENS);
    expect(before).toHaveLength(0);
    expect(simulator.requests()).toHaveLength(1);
  });
});
