import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Answer,
  answer,
  closedAddress,
  cut,
  drip,
  flood,
  hang,
  html,
  json,
  reset,
  startServer,
} from "../../../support/server";
import { clientFor, failureOf, QUICK, TOKEN_ID, TOKEN_PATH, tokenAnswer } from "./datadogClient";

const GONE = json(404, { errors: ["Not found"] });
const DELETE_TWICE = [
  { method: "DELETE", url: TOKEN_PATH },
  { method: "DELETE", url: TOKEN_PATH },
];

/** Milliseconds between one thing and the next. */
function gaps(received: readonly { at: number }[]): number[] {
  return received.slice(1).map(({ at }, index) => at - (received[index]?.at ?? 0));
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

describe("is sent again", () => {
  test.each<[string, Answer]>([
    ["408", json(408, { errors: ["Request timeout"] })],
    ["429 without a word on when", json(429, { errors: ["Too many requests"] })],
    ["500", json(500, { errors: ["Internal error"] })],
    ["502 with HTML", html(502)],
    ["503 without a body", answer(503)],
    ["504", answer(504, "upstream timed out")],
    ["a reset connection", reset],
    ["an answer that breaks off", cut(200, '{"data":')],
  ])("after %s", async (_, failure) => {
    const server = await startServer(failure, failure, json(200, tokenAnswer()));
    expect(await clientFor(server.url).getToken({ tokenId: TOKEN_ID })).toMatchObject({ id: TOKEN_ID });
    expect(server.received).toHaveLength(3);
  });

  test("as it was", async () => {
    const server = await startServer(answer(500), answer(204));
    await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID });
    expect(server.received).toMatchObject(DELETE_TWICE);
    const [first, second] = server.received;
    expect(second?.headers).toEqual(first?.headers);
  });

  test("not after 400, 401, 403, 404, 409 or 422", async () => {
    for (const status of [400, 401, 403, 404, 409, 422]) {
      const server = await startServer(json(status, { errors: ["no"] }), answer(204));
      await clientFor(server.url)
        .revokeToken({ tokenId: TOKEN_ID })
        .catch(() => undefined);
      expect(server.received).toHaveLength(1);
    }
  });

  test("not at all when retries are switched off", async () => {
    const retry = { enabled: false };
    for (const failure of [answer(500), json(429, {}, { "X-RateLimit-Reset": "0" }), reset]) {
      const server = await startServer(failure, answer(204));
      await failureOf(clientFor(server.url, { retry }).revokeToken({ tokenId: TOKEN_ID }));
      expect(server.received).toHaveLength(1);
    }
  });

  test.each([0, 1, 5])("%s times at most, when maxRetries says so; the last answer is told", async (maxRetries) => {
    const server = await startServer(json(500, { errors: ["Broken"] }));
    const retry = { maxRetries, backoffBase: 1, backoffMultiplier: 1 };
    const error = await failureOf(clientFor(server.url, { retry }).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "status", status: 500 });
    expect(error.message).toMatch(/500: "Broken".*status\.datadoghq\.com/);
    expect(server.received).toHaveLength(maxRetries + 1);
  });

  test("after waits that grow by the multiplier, from half of the base on", async () => {
    const server = await startServer(answer(500));
    const retry = { maxRetries: 3, backoffBase: 40, backoffMultiplier: 3 };
    await failureOf(clientFor(server.url, { retry }).getToken({ tokenId: TOKEN_ID }));
    const waits = gaps(server.received);
    // Timers may fire a millisecond early.
    [20, 60, 180].forEach((least, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(least - 2);
    });
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(3_000);
  });

  test("after a refused connection, until there is no retry left", async () => {
    const client = clientFor(await closedAddress(), {
      retry: { maxRetries: 2, backoffBase: 40, backoffMultiplier: 1 },
    });
    const [error, took] = await timed(() => failureOf(client.revokeToken({ tokenId: TOKEN_ID })));
    expect(error.kind).toBe("network");
    expect(error.status).toBeUndefined();
    expect(error.message).toMatch(/gave no answer: .*ECONNREFUSED/);
    expect(took).toBeGreaterThanOrEqual(38);
  });
});

