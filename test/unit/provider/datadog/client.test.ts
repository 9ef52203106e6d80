import { isAlive } from "../../../../provider/datadog/answers";
import type { Credentials } from "../../../../provider/datadog/settings";
import { fc } from "../../../support/cases";
import { type Answer, answer, html, json, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, TOKEN_PATH, tokenAnswer } from "./datadogClient";

const { version } = require("../../../../package.json") as { version: string };

const OWNER_ID = "11111111-2222-3333-4444-555555555555";
const TOKEN_VALUE = "ddpat_1vCPtzKGJML79G0rwH3qpw_0123456789abcdefghijklmnopqrstuvwxyz";

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
      expect(url).toBe(TOKEN_PATH);
      for (const secret of Object.values(expected)) {
        expect(Object.values(headers).filter((value) => String(value).includes(secret))).toHaveLength(1);
      }
    }
  });

  test("asks for JSON and says which program it comes from, in which version", async () => {
    const server = await startServer(json(200, tokenAnswer()));
    await clientFor(server.url).getToken({ tokenId: TOKEN_ID });
    expect(server.received[0]?.headers).toMatchObject({
      accept: "application/json",
      "user-agent": expect.stringMatching(`^pulumi-datadog-revocation/${version.replaceAll(".", "\\.")}( |$)`),
    });
  });
});

describe("revoking", () => {
  test("is one DELETE without a body; Datadog's 204 is the revocation", async () => {
    const server = await startServer(answer(204));
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 204, answerLost: false });
    expect(server.received).toMatchObject([{ method: "DELETE", url: TOKEN_PATH }]);
    expect(server.received[0]?.headers).not.toHaveProperty("content-type");
    expect(server.received[0]?.headers["content-length"] ?? "0").toBe("0");
  });

  test.each<[string, Answer]>([
    ["Datadog's words", json(404, { errors: ["Not found"] })],
    ["no body", answer(404)],
  ])("404 with %s: Datadog does not know the token", async (_, notFound) => {
    const server = await startServer(notFound);
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: false });
    expect(server.received).toHaveLength(1);
  });

  test("404 in plain text is a proxy's, and says nothing about the token", async () => {
    const server = await startServer(answer(404, "default backend - 404"));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error.message).toContain('answered 404: "default backend - 404"');
  });

  test("404 with an HTML page is another server's, and says nothing about the token", async () => {
    const server = await startServer(html(404, "\n <!doctype html><title>Page not\nfound</title>"));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "status", status: 404, answerLost: false });
    expect(error.message).toMatch(/404.*HTML page.*"Page not found".*DD_SITE/);
  });

  test.each([200, 201, 202])("%s is no revocation: nobody can say what it did", async (status) => {
    const server = await startServer(json(status, { data: [] }));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ status, answerLost: true });
    expect(error.message).toContain(`answered ${status} instead of 204`);
    expect(server.received).toHaveLength(1);
  });
});

