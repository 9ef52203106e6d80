import { call, NOBODY, NOON, simulatorFor, statusOf, TOKENS } from "./useSimulator";

test("errors come as JSON in both of Datadog's shapes, or in the one that is asked for; other answers as JSON:API", async () => {
  const text = { errors: [expect.stringContaining("there is no such access token")] };
  const object = { errors: [{ status: "404", title: "Not Found", detail: "there is no such access token" }] };
  const [badText, badObject] = [
    { errors: [expect.any(String)] },
    { errors: [{ status: "400", title: expect.any(String), detail: expect.any(String) }] },
  ];
  for (const [options, notFound, invalid] of [
    [{}, text, badObject],
    [{ errorShape: "text" }, text, badText],
    [{ errorShape: "object" }, object, badObject],
  ] as const) {
    const simulator = await simulatorFor(options);
    const refusal = await call(simulator, `${TOKENS}/${NOBODY}`);
    expect(refusal.body).toEqual(notFound);
    expect(refusal.headers.get("content-type")).toBe("application/json");
    expect((await call(simulator, `${TOKENS}/ci-deploy`)).body).toEqual(invalid);
    expect((await call(simulator, TOKENS)).headers.get("content-type")).toBe("application/vnd.api+json");
  }
});

test("a path that is not served is answered 404, and a method that is not 405", async () => {
  const simulator = await simulatorFor();
  expect(await statusOf(simulator, "/api/v1/monitor")).toBe(404);
  expect(await statusOf(simulator, TOKENS, { method: "PUT" })).toBe(405);
});

test("the rate limit counts down in the headers of every answer, whatever its status", async () => {
  const simulator = await simulatorFor({ clock: () => NOON + 2500, rateLimit: { limit: 10, periodSeconds: 10 } });
  const standing = async (path: string, headers?: Record<string, string>) => {
    const answer = await call(simulator, path, headers === undefined ? {} : { headers });
    return ["limit", "period", "remaining", "reset"].map((name) => answer.headers.get(`x-ratelimit-${name}`));
  };
  expect(await standing(TOKENS)).toEqual(["10", "10", "9", "8"]);
  expect(await standing(`${TOKENS}/${NOBODY}`)).toEqual(["10", "10", "8", "8"]);
  expect(await standing(TOKENS, {})).toEqual(["10", "10", "7", "8"]);
});

test("a rate limit that is used up is answered 429, until the clock's next period begins", async () => {
  let now = NOON + 9000;
  const simulator = await simulatorFor({ clock: () => now, rateLimit: { limit: 2, periodSeconds: 10 } });
  const status = () => statusOf(simulator, TOKENS);
  expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  now += 999;
  expect(await status()).toBe(429);
  now += 1;
  expect(await status()).toBe(200);
});
