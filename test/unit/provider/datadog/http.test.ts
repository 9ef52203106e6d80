import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RateLimit } from "../../../../provider/datadog/rateLimit";
import type { Credentials } from "../../../../provider/datadog/settings";
import { type Answer, answer, cut, drip, flood, hang, html, json, reset, startServer } from "../../../support/server";
import { clientFor, failureOf, QUICK, TOKEN_ID, TOKEN_PATH, tokenAnswer } from "./datadogClient";

const { version } = require("../../../../package.json") as { version: string };

const TOKEN_VALUE = ["ddpat_1vCPtzKGJML79G0rwH3qpw", "0123456789abcdefghijklmnopqrstuvwxyz"].join("_");
const TOKEN = json(200, tokenAnswer());
const DELETE_TWICE = [
  { method: "DELETE", url: TOKEN_PATH },
  { method: "DELETE", url: TOKEN_PATH },
];
const GONE = json(404, { errors: ["Not found"] });

function limited(headers: Record<string, string>, status = 429): Answer {
  return json(status, { errors: ["Too many requests"] }, headers);
}

/** Milliseconds between one thing and the next. */
function gaps(received: readonly { at: number }[]): number[] {
  return received.slice(1).map(({ at }, index) => at - (received[index]?.at ?? 0));
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

describe("a request", () => {
  const CREDENTIAL_HEADERS = ["dd-api-key", "dd-application-key", "authorization", "cookie", "proxy-authorization"];

  test.each<[string, Credentials, Record<string, string>]>([
    [
      "a key pair",
      { kind: "keys", apiKey: "an-api-key", appKey: "an-app-key" },
      { "dd-api-key": "an-api-key", "dd-application-key": "an-app-key" },
    ],
    ["a token value as application key", { kind: "keys", appKey: TOKEN_VALUE }, { "dd-application-key": TOKEN_VALUE }],
    ["a bearer token", { kind: "bearer", token: TOKEN_VALUE }, { authorization: `Bearer ${TOKEN_VALUE}` }],
  ])("with %s sends it in its own headers and in no other", async (_, credentials, expected) => {
    const server = await startServer(json(200, tokenAnswer()), answer(204));
    const client = clientFor(server.url, { credentials });
    await client.getToken({ tokenId: TOKEN_ID });
    await client.revokeToken({ tokenId: TOKEN_ID });

    expect(server.received).toHaveLength(2);
    for (const { url, headers } of server.received) {
      const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => CREDENTIAL_HEADERS.includes(name)));
      expect(sent).toEqual(expected);
      expect(url.split("?")[0]).toBe(TOKEN_PATH);
      for (const secret of Object.values(expected)) {
        expect(Object.values(headers).filter((value) => String(value).includes(secret))).toHaveLength(1);
      }
    }
  });

  test("says which program it comes from, in which version, and takes any answer to a DELETE, as Datadog's clients do", async () => {
    const server = await startServer(answer(204), json(200, tokenAnswer()));
    const client = clientFor(server.url);
    await client.revokeToken({ tokenId: TOKEN_ID });
    await client.getToken({ tokenId: TOKEN_ID });
    expect(server.received.map(({ headers }) => headers.accept)).toEqual(["*/*", "application/json"]);
    for (const { headers } of server.received) {
      expect(`${headers["user-agent"]} `.startsWith(`pulumi-datadog-revocation/${version} `)).toBe(true);
    }
  });
});

describe("an error answer", () => {
  const words = "a certain reason";

  test.each<[number, Answer, RegExp]>([
    [400, json(400, { errors: [words] }), /DD_SITE/],
    [403, json(403, { errors: [{ title: "Refused", detail: words }] }), /user_app_keys.*org_app_keys_write.*site/],
    [409, html(409, `<html><title>${words}</title></html>`), /Try again/],
  ])("%s fails at once, with host, status, Datadog's words and what to do", async (status, refusal, todo) => {
    const server = await startServer(refusal, answer(204));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "status", status, answerLost: false });
    expect(error.message).toContain(`DELETE ${TOKEN_PATH} at ${new URL(server.url).host} answered ${status}: `);
    expect(error.message).toContain(words);
    expect(error.message).toMatch(todo);
    expect(server.received).toHaveLength(1);
  });
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("by %s is refused; the keys do not follow it", async (status) => {
    const target = await startServer(answer(204));
    const server = await startServer(answer(status, "", { Location: `${target.url}${TOKEN_PATH}` }));
    const client = clientFor(server.url);
    for (const request of [client.revokeToken({ tokenId: TOKEN_ID }), client.getToken({ tokenId: TOKEN_ID })]) {
      const error = await failureOf(request);
      expect(error).toMatchObject({ kind: "status", status, answerLost: false });
      expect(error.message).toMatch(/Redirects are refused/);
    }
    expect(target.received).toEqual([]);
    expect(server.received).toHaveLength(2);
  });
});

