import { inspect } from "node:util";
import { redactParts, redactWhole } from "../../../../provider/datadog/redactSecrets";
import type { Credentials } from "../../../../provider/datadog/settings";
import { fc } from "../../../support/cases";
import { type Answer, answer, closedAddress, html, json, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, tokenAnswer } from "./datadogClient";

const API_KEY = "d41d8cd98f00b204e9800998ecf8427e";
const APP_KEY = "9a0364b9e99bb480dd25e1f0284c8555da39a3ee";
/** As OAuth has them: with characters that JSON, URLs and HTML write otherwise. */
const BEARER = "eyJhbGciOi/JIUzI1NiIs+InR5cCI6Ik=pXVCJ9.dBjftJeZ4CVP~mB92K27uhbUJU1p1r";
const SECRET = "q7Hs02LpXv94TbNeY6kRw8ZmC3dJfUgA5oi1";
const VALUE = `ddpat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;
const OTHER_SECRET = "zyxwvutsrqponmlkjihgfedcba9876543210";
const OTHER_VALUE = `ddsat_0000000000000000000010_${OTHER_SECRET}`;

const CREDENTIALS: [string, Credentials, string[]][] = [
  ["a key pair", { kind: "keys", apiKey: API_KEY, appKey: APP_KEY }, [API_KEY, APP_KEY]],
  ["a token value as application key", { kind: "keys", apiKey: API_KEY, appKey: VALUE }, [API_KEY, SECRET]],
  ["an OAuth token", { kind: "bearer", token: BEARER }, [BEARER]],
];

/** Whatever a program or a crash may do to show something. */
function shown(thing: object): string {
  return [
    inspect(thing, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
    JSON.stringify(thing),
    JSON.stringify(thing, Object.getOwnPropertyNames(thing)),
    String(thing),
    inspect(structuredClone(thing), { depth: Number.POSITIVE_INFINITY, showHidden: true }),
  ].join("\n");
}

/** Any eight characters of a secret are too many. */
function expectNothingOf(secrets: readonly string[], text: string): void {
  for (const secret of secrets) {
    for (let start = 0; start + 8 <= secret.length; start++) {
      expect(text).not.toContain(secret.slice(start, start + 8));
    }
  }
}

/** Servers that repeat a part of what was sent, or all of it, as it is or written otherwise. */
const ECHOES: [string, (sent: string) => Answer][] = [
  ["as a text", (sent) => json(403, { errors: [`no access with ${sent} to ${OTHER_VALUE}`] })],
  ["as an object", (sent) => json(401, { errors: [{ title: `Bad key ${sent}`, detail: `for ${OTHER_VALUE}` }] })],
  ["in plain text", (sent) => answer(409, `Authorization: Bearer ${sent}\r\nDD-API-KEY: ${sent} ${OTHER_VALUE}`)],
  ["in a refusal to be asked again", (sent) => json(429, { errors: [sent] }, { "Retry-After": "300" })],
  ["in a redirect", (sent) => answer(302, sent, { Location: `https://example.com/?key=${encodeURIComponent(sent)}` })],
  ["cut in its middle", (sent) => answer(403, `denied: ${sent.slice(0, sent.length - 9)}`)],
  ["without its beginning", (sent) => answer(400, `…${sent.slice(5)} is not a key`)],
  ["wrapped", (sent) => answer(431, sent.match(/.{1,21}/g)?.join("\r\n "))],
  ["with its ends alone", (sent) => answer(401, `${sent.slice(0, 12)}…${sent.slice(-10)}`)],
  ["as a URL has it", (sent) => answer(400, `GET /login?next=${encodeURIComponent(sent)}`)],
  ["as other JSON has it", (sent) => answer(403, JSON.stringify({ key: sent }).replaceAll("/", "\\/"))],
  ["as HTML has it", (sent) => html(400, `<title>${sent.replace(/[+/=]/g, (c) => `&#${c.charCodeAt(0)};`)}</title>`)],
  ["in a page's title, cut", (sent) => html(502, `<html><title>Bad gateway: ${sent.slice(0, 20)}</title>`)],
  ["behind a long text", (sent) => answer(403, `${"x".repeat(285)} ${sent}`)],
  ["in JSON that breaks off", (sent) => answer(403, `{"errors":["no access with ${sent.slice(0, 25)}`)],
  ["in an answer that is none", (sent) => answer(200, `you sent ${sent.slice(0, 30)}`)],
];

describe.each(CREDENTIALS)("with %s", (_, credentials, secrets) => {
  const [, ...sent] = Object.values(credentials) as string[];

  test.each(ECHOES)("a server that repeats it %s gets no part of it into an error", async (_, echo) => {
    for (const one of sent) {
      const server = await startServer(echo(one));
      const error = await failureOf(
        clientFor(server.url, { credentials, retry: { maxRetries: 0 } }).getToken({ tokenId: TOKEN_ID }),
      );
      expect(error.message).toContain("[redacted]");
      expect(error.message).toContain(TOKEN_ID);
      expectNothingOf([...secrets, OTHER_SECRET], shown(error));
      expect(error.cause).toBeUndefined();
    }
  });

  test("a client that was used, what it read, and an error without an answer show none of it", async () => {
    const server = await startServer(json(200, tokenAnswer({ name: `made with ${sent}` })));
    const client = clientFor(server.url, { credentials });
    expectNothingOf(secrets, shown({ token: await client.getToken({ tokenId: TOKEN_ID }) }));
    expectNothingOf(secrets, shown(client));
    const away = clientFor(await closedAddress(), { credentials, retry: { maxRetries: 0 } });
    expectNothingOf(secrets, shown(await failureOf(away.listTokens(5_000))));
  });
});

test("whole secrets are taken out wherever they stand, the longest first", () => {
  const redact = redactWhole(["key", "key-and-more", "other"]);
  expect(redact("key-and-more, key, other and key-and")).toBe("[redacted], [redacted], [redacted] and [redacted]-and");
});

test("keys that are too short to be secrets take nothing out of ids, names and errors", async () => {
  const credentials: Credentials = { kind: "keys", apiKey: "a", appKey: "0000-0000" };
  const server = await startServer(
    json(200, tokenAnswer({ name: "a plain name" })),
    json(403, { errors: ["a refusal"] }),
  );
  const client = clientFor(server.url, { credentials });
  expect(await client.getToken({ tokenId: TOKEN_ID })).toMatchObject({
    tokenId: TOKEN_ID,
    name: "a plain name",
  });
  expect((await failureOf(client.getToken({ tokenId: TOKEN_ID }))).message).toContain('"a refusal"');
});

test("of any text with parts of secrets in it, nothing is left that tells, and nothing else is taken", () => {
  const secrets = [API_KEY, APP_KEY, BEARER];
  const redact = redactParts(secrets);
  const part = fc
    .tuple(fc.constantFrom(...secrets), fc.nat(24), fc.integer({ min: 8, max: 80 }))
    .map(([secret, start, length]) => secret.slice(start, start + length));
  const around = fc.stringMatching(/^[ -,:-@[-`é日]{0,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(around, part), { maxLength: 6 }), around, (pieces, end) => {
      const redacted = redact(pieces.flat().join("") + end);
      expectNothingOf(secrets, redacted);
      for (const [text] of pieces) expect(redacted).toContain(text);
      expect(redact(end)).toBe(end);
    }),
    { numRuns: 50 },
  );
});

test("an answer of megabytes takes no longer to be told of than a short one", async () => {
  const server = await startServer(answer(403, `${API_KEY} `.repeat(200_000)));
  const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
  expect(error.message).toMatch(/answered 403: "(\[redacted\] ){20,}[^ ]*…"/);
  expect(error.message.length).toBeLessThan(700);
});
