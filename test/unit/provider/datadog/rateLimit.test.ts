import { RateLimit } from "../../../../provider/datadog/rateLimit";
import { answer, json, type ScriptedServer, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, tokenAnswer } from "./datadogClient";

const TOKEN = json(200, tokenAnswer());

/** Timers may fire a millisecond early, and headers know whole seconds only. */
const A_SECOND = 990;

function limited(headers: Record<string, string>, status = 429) {
  return json(status, { errors: ["Too many requests"] }, headers);
}

function at({ received }: ScriptedServer, index: number): number {
  const request = received[index];
  if (!request) throw new Error(`${received.length} requests only`);
  return request.at;
}

describe("429", () => {
  // Side by side, as each takes a second or two.
  test("is waited for as long as Datadog or a proxy says, and not counted as a retry", async () => {
    const waited = await Promise.all(
      [
        () => ({ "X-RateLimit-Reset": "1" }),
        () => ({ "Retry-After": "1" }),
        // The later of both, and the one of both that makes sense.
        () => ({ "X-RateLimit-Reset": "1", "Retry-After": "0" }),
        () => ({ "X-RateLimit-Reset": "soon", "Retry-After": "1" }),
        // A date has whole seconds: two ahead are one to two.
        () => ({ "Retry-After": new Date(Date.now() + 2_000).toUTCString() }),
      ].map(async (headers) => {
        const server = await startServer((...exchange) => limited(headers())(...exchange), TOKEN);
        await clientFor(server.url, { retry: { maxRetries: 0 } }).getToken({ tokenId: TOKEN_ID });
        return at(server, 1) - at(server, 0);
      }),
    );
    for (const wait of waited) {
      expect(wait).toBeGreaterThanOrEqual(A_SECOND);
      expect(wait).toBeLessThan(5_000);
    }
  });

  test("with a reset in 0 seconds is no leave to come back at once", async () => {
    const server = await startServer(limited({ "X-RateLimit-Reset": "0" }), TOKEN);
    await clientFor(server.url, { retry: { backoffBase: 1 } }).getToken({ tokenId: TOKEN_ID });
    expect(at(server, 1) - at(server, 0)).toBeGreaterThanOrEqual(200);
  });

  test.each([
    ["none", {}],
    ["a negative one", { "X-RateLimit-Reset": "-5", "Retry-After": "-5" }],
    ["one in the far future", { "X-RateLimit-Reset": "1790000000" }],
    ["one of more digits than a number has", { "Retry-After": "9".repeat(400) }],
    ["HTML", { "X-RateLimit-Reset": "<html>", "Retry-After": "<html>" }],
    ["a fraction", { "X-RateLimit-Reset": "0.5" }],
    ["an empty one", { "X-RateLimit-Reset": "", "Retry-After": "" }],
    ["a date that is over", { "Retry-After": "Thu, 01 Jan 2026 00:00:00 GMT" }],
  ])("with no usable time (%s) is retried with backoff, and counted", async (_, headers) => {
    const server = await startServer(limited(headers));
    const client = clientFor(server.url, { retry: { maxRetries: 2, backoffBase: 20, backoffMultiplier: 1 } });
    const start = performance.now();
    const error = await failureOf(client.getToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ status: 429 });
    expect(error.message).toMatch(/429: "Too many requests"/);
    expect(server.received).toHaveLength(3);
    expect(at(server, 1) - at(server, 0)).toBeGreaterThanOrEqual(8);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("makes every other client of the same process wait too", async () => {
    const rateLimit = new RateLimit();
    const limiting = await startServer(limited({ "X-RateLimit-Reset": "1" }), TOKEN);
    const other = await startServer(TOKEN);
    const first = clientFor(limiting.url, { rateLimit, retry: { enabled: false } });
    await failureOf(first.getToken({ tokenId: TOKEN_ID }));
    await Promise.all([1, 2, 3].map(() => clientFor(other.url, { rateLimit }).getToken({ tokenId: TOKEN_ID })));
    expect(other.received).toHaveLength(3);
    expect(at(other, 0) - at(limiting, 0)).toBeGreaterThanOrEqual(A_SECOND);
  });

  test("that comes while another is waited for only ever makes the wait longer", async () => {
    await Promise.all(
      [
        ["1", "2"],
        ["2", "1"],
      ].map(async ([first, second]) => {
        const server = await startServer(
          limited({ "X-RateLimit-Reset": String(first) }),
          limited({ "X-RateLimit-Reset": String(second) }),
          TOKEN,
        );
        const client = clientFor(server.url);
        await Promise.all([client.getToken({ tokenId: TOKEN_ID }), client.getToken({ tokenId: TOKEN_ID })]);
        expect(server.received).toHaveLength(4);
        expect(at(server, 2) - at(server, first === "2" ? 0 : 1)).toBeGreaterThanOrEqual(2 * A_SECOND);
      }),
    );
  });
});

describe("503", () => {
  test("with Retry-After is waited for", async () => {
    const server = await startServer(limited({ "Retry-After": "1" }, 503), TOKEN);
    await clientFor(server.url).getToken({ tokenId: TOKEN_ID });
    expect(at(server, 1) - at(server, 0)).toBeGreaterThanOrEqual(A_SECOND);
  });

  test("to a DELETE may have carried it out", async () => {
    const server = await startServer(limited({ "Retry-After": "0" }, 503), json(404, { errors: ["Not found"] }));
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: true });
  });
});

