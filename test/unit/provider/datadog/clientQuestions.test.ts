import { type Answer, answer, json, startServer } from "../../../support/server";
import { clientFor, failureOf, KEYS, TOKEN_ID, tokenAnswer } from "./datadogClient";

const WITHIN = 5_000;
const ORGANIZATION = "aaaaaaaa-0000-4000-8000-000000000000";

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
    [user({}, [organization("Other", "b"), organization("A role", ORGANIZATION, "roles")]), { handle: "" }],
    [user({}, [{ type: "orgs", id: ORGANIZATION }]), { handle: "" }],
    [user({}, [organization(null)]), { handle: "" }],
    [user({}, []), { handle: "" }],
  ])("of %j is %j", async (body, expected) => {
    const server = await startServer(json(200, body));
    const actor = await clientFor(server.url).getActor(WITHIN);
    expect(actor).toEqual({ id: "a-user", organizationId: ORGANIZATION, ...expected });
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /api/v2/current_user"]);
  });
});

test("how many tokens there are is one small request", async () => {
  const { data } = tokenAnswer();
  const server = await startServer(json(200, { data: [data], meta: { page: { total_filtered_count: 4_321 } } }));
  expect(await clientFor(server.url).countTokens(WITHIN)).toBe(4_321);
  expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "GET /api/v2/personal_access_tokens?page%5Bsize%5D=1&page%5Bnumber%5D=0",
  ]);
});

describe("the Audit Trail", () => {
  const filter = { query: "@http.method:DELETE", from: "now-1d", to: "now" };
  const event = (hour: number) => ({ attributes: { timestamp: `2026-11-24T0${hour}:00:00Z` } });

  /** A server that keeps what it was asked. */
  async function start(...pages: [object, ...object[]]): Promise<{ url: string; asked: unknown[]; paths: string[] }> {
    const asked: unknown[] = [];
    const paths: string[] = [];
    const answers = pages.map(
      (page): Answer =>
        (request, response) => {
          const parts: Buffer[] = [];
          request.on("data", (part: Buffer) => parts.push(part));
          request.on("end", () => {
            paths.push(`${request.method} ${request.url}`);
            asked.push(JSON.parse(Buffer.concat(parts).toString()));
            response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(page));
          });
        },
    );
    const server = await startServer(...(answers as [Answer, ...Answer[]]));
    return { url: server.url, asked, paths };
  }
  const page = (after: unknown, ...hours: number[]) => ({ data: hours.map(event), meta: { page: { after } } });

  test("is read page by page, the oldest event first", async () => {
    const { url, asked, paths } = await start(page("one", 1, 2), page("two", 3), page(null, 4));
    expect(await clientFor(url).searchAuditTrail(filter, WITHIN)).toEqual([1, 2, 3, 4].map(event));
    const sort = "timestamp";
    expect(asked).toEqual([
      { filter, page: { limit: 1000 }, sort },
      { filter, page: { limit: 1000, cursor: "one" }, sort },
      { filter, page: { limit: 1000, cursor: "two" }, sort },
    ]);
    expect(new Set(paths)).toEqual(new Set(["POST /api/v2/audit/events/search"]));
  });

  test.each<[string, object[], number]>([
    ["no more is told", [{ data: [event(1)] }], 1],
    ["no page is told", [{ data: [event(1)], meta: {} }], 1],
    ["the cursor leads to itself", [page("one", 1), page("one", 2)], 2],
    ["a page is empty, whatever comes after", [page("one", 1), page("two"), page(null, 3)], 1],
    ["a page has no data", [page("one", 1), { meta: { page: { after: "two" } } }, page(null, 3)], 1],
  ])("ends where %s", async (_, pages, count) => {
    const { url } = await start(...(pages as [object, ...object[]]));
    expect(await clientFor(url).searchAuditTrail(filter, WITHIN)).toEqual([1, 2].slice(0, count).map(event));
  });

  test("that cannot be read, or in time, is an error that names the request", async () => {
    const refused = await startServer(json(403, { errors: ["Forbidden"] }));
    const { message, status } = await failureOf(clientFor(refused.url).searchAuditTrail(filter, WITHIN));
    expect([message, status]).toEqual([
      expect.stringMatching(/^POST \/api\/v2\/audit\/events\/search at .* answered 403: "Forbidden"/),
      403,
    ]);
    const malformed = await startServer(json(200, { data: 7 }));
    const { message: words } = await failureOf(clientFor(malformed.url).searchAuditTrail(filter, WITHIN));
    expect(words).toMatch(/^POST \/api\/v2\/audit\/events\/search at .* its field data is not what the API promises/);
    const endless = await startServer(page0("a"), page0("b"), page0("c"), (_, response) => void response);
    const late = clientFor(endless.url, { retry: { enabled: false } }).searchAuditTrail(filter, 300);
    expect((await failureOf(late)).message).toMatch(/gave no answer: it took too long/);
  });

  const page0 = (after: string): Answer => json(200, page(after, 1));
});

describe("no error status of", () => {
  test.each<[string, (url: string) => Promise<unknown>]>([
    ["the owner's question", (url) => clientFor(url).getActor(WITHIN)],
    ["the number of tokens", (url) => clientFor(url).countTokens(WITHIN)],
    ["the listing", (url) => clientFor(url).listTokens(WITHIN)],
    ["a user's handle", (url) => clientFor(url).getUserHandle("a-user", WITHIN)],
  ])("%s is taken for an answer", async (_, ask) => {
    const server = await startServer(json(404, { errors: ["Not found"] }));
    expect(await failureOf(ask(server.url))).toMatchObject({ kind: "status", status: 404, answerLost: false });
  });
});

test("an answer about another token, and a strange answer to a DELETE, name the request", async () => {
  const other = await startServer(json(200, tokenAnswer({}, "00000000-0000-4000-8000-000000000000")));
  const path = `/api/v2/personal_access_tokens/${TOKEN_ID}`;
  expect(await failureOf(clientFor(other.url).getToken({ tokenId: TOKEN_ID }))).toMatchObject({
    kind: "malformed",
    message: expect.stringContaining(`GET ${path} at `),
    answerLost: false,
  });
  const strange = await startServer(json(200, {}));
  expect(await failureOf(clientFor(strange.url).revokeToken({ tokenId: TOKEN_ID }))).toMatchObject({
    kind: "malformed",
    message: expect.stringMatching(`^DELETE ${path} at .* answered 200 instead of 204`),
    answerLost: true,
  });
});

test("a DELETE takes any answer, as Datadog's own clients do; what is asked for is JSON", async () => {
  const server = await startServer(answer(204), json(200, tokenAnswer()));
  const client = clientFor(server.url, { credentials: KEYS });
  await client.revokeToken({ tokenId: TOKEN_ID });
  await client.getToken({ tokenId: TOKEN_ID });
  expect(server.received.map(({ headers }) => headers.accept)).toEqual(["*/*", "application/json"]);
});

test("404 with nothing but white space is Datadog's", async () => {
  const server = await startServer(answer(404, " \n"));
  expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: false });
});