describe("the deadline", () => {
  // fetch holds its signal weakly: what a collection takes away must not be what ends the request.
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  let collecting: NodeJS.Timeout | undefined;
  afterEach(() => clearInterval(collecting));

  test.each<[string, Answer]>([
    ["a server that never answers", hang],
    ["a body that never ends", drip],
  ])("holds with %s", async (_, slow) => {
    const server = await startServer(slow);
    collecting = setInterval(collectGarbage, 50);
    const [error, took] = await timed(() => failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }, 300)));
    expect(error).toMatchObject({ kind: "network", answerLost: true });
    expect(error.message).toMatch(/gave no answer: it took too long/);
    expect(took).toBeGreaterThanOrEqual(250);
    expect(took).toBeLessThan(10_000);
  });

  test("need not come when a body is larger than any of Datadog's", async () => {
    const server = await startServer(flood);
    const error = await failureOf(clientFor(server.url, { retry: { maxRetries: 0 } }).getToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "network" });
    expect(error.message).toMatch(/gave no answer: it sends more than 16 MiB/);
  });

  test("of the settings holds for a DELETE", async () => {
    const server = await startServer(hang);
    const client = clientFor(server.url, { retry: { timeout: 300 } });
    const [error, took] = await timed(() => failureOf(client.revokeToken({ tokenId: TOKEN_ID })));
    expect(error.kind).toBe("network");
    expect(took).toBeLessThan(10_000);
  });

  test("ends the retries, however many are left", async () => {
    const server = await startServer(answer(500));
    const retry = { timeout: 1_000, backoffBase: 100, backoffMultiplier: 1, maxRetries: 1_000 };
    const [, took] = await timed(() => failureOf(clientFor(server.url, { retry }).getToken({ tokenId: TOKEN_ID })));
    expect(server.received.length).toBeGreaterThanOrEqual(2);
    expect(took).toBeLessThan(4_000);
  });

  test("is not waited for when the next retry would miss it", async () => {
    const server = await startServer(answer(500));
    const retry = { timeout: 5_000, backoffBase: 60_000 };
    const [error, took] = await timed(() =>
      failureOf(clientFor(server.url, { retry }).getToken({ tokenId: TOKEN_ID })),
    );
    expect(error.status).toBe(500);
    expect(server.received).toHaveLength(1);
    expect(took).toBeLessThan(10_000);
  });
});

describe("a DELETE whose answer may be lost", () => {
  test.each<[string, Answer]>([
    ["was reset", reset],
    ["answered 500", answer(500)],
    ["answered 502 with HTML", html(502)],
    ["broke off", cut(200, "{")],
  ])("%s, then 404: perhaps this run revoked it", async (_, first) => {
    const server = await startServer(first, GONE);
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: true });
    expect(server.received).toMatchObject(DELETE_TWICE);
  });

  test("ran out of time: perhaps this run revoked it", async () => {
    const server = await startServer(hang);
    const retry = { timeout: 200, maxRetries: 0 };
    expect(await failureOf(clientFor(server.url, { retry }).revokeToken({ tokenId: TOKEN_ID }))).toMatchObject({
      answerLost: true,
    });
  });

  test("was lost once and accepted then is revoked", async () => {
    const server = await startServer(reset, answer(204));
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toMatchObject({ status: 204 });
    expect(server.received).toMatchObject(DELETE_TWICE);
  });

  test("is still lost when a later attempt is refused", async () => {
    const server = await startServer(reset, json(403, { errors: ["Forbidden"] }));
    expect(await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }))).toMatchObject({
      status: 403,
      answerLost: true,
    });
  });

  test.each<[string, Answer]>([
    ["429", json(429, { errors: ["Too many requests"] })],
    ["429 with a time", json(429, {}, { "X-RateLimit-Reset": "0" })],
    ["408", answer(408)],
  ])("%s, then 404: nothing was carried out before, so somebody else revoked it", async (_, first) => {
    const server = await startServer(first, GONE);
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: false });
    expect(server.received).toHaveLength(2);
  });

  test("is not lost when the connection was refused: nothing was sent", async () => {
    const client = clientFor(await closedAddress(), { retry: { ...QUICK, maxRetries: 1 } });
    expect(await failureOf(client.revokeToken({ tokenId: TOKEN_ID }))).toMatchObject({
      kind: "network",
      answerLost: false,
    });
  });

  test("is not lost when no TLS came about: nothing was sent", async () => {
    const server = await startServer(answer(204));
    const client = clientFor(server.url.replace("http:", "https:"), { retry: { maxRetries: 0 } });
    expect(await failureOf(client.revokeToken({ tokenId: TOKEN_ID }))).toMatchObject({
      kind: "network",
      answerLost: false,
    });
    expect(server.received).toEqual([]);
  });

  test("is not lost when there is no such host: nothing was sent", async () => {
    const client = clientFor("https://api.datadoghq.invalid", { retry: { maxRetries: 0 } });
    const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "network", answerLost: false });
    expect(error.message).toContain("api.datadoghq.invalid");
  });
});
