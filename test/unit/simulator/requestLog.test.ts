import { bearer, call, keys, ME, NOBODY, NOON, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

test("the request log says what was asked and answered, in order; an earlier reading of it does not change", async () => {
  const simulator = await simulatorFor({ clock: () => NOON });
  const before = simulator.requests();
  const { id } = tokenAt(simulator, 0);
  const owner = simulator.keyOwner.id;
  await call(simulator, `${TOKENS}?page[size]=2&filter[owned_by]=${owner}&filter[owned_by]=${NOBODY}`);
  await call(simulator, `${TOKENS}/${id}`, { method: "PATCH", body: { data: null } });
  expect(before).toEqual([]);
  expect(simulator.requests()).toMatchObject([
    {
      ...{ at: NOON, method: "GET", path: TOKENS, authentication: "keys", userAgent: "node", status: 200 },
      query: { "page[size]": ["2"], "filter[owned_by]": [owner, NOBODY] },
    },
    { method: "PATCH", path: `${TOKENS}/${id}`, query: {}, body: '{"data":null}', status: 400 },
  ]);
  expect(simulator.requests(1)).toEqual(simulator.requests().slice(1));
});

test("the request log holds no credentials, good or bad", async () => {
  const simulator = await simulatorFor();
  const { value } = tokenAt(simulator, 0);
  const basic = { Authorization: "Basic bWU6c2VjcmV0" };
  for (const headers of [keys(simulator), bearer(value), { "DD-APPLICATION-KEY": value }, basic]) {
    await call(simulator, ME, { headers });
  }
  const log = JSON.stringify(simulator.requests());
  for (const secret of [simulator.apiKey, simulator.appKey, value, "bWU6c2VjcmV0"]) expect(log).not.toContain(secret);
  expect(simulator.requests().map(({ authentication, status }) => [authentication, status])).toEqual([
    ["keys", 200],
    ["bearer", 200],
    ["token as application key", 200],
    ["none", 401],
  ]);
});