describe("an error answer", () => {
  const TEXTS = (text: string) => ({ errors: [text] });
  const OBJECTS = (text: string) => ({ errors: [{ status: "400", title: "Refused", detail: text, code: "x" }] });

  test.each([
    [400, TEXTS, /DD_SITE/],
    [400, OBJECTS, /DD_SITE/],
    [401, TEXTS, /not accepted.*revoked.*site/],
    [401, OBJECTS, /not accepted.*revoked.*site/],
    [403, TEXTS, /user_app_keys.*org_app_keys_write.*site/],
    [403, OBJECTS, /user_app_keys.*org_app_keys_write.*site/],
    [409, TEXTS, /DD_SITE/],
    [409, OBJECTS, /DD_SITE/],
    [422, OBJECTS, /DD_SITE/],
  ])("%s fails at once, with host, status, Datadog's words and what to do (%#)", async (status, shape, todo) => {
    const server = await startServer(json(status, shape("a certain reason")));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "status", status, answerLost: false });
    expect(error.message).toContain(`${new URL(server.url).host} answered ${status}`);
    expect(error.message).toContain("a certain reason");
    expect(error.message).toContain(TOKEN_ID);
    expect(error.message).toMatch(todo);
    expect(server.received).toHaveLength(1);
  });

  test("with several errors tells all of them", async () => {
    const errors = ["first", { title: "second", detail: "in detail" }, { detail: "third" }, { title: "fourth" }];
    const server = await startServer(json(400, { errors }));
    const { message } = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
    expect(message).toContain('"first; second: in detail; third; fourth"');
  });

  test.each<[string, Answer, RegExp]>([
    ["no body", answer(403), /403: no body\./],
    ["an HTML page", html(403), /403: an HTML page, not the API, titled "Welcome"\./],
    ["an HTML page without a title", html(403, "<html><body>Sorry</body></html>"), /403: an HTML page, not the API\./],
    ["plain text", answer(403, "Forbidden by proxy\n"), /403: "Forbidden by proxy"\./],
    ["JSON of another shape", json(403, { error: { reason: "no" } }), /403: "\{"error":\{"reason":"no"\}\}"\./],
    ["cut JSON", answer(403, '{"errors":["For'), /403: "\{"errors":\["For"\./],
  ])("with %s is told all the same", async (_, refusal, text) => {
    const server = await startServer(refusal);
    expect((await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }))).message).toMatch(text);
  });

  test("of any text makes one printable line of bounded length", async () => {
    const body = fc.oneof(
      fc.string({ unit: "binary", maxLength: 2_000 }),
      fc.json(),
      fc.array(fc.string({ unit: "binary" })).map((errors) => JSON.stringify({ errors })),
      fc.string().map((title) => `<title>${title.repeat(100)}`),
      fc.constantFrom("\u001b[2J\r\n", "<", "null", '{"errors":null}', '{"errors":[]}', '{"errors":[{}]}'),
    );
    let reply = "";
    const server = await startServer((_, response) => response.writeHead(400).end(reply));
    const client = clientFor(server.url);
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        reply = text;
        const error = await failureOf(client.getToken({ tokenId: TOKEN_ID }));
        expect(error.status).toBe(400);
        expect(error.message).toContain("answered 400: ");
        expect(error.message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(error.message.length).toBeLessThan(700);
      }),
    );
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

