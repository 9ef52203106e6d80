import { call, simulatorFor, TOKENS } from "./useSimulator";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const NOBODY = `${TOKENS}/00000000-0000-1234-0000-000000000000`;

describe("answers", () => {
  it("come as JSON:API when good, as JSON when not", async () => {
    const simulator = await simulatorFor();
    expect((await call(simulator, TOKENS)).headers.get("content-type")).toBe("application/vnd.api+json");
    expect((await call(simulator, NOBODY)).headers.get("content-type")).toBe("application/json");
  });

  it("bear errors in both shapes, or in the one that is asked for", async () => {
    const text = { errors: [expect.any(String)] };
    const object = { errors: [{ status: expect.any(String), title: expect.any(String), detail: expect.any(String) }] };
    for (const [errorShape, notFound, invalid] of [
      [undefined, text, object],
      ["text", text, text],
      ["object", object, object],
    ] as const) {
      const simulator = await simulatorFor(errorShape === undefined ? {} : { errorShape });
      expect((await call(simulator, NOBODY)).body).toEqual(notFound);
      expect((await call(simulator, `${TOKENS}/ci-deploy`)).body).toEqual(invalid);
    }
  });

  it("are 404 for a path that is not served and 405 for a method that is not", async () => {
    const simulator = await simulatorFor();
    expect((await call(simulator, "/api/v1/monitor")).status).toBe(404);
    expect((await call(simulator, TOKENS, { method: "PUT" })).status).toBe(405);
  });
});

describe("the rate limit", () => {
  it("counts down in the headers of every answer, whatever its status", async () => {
    const simulator = await simulatorFor({ clock: () => NOON + 2500, rateLimit: { limit: 10, periodSeconds: 10 } });
    const standing = async (path: string, headers?: Record<string, string>) => {
      const answer = await call(simulator, path, headers === undefined ? {} : { headers });
      return ["limit", "period", "remaining", "reset"].map((name) => answer.headers.get(`x-ratelimit-${name}`));
    };
    expect(await standing(TOKENS)).toEqual(["10", "10", "9", "8"]);
    expect(await standing(NOBODY)).toEqual(["10", "10", "8", "8"]);
    expect(await standing(TOKENS, {})).toEqual(["10", "10", "7", "8"]);
  });

  it("answers 429 when it is used up, until the clock's next period begins", async () => {
    let now = NOON + 9000;
    const simulator = await simulatorFor({ clock: () => now, rateLimit: { limit: 2, periodSeconds: 10 } });
    const status = async () => (await call(simulator, TOKENS)).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
    now += 999;
    expect(await status()).toBe(429);
    now += 1;
    expect(await status()).toBe(200);
  });
});