describe("a request that failed", () => {
  test.each<[string, Answer]>([
    ["408", json(408, { errors: ["Request timeout"] })],
    ["429 without a word on when", json(429, { errors: ["Too many requests"] })],
    ["502 with HTML", html(502)],
    ["503 without a body", answer(503)],
    ["a reset connection", reset],
    ["an answer that breaks off", cut(200, '{"data":')],
  ])("with %s is sent again", async (_, failure) => {
    const server = await startServer(failure, failure, json(200, tokenAnswer()));
    expect(await clientFor(server.url).getToken({ tokenId: TOKEN_ID })).toMatchObject({ tokenId: TOKEN_ID });
    expect(server.received).toHaveLength(3);
  });

  test("is not sent again when retries are switched off", async () => {
    const retry = { enabled: false };
    for (const failure of [answer(500), json(429, {}, { "X-RateLimit-Reset": "0" }), reset]) {
      const server = await startServer(failure, answer(204));
      await failureOf(clientFor(server.url, { retry }).revokeToken({ tokenId: TOKEN_ID }));
      expect(server.received).toHaveLength(1);
    }
  });

  test.each([0, 5])("is sent again %s times at most, when maxRetries says so", async (maxRetries) => {
    const server = await startServer(json(500, { errors: ["Broken"] }));
    const retry = { maxRetries, backoffBase: 1, backoffMultiplier: 1 };
    const error = await failureOf(clientFor(server.url, { retry }).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "status", status: 500 });
    expect(error.message).toMatch(/500: "Broken".*status\.datadoghq\.com/);
    expect(server.received).toHaveLength(maxRetries + 1);
  });

  test("is sent again after waits that grow by the multiplier, from half of the base on", async () => {
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

describe("a DELETE", () => {
  const reply = (status: number, answerLost: boolean) => ({ status, answerLost });

  test.each<[string, Answer, Answer, object]>([
    ["was reset, then 404: perhaps this run revoked it", reset, GONE, reply(404, true)],
    ["answered 500, then 404: perhaps this run revoked it", answer(500), GONE, reply(404, true)],
    ["broke off, then 404: perhaps this run revoked it", cut(200, "{"), GONE, reply(404, true)],
    ["answered 503 with a time, then 404", limited({ "Retry-After": "0" }, 503), GONE, reply(404, true)],
    ["was reset, then refused: perhaps this run revoked it", reset, limited({}, 403), reply(403, true)],
    ["was reset, then accepted: it is revoked", reset, answer(204), reply(204, true)],
    ["answered 429, then 404: somebody else revoked it", limited({}), GONE, reply(404, false)],
    ["answered 429 with a time, then 404", limited({ "X-RateLimit-Reset": "0" }), GONE, reply(404, false)],
    ["answered 408, then 404: somebody else revoked it", answer(408), GONE, reply(404, false)],
  ])("that %s", async (_, first, second, expected) => {
    const server = await startServer(first, second);
    const request = clientFor(server.url).revokeToken({ tokenId: TOKEN_ID });
    expect(await request.catch((error: unknown) => error)).toMatchObject(expected);
    const [one, other] = server.received;
    expect(server.received).toMatchObject(DELETE_TWICE);
    expect(other?.headers).toEqual(one?.headers);
  });
});

/** Timers may fire a millisecond early, and headers know whole seconds only. */
const A_SECOND = 990;

describe("an answer that says when to come back", () => {
  // Side by side, as each takes a second or two.
  test("is waited for, and not counted as a retry", async () => {
    const waited = await Promise.all(
      [
        () => limited({ "X-RateLimit-Reset": "1" }),
        // The later of both.
        () => limited({ "X-RateLimit-Reset": "1", "Retry-After": "0" }),
        // A date has whole seconds: two ahead are one to two.
        () => limited({ "Retry-After": new Date(Date.now() + 2_000).toUTCString() }),
        () => limited({ "Retry-After": "1" }, 503),
      ].map(async (refusal) => {
        const server = await startServer((...exchange) => refusal()(...exchange), TOKEN);
        await clientFor(server.url, { retry: { maxRetries: 0 } }).getToken({ tokenId: TOKEN_ID });
        return gaps(server.received);
      }),
    );
    for (const [wait, ...more] of waited) {
      expect(wait).toBeGreaterThanOrEqual(A_SECOND);
      expect(wait).toBeLessThan(5_000);
      expect(more).toEqual([]);
    }
  });

  test("makes every other client of the same run wait too", async () => {
    const rateLimit = new RateLimit();
    const limiting = await startServer(limited({ "X-RateLimit-Reset": "1" }));
    const other = await startServer(TOKEN);
    const client = clientFor(limiting.url, { rateLimit, retry: { enabled: false } });
    await failureOf(client.getToken({ tokenId: TOKEN_ID }));
    await clientFor(other.url, { rateLimit }).getToken({ tokenId: TOKEN_ID });
    expect(gaps([...limiting.received, ...other.received])[0]).toBeGreaterThanOrEqual(A_SECOND);
  });
});

describe("a wait past the deadline", () => {
  const refusal = limited({ "X-RateLimit-Reset": "120" });

  test("fails at once with Datadog's words and how long it is, and so does what comes after, unsent", async () => {
    const server = await startServer(refusal);
    const client = clientFor(server.url);
    const [first, took] = await timed(() => failureOf(client.revokeToken({ tokenId: TOKEN_ID })));
    expect(took).toBeLessThan(QUICK.timeout);
    expect(first).toMatchObject({ kind: "rateLimited", status: 429, answerLost: false });
    expect(first.message).toMatch(/429: "Too many requests".*; not sent again: .* exhausted for another 1(19|20) s$/);
    const next = await failureOf(client.getToken({ tokenId: TOKEN_ID }));
    expect(next).toMatchObject({ kind: "rateLimited", status: 429, answerLost: false });
    expect(next.message).toMatch(/was not sent: Datadog's rate limit is exhausted for another 1(19|20) s\. Try again/);
    expect(server.received).toHaveLength(1);
  });

  test("does not forget that an earlier attempt may have been carried out", async () => {
    const server = await startServer(answer(500), refusal);
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "rateLimited", answerLost: true });
  });
});