describe("looking a token up", () => {
  test("is one GET, and unknown fields do no harm", async () => {
    const described = tokenAnswer({ brand_new: { nested: true } });
    const server = await startServer(json(200, { ...described, meta: { more: 1 }, included: [] }));
    const token = await clientFor(server.url).getToken({ tokenId: TOKEN_ID });
    expect(server.received).toMatchObject([{ method: "GET", url: TOKEN_PATH }]);
    expect(token).toMatchObject({
      id: TOKEN_ID,
      attributes: { name: "ci-deploy", scopes: ["dashboards_read"], last_used_at: null },
      relationships: { owned_by: { data: { id: OWNER_ID, type: "users" } } },
    });
  });

  test("takes an answer without what Datadog may leave out", async () => {
    const { public_portion, scopes, expires_at, last_used_at, ...attributes } = tokenAnswer().data.attributes as Record<
      string,
      unknown
    >;
    const server = await startServer(json(200, { data: { ...tokenAnswer().data, attributes } }));
    expect((await clientFor(server.url).getToken({ tokenId: TOKEN_ID }))?.attributes).toEqual(attributes);
  });

  test("takes an id in capitals for the same token", async () => {
    const server = await startServer(json(200, tokenAnswer({}, TOKEN_ID.toUpperCase())));
    expect(await clientFor(server.url).getToken({ tokenId: TOKEN_ID })).toBeDefined();
  });

  test.each<[string, Answer, boolean]>([
    ["404", json(404, { errors: [{ title: "Not Found" }] }), false],
    ["a token that somebody revoked", json(200, tokenAnswer({ revoker_uuid: OWNER_ID })), false],
    ["a token that nobody revoked", json(200, tokenAnswer({ revoker_uuid: null })), true],
  ])("%s tells whether it is alive", async (_, said, alive) => {
    const server = await startServer(said);
    expect(isAlive(await clientFor(server.url).getToken({ tokenId: TOKEN_ID }))).toBe(alive);
  });

  test("a user without a handle or an address has none", async () => {
    const attributes = { handle: null, email: null };
    const server = await startServer(json(200, { data: { type: "users", id: OWNER_ID, attributes } }));
    expect(await clientFor(server.url).getUserHandle(OWNER_ID, 5_000)).toBeUndefined();
  });

  test("an answer about another token is not used", async () => {
    const server = await startServer(
      json(200, tokenAnswer({ name: "somebody else's" }, "99999999-9d47-4a6b-8e05-7c1d2f3a4b5c")),
    );
    const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
    expect(error.kind).toBe("malformed");
    expect(error.message).toMatch(/another token/);
    expect(error.message).not.toContain("somebody");
  });

  test("404 with an HTML page does not mean that it is gone", async () => {
    const server = await startServer(html(404));
    expect(await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }))).toMatchObject({
      kind: "status",
      status: 404,
    });
  });

  test.each<[string, Answer, RegExp]>([
    ["no JSON", answer(200, "ok"), /200 with "ok"/],
    ["cut JSON", answer(200, '{"data":{"type":"personal_acc'), /200 with "\{"data/],
    ["nothing", answer(200), /200 with no body/],
    ["an HTML page", html(200), /200 with an HTML page, not the API/],
    ["null", answer(200, "null"), /200 with "null"/],
    ["a list", json(200, [tokenAnswer()]), /200 with .*field data/],
    ["no data", json(200, {}), /field data is/],
    ["a list of tokens", json(200, { data: [tokenAnswer().data] }), /field data\./],
    ["a name that is a number", json(200, tokenAnswer({ name: 7 })), /field data\.attributes\.name /],
    ["scopes that are a text", json(200, tokenAnswer({ scopes: "all" })), /field data\.attributes\.scopes /],
    ["a scope that is null", json(200, tokenAnswer({ scopes: [null] })), /field data\.attributes\.scopes\.0 /],
    ["a creation time that is none", json(200, tokenAnswer({ created_at: "yesterday" })), /attributes\.created_at /],
    ["an end that is a number", json(200, tokenAnswer({ expires_at: 1790000000 })), /attributes\.expires_at /],
    ["a revoker that is a boolean", json(200, tokenAnswer({ revoker_uuid: false })), /attributes\.revoker_uuid /],
    ["no owner", json(200, { data: { ...tokenAnswer().data, relationships: {} } }), /relationships\.owned_by /],
    ["no content (204)", answer(204), /204 with no body/],
  ])("%s instead of a token is an error that names what is wrong, and is not asked again", async (_, wrong, text) => {
    const server = await startServer(wrong);
    const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
    expect(error.kind).toBe("malformed");
    expect(error.message).toMatch(text);
    expect(error.message).toContain(`GET ${TOKEN_PATH}`);
    expect(server.received).toHaveLength(1);
  });

  test("any JSON at all is either the token, its absence, or an error in words", async () => {
    let reply = "";
    const server = await startServer((_, response) => response.writeHead(200).end(reply));
    const client = clientFor(server.url);
    const part = fc.jsonValue();
    const body = fc.oneof(
      part,
      fc.record({ data: part }),
      part.map((attributes) => ({ data: { ...tokenAnswer().data, attributes } })),
      fc
        .tuple(fc.constantFrom("name", "scopes", "created_at", "expires_at", "last_used_at", "revoker_uuid"), part)
        .map(([name, value]) => tokenAnswer({ [name]: value })),
    );
    await fc.assert(
      fc.asyncProperty(body, async (body) => {
        reply = JSON.stringify(body);
        const token = await client.getToken({ tokenId: TOKEN_ID }).catch((error) => {
          expect(error).toMatchObject({ name: "DatadogError", kind: "malformed", status: 200 });
        });
        if (token) expect(token.id).toBe(TOKEN_ID);
      }),
    );
  });
});

describe("an owner's handle", () => {
  const user = (attributes: object) => json(200, { data: { type: "users", id: OWNER_ID, attributes } });

  test.each<[string, object, string | undefined]>([
    ["the handle", { handle: "ada@example.com", email: "other@example.com" }, "ada@example.com"],
    ["the e-mail address where there is no handle", { email: "ada@example.com" }, "ada@example.com"],
    ["nothing where Datadog names neither", { name: "Ada" }, undefined],
  ])("is %s", async (_, attributes, handle) => {
    const server = await startServer(user(attributes));
    expect(await clientFor(server.url).getUserHandle(OWNER_ID, 2_000)).toBe(handle);
    expect(server.received).toMatchObject([{ method: "GET", url: `/api/v2/users/${OWNER_ID}` }]);
  });

  test("cannot lead the request to another path", async () => {
    const server = await startServer(json(404, { errors: ["Not found"] }));
    await failureOf(clientFor(server.url).getUserHandle("../../v1/validate?x=#", 2_000));
    expect(server.received.map(({ url }) => url)).toEqual(["/api/v2/users/..%2F..%2Fv1%2Fvalidate%3Fx%3D%23"]);
  });

  test("404 to the question is an error", async () => {
    const server = await startServer(json(404, { errors: ["User not found"] }));
    const error = await failureOf(clientFor(server.url).getUserHandle(OWNER_ID, 2_000));
    expect(error).toMatchObject({ kind: "status", status: 404 });
    expect(error.message).toContain("User not found");
  });
});
