import { inspect } from "node:util";
import type { Credentials } from "../../../../provider/datadog/settings";
import { fc } from "../../../support/cases";
import { answer, closedAddress, html, json, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID } from "./datadogClient";

const API_KEY = "d41d8cd98f00b204e9800998ecf8427e";
const APP_KEY = "9a0364b9e99bb480dd25e1f0284c8555da39a3ee";
const SECRET = "0123456789abcdefghijklmnopqrstuvwxyz";
const TOKEN_VALUE = `ddpat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;
const OTHER_SECRET = "zyxwvutsrqponmlkjihgfedcba9876543210";
const OTHER_VALUE = `ddsat_0000000000000000000010_${OTHER_SECRET}`;

/** Every way in which an error gets printed. */
function printed(error: Error): string {
  return [
    error.message,
    error.stack,
    String(error),
    inspect(error, { depth: null, showHidden: true }),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
  ].join("\n");
}

/** Any eight characters of a secret are too many. */
function expectNothingOf(secret: string, text: string): void {
  for (let start = 0; start + 8 <= secret.length; start++) {
    expect(text).not.toContain(secret.slice(start, start + 8));
  }
}

const CREDENTIALS: [string, Credentials, string[]][] = [
  ["a key pair", { kind: "keys", apiKey: API_KEY, appKey: APP_KEY }, [API_KEY, APP_KEY]],
  ["a token value as application key", { kind: "keys", appKey: TOKEN_VALUE }, [SECRET]],
  ["a bearer token", { kind: "bearer", token: TOKEN_VALUE }, [SECRET]],
  ["a bearer token that is no token value", { kind: "bearer", token: APP_KEY }, [APP_KEY]],
];

describe.each(CREDENTIALS)("a server that echoes %s", (_, credentials, secrets) => {
  const sent = Object.values(credentials).slice(1).join(" ");

  test.each([
    ["as a text", json(403, { errors: [`no access with ${sent} to ${OTHER_VALUE}`] })],
    ["as an object", json(401, { errors: [{ title: `Bad key ${sent}`, detail: `for ${OTHER_VALUE}` }] })],
    ["in a page's title", html(400, `<html><title>Bad ${sent} ${OTHER_VALUE}</title>${sent}</html>`)],
    ["in plain text", answer(409, `Authorization: Bearer ${sent}\r\nDD-API-KEY: ${sent} ${OTHER_VALUE}`)],
    ["in JSON of another shape", json(400, { request: { headers: { "DD-API-KEY": sent } }, token: OTHER_VALUE })],
    ["in an answer that is no token", answer(200, `you sent ${sent} for ${OTHER_VALUE}`)],
    ["in a retried answer", json(500, { errors: [`trace: ${sent} ${OTHER_VALUE}`] })],
    ["in a refusal to be asked again", json(429, { errors: [sent, OTHER_VALUE] }, { "Retry-After": "300" })],
    ["in a redirect", answer(302, sent, { Location: `https://example.com/?api_key=${encodeURIComponent(sent)}` })],
  ])("%s: no error shows it", async (_, echo) => {
    const server = await startServer(echo);
    const client = clientFor(server.url, { credentials, retry: { maxRetries: 1, backoffBase: 1 } });
    const text = printed(await failureOf(client.getToken({ tokenId: TOKEN_ID })));
    expect(text).toContain(TOKEN_ID);
    for (const secret of [...secrets, OTHER_SECRET]) expectNothingOf(secret, text);
  });
});

test("a credential is taken out before a long answer is cut, wherever the cut falls", async () => {
  let reply = "";
  const server = await startServer((_, response) => response.writeHead(403).end(reply));
  const client = clientFor(server.url, { credentials: { kind: "keys", apiKey: API_KEY, appKey: APP_KEY } });
  const around = fc.string({ unit: fc.constantFrom("a", " ", "\n", "é"), minLength: 200, maxLength: 320 });
  await fc.assert(
    fc.asyncProperty(around, fc.constantFrom(API_KEY, APP_KEY, OTHER_VALUE), around, async (before, secret, after) => {
      reply = before + secret + after;
      const text = printed(await failureOf(client.getToken({ tokenId: TOKEN_ID })));
      expectNothingOf(secret.slice(-32), text);
    }),
  );
});

test("a key that holds the other one leaves nothing behind", async () => {
  const longer = `${API_KEY}ffffffffffffffff`;
  const server = await startServer(json(403, { errors: [`keys ${longer} and ${API_KEY}`] }));
  const client = clientFor(server.url, { credentials: { kind: "keys", apiKey: API_KEY, appKey: longer } });
  expectNothingOf(longer, printed(await failureOf(client.getToken({ tokenId: TOKEN_ID }))));
});

test.each(CREDENTIALS)("without an answer, no error shows %s", async (_, credentials, secrets) => {
  const client = clientFor(await closedAddress(), { credentials, retry: { maxRetries: 0 } });
  const text = printed(await failureOf(client.revokeToken({ tokenId: TOKEN_ID })));
  expect(text).toContain("ECONNREFUSED");
  for (const secret of secrets) expectNothingOf(secret, text);
});

test.each(CREDENTIALS)("a client that is printed does not show %s", (_, credentials, secrets) => {
  const client = clientFor("https://api.datadoghq.eu", { credentials });
  const text = inspect(client, { depth: null, showHidden: true }) + JSON.stringify(client);
  expect(text).toContain("api.datadoghq.eu");
  for (const secret of secrets) expectNothingOf(secret, text);
});
