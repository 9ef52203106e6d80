import { isAlive } from "../../../../provider/datadog/token";
import { type Answer, answer, html, json, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, TOKEN_PATH, tokenAnswer } from "./datadogClient";

const OWNER_ID = "11111111-2222-3333-4444-555555555555";
const ORGANIZATION = "aaaaaaaa-0000-4000-8000-000000000000";
const WITHIN = 5_000;

describe("revoking", () => {
  test("is one DELETE without a body; Datadog's 204 is the revocation", async () => {
    const server = await startServer(answer(204));
    expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 204, answerLost: false });
    expect(server.received).toMatchObject([{ method: "DELETE", url: TOKEN_PATH }]);
    expect(server.received[0]?.headers).not.toHaveProperty("content-type");
    expect(server.received[0]?.headers["content-length"] ?? "0").toBe("0");
  });

  test.each<[string, unknown]>([
    ["a text", { errors: ["Not found"] }],
    ["several texts", { errors: ["", "Not found"] }],
    ["a title", { errors: [{ title: "Not Found" }] }],
    ["a detail, and null for the rest", { errors: [{ status: null, title: null, detail: "no token", code: null }] }],
    ["a title, beside what is unknown", { errors: [{ title: "Not Found", meta: { more: 1 } }], trace: "x" }],
  ])("404 in the words of Datadog's API, %s: Datadog does not know the token", async (_, body) => {
    const server = await startServer(json(404, body));
    const client = clientFor(server.url);
    expect(await client.revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: false });
    expect(await client.getToken({ tokenId: TOKEN_ID })).toBeUndefined();
    expect(server.received).toHaveLength(2);
  });

  test.each<[string, string]>([
    ["", "no body"],
    [" \n", "no body"],
    ['{"message":"Not Found"}', '"{"message":"Not Found"}"'],
    ['{"error":"x"}', '"{"error":"x"}"'],
    ['{"error":{"code":404,"message":"No such route"}}', '"404: No such route"'],
    ['{"errors":[]}', '"{"errors":[]}"'],
    ['{"errors":{}}', '"{"errors":{}}"'],
    ['{"errors":"Not found"}', '"{"errors":"Not found"}"'],
    ['{"errors":[""]}', '"{"errors":[""]}"'],
    ['{"errors":[{"foo":1}]}', '"{"errors":[{"foo":1}]}"'],
    ['{"errors":[{"status":"404"}]}', '"404"'],
    // As registries and gateways have it.
    ['{"errors":[{"code":"NOT_FOUND","message":"no such route"}]}', '"NOT_FOUND"'],
    ['{"errors":[{"title":" "}]}', '"{"errors":[{"title":" "}]}"'],
    ['{"errors":[null]}', '"{"errors":[null]}"'],
    ['{"fault":{"faultstring":"no route"}}', '"{"fault":{"faultstring":"no route"}}"'],
    ["[]", '"[]"'],
    ["null", '"null"'],
    ["default backend - 404", '"default backend - 404"'],
    ["\n <!doctype html><title>Not\nfound</title>", 'an HTML page, not the API, titled "Not found"'],
  ])("404 with %j says nothing about the token, to a DELETE and to a GET", async (body, said) => {
    const server = await startServer(answer(404, body));
    const client = clientFor(server.url, { retry: { backoffBase: 60_000 } });
    for (const request of [client.revokeToken({ tokenId: TOKEN_ID }), client.getToken({ tokenId: TOKEN_ID })]) {
      const error = await failureOf(request);
      expect(error).toMatchObject({ kind: "status", status: 404, answerLost: false });
      expect(error.message).toContain(
        `${TOKEN_PATH} at ${new URL(server.url).host} answered 404, but not in the words of Datadog's API: ${said}. ` +
          "A gateway, a proxy or another server answered: check that DD_SITE (like datadoghq.eu), DD_HOST or datadog:apiUrl " +
          "(like https://api.datadoghq.eu) names Datadog's API",
      );
    }
  });

  test.each([200, 201, 202])("%s is no revocation: nobody can say what it did", async (status) => {
    const server = await startServer(json(status, { data: [] }));
    const error = await failureOf(clientFor(server.url).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "malformed", status, answerLost: true });
    expect(error.message).toMatch(new RegExp(`^DELETE ${TOKEN_PATH} at .* answered ${status} instead of 204`));
    expect(server.received).toHaveLength(1);
  });
});

