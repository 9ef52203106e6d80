import { inspect } from "node:util";
import { redactParts } from "../../../../provider/datadog/redactSecrets";
import type { Credentials } from "../../../../provider/datadog/settings";
import { plainLine } from "../../../../provider/text/plainLine";
import { holdsTokenValue, redactTokenValues } from "../../../../provider/tokens/redact";
import { fc } from "../../../support/cases";
import { type Answer, answer, closedAddress, html, json, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, tokenAnswer } from "./datadogClient";

const API_KEY = "d41d8cd98f00b204e9800998ecf8427e";
const APP_KEY = "9a0364b9e99bb480dd25e1f0284c8555da39a3ee";
/** As OAuth has them: with characters that JSON, URLs and HTML write otherwise. */
const BEARER = "eyJhbGciOi/JIUzI1NiIs+InR5cCI6Ik=pXVCJ9.dBjftJeZ4CVP~mB92K27uhbUJU1p1r";
const SECRET = "q7Hs02LpXv94TbNeY6kRw8ZmC3dJfUgA5oi1";
const VALUE = `ddpat_1vCPtzKGJML79G0rwH3qpw_${SECRET}`;

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

/** Servers that repeat a part of what was sent, or all of it, written otherwise. */
const ECHOES: [string, (sent: string) => Answer][] = [
  ["cut in its middle", (sent) => answer(403, `denied: ${sent.slice(0, sent.length - 9)}`)],
  ["without its beginning", (sent) => answer(400, `…${sent.slice(5)} is not a key`)],
  ["wrapped", (sent) => answer(431, sent.match(/.{1,21}/g)?.join("\r\n "))],
  ["with its ends alone", (sent) => answer(401, `${sent.slice(0, 12)}…${sent.slice(-10)}`)],
  ["as a URL has it", (sent) => answer(400, `GET /login?next=${encodeURIComponent(sent)}`)],
  [
    "as JSON of another shape has it",
    (sent) => answer(403, JSON.stringify({ request: { key: sent } }).replaceAll("/", "\\/")),
  ],
  [
    "as HTML has it",
    (sent) => html(400, `<html><title>${sent.replace(/[+/=]/g, (c) => `&#${c.charCodeAt(0)};`)}</title>`),
  ],
  ["in a page's title, cut", (sent) => html(502, `<html><title>Bad gateway: ${sent.slice(0, 20)}</title>`)],
  ["behind a long text", (sent) => answer(403, `${"x".repeat(285)} ${sent}`)],
  ["in JSON that breaks off", (sent) => answer(403, `{"errors":["no access with ${sent.slice(0, 25)}`)],
  ["in an answer that is none", (sent) => answer(200, `you sent ${sent.slice(0, 30)}`)],
];

describe.each(CREDENTIALS)("a server that repeats %s", (_, credentials, secrets) => {
  const [, ...sent] = Object.values(credentials) as string[];

  test.each(ECHOES)("%s: no error shows a part of it", async (_, echo) => {
    for (const one of sent) {
      const server = await startServer(echo(one));
      const client = clientFor(server.url, { credentials, retry: { maxRetries: 0 } });
      for (const request of [() => client.getToken({ tokenId: TOKEN_ID }), () => client.getActor(5_000)]) {
        const error = await failureOf(request());
        expect(error.message).toContain("[redacted]");
        expectNothingOf(secrets, shown(error));
        expect(error.cause).toBeUndefined();
      }
    }
  });

  test("neither does a client that was used, nor what it read, nor an error without an answer", async () => {
    const server = await startServer(json(200, tokenAnswer({ name: `made with ${sent}` })));
    const client = clientFor(server.url, { credentials });
    expectNothingOf(secrets, shown({ token: await client.getToken({ tokenId: TOKEN_ID }) }));
    expectNothingOf(secrets, shown(client));
    const away = clientFor(await closedAddress(), { credentials, retry: { maxRetries: 0 } });
    expectNothingOf(secrets, shown(await failureOf(away.listTokens(5_000))));
  });
});

test("of any text with parts of secrets in it, nothing is left that tells, and nothing else is taken", () => {
  const secrets = [API_KEY, APP_KEY, BEARER];
  const conceal = redactParts(secrets);
  const part = fc
    .tuple(fc.constantFrom(...secrets), fc.nat(24), fc.integer({ min: 8, max: 80 }))
    .map(([secret, start, length]) => secret.slice(start, start + length));
  const around = fc.stringMatching(/^[ -,:-@[-`é日]{0,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(around, part), { maxLength: 6 }), around, (pieces, end) => {
      const concealed = conceal(pieces.flat().join("") + end);
      expectNothingOf(secrets, concealed);
      for (const [text] of pieces) expect(concealed).toContain(text);
      expect(conceal(end)).toBe(end);
    }),
  );
});

test.each([
  ["Markdown", VALUE.replaceAll("_", "\\_")],
  ["JSON", VALUE.replaceAll("_", "\\u005f")],
  ["JSON in JSON, a letter", VALUE.replace("q7", "\\\\u0071\\\\u0037")],
  ["a URL", VALUE.replaceAll("_", "%5F")],
  ["a URL in a URL", VALUE.replaceAll("_", "%255f")],
  ["HTML", VALUE.replaceAll("_", "&#95;")],
  ["a coloured line", VALUE.replace("_q7H", "_q7\u001b[1mH")],
])("a token value as %s writes it is no free text, and is shown without its secret", async (_, written) => {
  expect(holdsTokenValue(`leaked: ${written}.`)).toBe(true);
  const shown = redactTokenValues(`${written} leaked, ${VALUE} and ${written}.`);
  expect(shown).toMatch(
    /1vCPtzKGJML79G0rwH3qpw\S*_\[redacted\] leaked, ddpat_\w+_\[redacted\] and \S+_\[redacted\]\.$/,
  );
  expectNothingOf([SECRET], shown);
  expectNothingOf([SECRET], plainLine(`${written} leaked`));

  const server = await startServer(
    json(200, tokenAnswer({ name: `for ${written}` })),
    answer(403, `{"it": "${written}"}`),
  );
  const client = clientFor(server.url);
  expectNothingOf([SECRET], JSON.stringify(await client.getToken({ tokenId: TOKEN_ID })));
  expectNothingOf([SECRET], (await failureOf(client.getToken({ tokenId: TOKEN_ID }))).message);
});

test("an answer of megabytes takes no longer to be told of than a short one", async () => {
  const server = await startServer(answer(403, `${API_KEY} `.repeat(200_000)));
  const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
  expect(error.message).toMatch(/answered 403: "(\[redacted\] ){20,}[^ ]*…"/);
  expect(error.message.length).toBeLessThan(600);
});