describe("a good answer", () => {
  test("with nothing remaining makes the next request wait", async () => {
    const used = { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1" };
    const server = await startServer(json(200, tokenAnswer(), used), answer(204));
    const client = clientFor(server.url);
    await client.getToken({ tokenId: TOKEN_ID });
    await client.revokeToken({ tokenId: TOKEN_ID });
    expect(at(server, 1) - at(server, 0)).toBeGreaterThanOrEqual(A_SECOND);
  });

  test("with something remaining makes nothing wait", async () => {
    const left = { "X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "60", "X-RateLimit-Limit": "100" };
    const server = await startServer(json(200, tokenAnswer(), left));
    const client = clientFor(server.url);
    // A wait of 60 s would fail at once, being past the deadline.
    for (let index = 0; index < 3; index++) await client.getToken({ tokenId: TOKEN_ID });
    expect(server.received).toHaveLength(3);
  });
});

test("a limit of a second is spread over the second, however many requests come at once", async () => {
  const told = { "X-RateLimit-Limit": "50", "X-RateLimit-Period": "1", "X-RateLimit-Remaining": "0" };
  const server = await startServer(json(200, tokenAnswer(), { ...told, "X-RateLimit-Reset": "1" }));
  const client = clientFor(server.url);
  await Promise.all(Array.from({ length: 60 }, () => client.getToken({ tokenId: TOKEN_ID })));
  expect(server.received).toHaveLength(60);
  // The first of all, and a tenth of a second's worth at once; the others 20 ms apart.
  expect(at(server, 59) - at(server, 0)).toBeGreaterThanOrEqual(A_SECOND);
  expect(at(server, 30) - at(server, 0)).toBeGreaterThanOrEqual(A_SECOND / 3);
});

describe("a wait past the deadline", () => {
  const WITHIN = 2_000;

  test("fails at once, and tells Datadog's words and how long it is", async () => {
    const server = await startServer(limited({ "X-RateLimit-Reset": "120" }));
    const client = clientFor(server.url, { retry: { timeout: WITHIN } });
    const start = performance.now();
    const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
    expect(performance.now() - start).toBeLessThan(WITHIN);
    expect(error).toMatchObject({ kind: "rateLimited", status: 429, answerLost: false });
    expect(error.message).toMatch(/429: "Too many requests".*another 1(19|20) s/);
    expect(server.received).toHaveLength(1);
  });

  test("sends nothing for the requests that come after", async () => {
    const rateLimit = new RateLimit();
    const server = await startServer(limited({ "X-RateLimit-Reset": "120" }));
    const client = clientFor(server.url, { rateLimit });
    await failureOf(client.getToken({ tokenId: TOKEN_ID }));
    const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "rateLimited", status: 429, answerLost: false });
    expect(error.message).toMatch(/was not asked.*another 1(19|20) s/);
    expect(server.received).toHaveLength(1);
  });

  test("does not forget that an earlier attempt may have been carried out", async () => {
    const server = await startServer(answer(500), limited({ "Retry-After": "120" }));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "rateLimited", answerLost: true });
  });
});