describe("looking a token up", () => {
  test("is one GET, and unknown fields do no harm", async () => {
    const described = tokenAnswer({ brand_new: { nested: true } });
    const server = await startServer(json(200, { ...described, meta: { more: 1 }, included: [] }));
    const token = await clientFor(server.url).getToken({ tokenId: TOKEN_ID });
    expect(server.received).toMatchObject([{ method: "GET", url: `${TOKEN_PATH}?include=leak_information` }]);
    expect(token).toMatchObject({
      ...{ tokenId: TOKEN_ID, kind: "personal", name: "ci-deploy", owner: { id: OWNER_ID, type: "users" } },
      ...{ scopes: ["dashboards_read"], lastUsedAt: null, isRevoked: false, unclear: [] },
    });
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

  test("an answer about another token is not used", async () => {
    const other = tokenAnswer({ name: "somebody else's" }, "99999999-9d47-4a6b-8e05-7c1d2f3a4b5c");
    const server = await startServer(json(200, other));
    const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "malformed", answerLost: false });
    expect(error.message).toMatch(new RegExp(`^GET ${TOKEN_PATH} at .*another token`));
    expect(error.message).not.toContain("somebody");
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
    ["no token id", json(200, { data: { ...tokenAnswer().data, id: null } }), /field data\.id /],
    ["no content (204)", answer(204), /204 with no body/],
  ])("%s instead of a token is an error that names what is wrong, and is not asked again", async (_, wrong, text) => {
    const server = await startServer(wrong);
    const error = await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }));
    expect(error.kind).toBe("malformed");
    expect(error.message).toMatch(text);
    expect(error.message).toContain(`GET ${TOKEN_PATH}`);
    expect(server.received).toHaveLength(1);
  });
});

describe("what an owner is called", () => {
  const user = (attributes: object) => json(200, { data: { type: "users", id: OWNER_ID, attributes } });

  test.each<[string, object, object]>([
    ["the handle", { handle: "ada@example.com", email: "other@x.com", name: "Ada" }, { handle: "ada@example.com" }],
    ["the e-mail address where there is no handle", { email: "ada@example.com" }, { handle: "ada@example.com" }],
    ["the name where there is no address", { handle: null, email: "", name: "Ada" }, { name: "Ada" }],
    ["nothing where Datadog names nothing", { handle: null, email: null }, {}],
    [
      "a service account's name, and its address instead of its id",
      { handle: OWNER_ID.toUpperCase(), email: "bot@x.com", name: "bot", service_account: true },
      { handle: "bot@x.com", name: "bot" },
    ],
    [
      "its name where its handle is an address",
      { handle: "b@x.com", name: "bot", service_account: true },
      { handle: "b@x.com", name: "bot" },
    ],
    [
      "what else is there where one is odd",
      { handle: 7, email: "ada@example.com", name: [] },
      { handle: "ada@example.com" },
    ],
  ])("is %s", async (_, attributes, account) => {
    const server = await startServer(user(attributes));
    expect(await clientFor(server.url).getUser(OWNER_ID, 2_000)).toEqual(account);
    expect(server.received).toMatchObject([{ method: "GET", url: `/api/v2/users/${OWNER_ID}` }]);
  });

  test("cannot lead the request to another path", async () => {
    const server = await startServer(json(404, { errors: ["Not found"] }));
    await failureOf(clientFor(server.url).getUser("../../v1/validate?x=#", 2_000));
    expect(server.received.map(({ url }) => url)).toEqual(["/api/v2/users/..%2F..%2Fv1%2Fvalidate%3Fx%3D%23"]);
  });
});

describe("whom the credentials belong to", () => {
  const user = (attributes: object, included?: unknown) => ({
    data: {
      type: "users",
      id: "a-user",
      attributes,
      relationships: { org: { data: { type: "orgs", id: ORGANIZATION } } },
    },
    ...(included !== undefined && { included }),
  });
  const organization = (name: unknown, id = ORGANIZATION, type = "orgs") => ({ type, id, attributes: { name } });

  test.each<[object, object]>([
    [user({ handle: "ada", email: "ada@example.com" }), { handle: "ada" }],
    [user({ handle: null, email: "ada@example.com" }), { handle: "ada@example.com" }],
    [user({}), { handle: "" }],
    [user({}, [organization("Acme")]), { handle: "", organizationName: "Acme" }],
    [
      user({}, [organization("A role", ORGANIZATION, "roles"), organization("Other", "b"), organization("Acme")]),
      { handle: "", organizationName: "Acme" },
    ],
    [user({}, [{ type: "orgs", id: ORGANIZATION }]), { handle: "" }],
    [user({}, [organization(null)]), { handle: "" }],
    [user({}, []), { handle: "" }],
  ])("of %j is %j", async (body, expected) => {
    const server = await startServer(json(200, body));
    const { actor } = await clientFor(server.url).getCurrentUser(WITHIN);
    expect(actor).toEqual({ id: "a-user", organizationId: ORGANIZATION, ...expected });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /api/v2/current_user"]);
  });
});

describe("what the credentials' owner may do", () => {
  const permission = (id: string, name: unknown) => ({ type: "permissions", id, attributes: { name } });
  const role = (...ids: string[]) => ({
    type: "roles",
    id: "r",
    relationships: { permissions: { data: ids.map((id) => ({ type: "permissions", id })) } },
  });

  test.each<[string, unknown, string[] | undefined]>([
    ["all that its roles hold", [role("1", "2"), permission("1", "a"), permission("2", "b")], ["a", "b"]],
    ["what stands there without a role", [permission("1", "a")], ["a"]],
    ["unknown where one has no name", [permission("1", "a"), permission("2", null)], undefined],
    ["unknown where one that a role holds is missing", [role("1", "2"), permission("1", "a")], undefined],
    ["unknown where nothing is listed", [null, 7], undefined],
    ["unknown where the list is none", "all", undefined],
  ])("is %s", async (_, included, expected) => {
    const data = { type: "users", id: "u", relationships: { org: { data: { type: "orgs", id: ORGANIZATION } } } };
    const server = await startServer(json(200, { data, included }));
    const { permissions } = await clientFor(server.url).getCurrentUser(WITHIN);
    expect(permissions && [...permissions]).toEqual(expected);
  });
});

test("a site that refuses to be asked about leaks is asked without, from then on", async () => {
  const asked: string[] = [];
  const server = await startServer((request, response) => {
    asked.push(request.url ?? "");
    const refused = json(400, { errors: ["Invalid query parameter include"] });
    const said = json(200, { ...tokenAnswer(), meta: {} });
    (request.url?.includes("include=") ? refused : said)(request, response);
  });
  const client = clientFor(server.url);
  for (let time = 0; time < 2; time++) {
    expect(await client.getToken({ tokenId: TOKEN_ID })).toMatchObject({ name: "ci-deploy", leak: undefined });
  }
  expect(asked).toEqual([`${TOKEN_PATH}?include=leak_information`, TOKEN_PATH, TOKEN_PATH]);
});

test("a 400 that has another reason stays one", async () => {
  const server = await startServer(json(400, { errors: ["no"] }));
  expect(await failureOf(clientFor(server.url).getToken({ tokenId: TOKEN_ID }))).toMatchObject({ status: 400 });
  expect(server.received).toHaveLength(2);
});

test("how many tokens there are is one small request", async () => {
  const { data } = tokenAnswer();
  const server = await startServer(json(200, { data: [data], meta: { page: { total_filtered_count: 4_321 } } }));
  expect(await clientFor(server.url).countTokens(WITHIN)).toBe(4_321);
  expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /api/v2/personal_access_tokens?page%5Bsize%5D=1&page%5Bnumber%5D=0",
  ]);
});

test("a 404 is an error, and no answer, where no token is asked for", async () => {
  const client = clientFor((await startServer(json(404, { errors: ["Not found"] }))).url);
  for (const ask of [client.getCurrentUser(WITHIN), client.countTokens(WITHIN), client.listTokens(WITHIN)]) {
    expect(await failureOf(ask)).toMatchObject({ kind: "status", status: 404, answerLost: false });
  }
});
