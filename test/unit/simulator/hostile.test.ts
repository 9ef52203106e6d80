import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import type { Simulator } from "../../../simulator";
import { cases, fc } from "../../support/cases";
import { problemsOf, type SchemaName } from "../../support/datadogSchema";
import { accountPath, bearer, call, keys, ME, NOBODY, simulatorFor, statusOf, TOKENS, tokenAt } from "./useSimulator";

const AUDIT = "/api/v2/audit/events/search";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** As it is written: `fetch` would put the path in order. */
async function send({ url }: Simulator, { method, path, headers, body }: Request) {
  const sending = request(url, {
    method,
    path,
    headers: { ...headers, "content-length": Buffer.byteLength(body), connection: "close" },
  }).end(body);
  const [response] = await once(sending, "response");
  const content = await text(response);
  return { status: response.statusCode as number, headers: response.headers, body: content };
}

const segment = (...known: string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    fc.constantFrom("%", "%zz", "%00", "%C3%28", "..", "ci-deploy", "constructor", "__proto__", NOBODY),
    fc.string({ maxLength: 8 }).map(encodeSafely),
  );

/** Half of a character pair has no encoding. */
function encodeSafely(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

const pathIn = (simulator: Simulator) => {
  const ids = [0, 1, 4].map((index) => tokenAt(simulator, index).id);
  const accounts = simulator.serviceAccounts.map(({ id }) => id);
  return fc.oneof(
    fc.constantFrom(TOKENS, ME, AUDIT, "/api/v2/users", accountPath(accounts[0])),
    segment(...ids).map((id) => `${TOKENS}/${id}`),
    fc.tuple(segment(...accounts), segment(...ids)).map(([account, id]) => accountPath(account, id)),
    segment(simulator.keyOwner.id, ...accounts).map((id) => `/api/v2/users/${id}`),
    fc.array(segment("api", "v2"), { maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
  );
};

const PARAMETERS = {
  "page[size]": ["1", "100", "0", "101", "-1", "1e1", "", "９"],
  "page[number]": ["0", "3", "99999999999999999999", "x"],
  sort: ["name", "-leaked", "leaked", "--name", "constructor", "-", ""],
  filter: ["", "e", "%", "null", "[", "\u0000"],
  "filter[owned_by]": [NOBODY, "", "robin"],
  "filter[leaked]": ["true", "false", "1", "TRUE"],
  include: ["leak_information", "leak_information,leak_information", ",", "owned_by"],
  "filter[status]": ["Active", "Disabled,Pending", "x"],
  __proto__: ["x"],
} as const;

const parameter = fc
  .constantFrom(...Object.entries(PARAMETERS))
  .chain(([name, values]) => fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...values), fc.string())))
  .map(([name, value]) => `${encodeURIComponent(name)}=${encodeSafely(value)}`);

const queries = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.array(parameter, { minLength: 1, maxLength: 3 }).map((parameters) => `?${parameters.join("&")}`),
  fc.constantFrom("?", "?&&", "?=%zz", "?%", "?page[size]=1&page[size]=2", "?a?b"),
);

const FIELDS = ["data", "type", "id", "attributes", "name", "scopes", "expires_at", "filter", "query", "from", "page"];

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "now-1d", "@evt.name:Request", "(", "personal_access_tokens"),
    fc.constantFrom("service_access_tokens", "metrics_read", "2027-01-02T03:04:05Z", "2027", "now-99999999999d"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS, "limit", "cursor", "sort", "to", "options", "constructor"), tie("value")),
  ),
})).value;

const bodies = fc.oneof(
  fc.constantFrom("", "{", "null", "[]", '"x"', '{"data":', "\u0000", "NaN", "[".repeat(5000), '{"__proto__":null}'),
  json.map((value) => JSON.stringify(value)),
  fc.string(),
);

const credentials = (simulator: Simulator) =>
  fc.constantFrom<Record<string, string>>(
    keys(simulator),
    keys(simulator),
    bearer(tokenAt(simulator, 2).value),
    { Authorization: "Basic x" },
    { Authorization: "Bearer " },
    { "DD-APPLICATION-KEY": "ddpat_" },
    {},
  );

/** What a request that succeeded must be answered, by its path. */
function schemaFor({ method, path }: Request): SchemaName {
  const [route = "", query = ""] = path.split("?");
  const leaks = new URLSearchParams(query).has("include");
  const isService = route.includes("/service_accounts/");
  if (route === AUDIT) return "auditSearch";
  if (route === "/api/v2/users") return "userList";
  if (route === ME || route.startsWith("/api/v2/users/")) return "user";
  if (method === "POST") return isService ? "createdServiceToken" : "createdPersonalToken";
  if (/access_tokens$/.test(route)) {
    if (isService) return leaks ? "serviceTokenListWithLeaks" : "serviceTokenList";
    return leaks ? "tokenListWithLeaks" : "tokenList";
  }
  return isService
    ? leaks
      ? "serviceTokenWithLeak"
      : "serviceToken"
    : leaks
      ? "personalTokenWithLeak"
      : "personalToken";
}

test("whatever is sent is answered as the specification says, never with 500, and nothing ends the simulator", async () => {
  const simulator = await simulatorFor({ tokens: 20 });
  simulator.leak(tokenAt(simulator, 0).id);
  const requests = fc.record({
    method: fc.constantFrom("GET", "GET", "POST", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "TRACE"),
    path: fc.tuple(pathIn(simulator), queries).map((parts) => parts.join("")),
    headers: credentials(simulator),
    body: bodies,
  });
  await fc.assert(
    fc.asyncProperty(requests, async (sent) => {
      const { status, headers, body } = await send(simulator, sent);
      expect([200, 201, 204, 400, 401, 403, 404, 405]).toContain(status);
      expect(headers["x-ratelimit-limit"]).toBeDefined();
      if (status === 204) return expect(body).toBe("");
      const parsed: unknown = JSON.parse(body);
      if (status >= 300) return expect(problemsOf("error", parsed)).toEqual([]);
      // A service account's token can be seen by the personal path too.
      const schema = schemaFor(sent);
      const other = schema.replace("personalToken", "serviceToken") as SchemaName;
      expect(problemsOf(schema, parsed).length === 0 || problemsOf(other, parsed).length === 0).toBe(true);
    }),
    cases(500),
  );
  expect(await statusOf(simulator, ME)).toBe(200);
});

test.each([
  "null",
  "[]",
  '"x"',
  '{"filter":null}',
  '{"filter":[]}',
  '{"filter":{"query":1}}',
  '{"filter":{"query":null}}',
  '{"filter":{"from":"soon"}}',
  '{"filter":{"color":"blue"}}',
  '{"page":null}',
  '{"page":{"limit":"10"}}',
  '{"page":{"limit":0}}',
  '{"page":{"cursor":"x"}}',
  '{"sort":"name"}',
  '{"color":"blue"}',
  '{"filter":{"query":"@color:blue"}}',
])("a search of the Audit Trail for %s is refused with 400", async (body) => {
  const simulator = await simulatorFor();
  const response = await fetch(simulator.url + AUDIT, { method: "POST", headers: keys(simulator), body });
  expect(response.status).toBe(400);
});

test.each([
  null,
  [],
  { data: null },
  { data: [] },
  { data: { type: "personal_access_tokens" } },
  { data: { type: "personal_access_tokens", attributes: { name: 1 } } },
  { data: { type: "personal_access_tokens", attributes: { name: "x", scopes: ["metrics_read"], expires_at: 5 } } },
  { data: { type: "personal_access_tokens", attributes: { name: "x", scopes: "metrics_read" } } },
  { meta: {} },
])("creating a token with the body %j is refused with 400", async (body) => {
  expect(await statusOf(await simulatorFor(), TOKENS, { method: "POST", body })).toBe(400);
});

test("what is no HTTP at all is answered 400, and the simulator serves on", async () => {
  const simulator = await simulatorFor();
  const { port } = new URL(simulator.url);
  for (const garbage of [
    "\r\n\r\n",
    "GET\r\n\r\n",
    "\u0016\u0003\u0001",
    `GET ${"/".repeat(70_000)} HTTP/1.1\r\n\r\n`,
  ]) {
    const socket = connect(Number(port), "127.0.0.1");
    // The server may reset the connection.
    const closed = new Promise((resolve) => socket.on("error", () => {}).once("close", resolve));
    socket.resume().end(garbage);
    await closed;
  }
  expect(await statusOf(simulator, ME)).toBe(200);
});

test("what the simulator did not foresee is answered 500, and it serves on", async () => {
  let clock = Date.now;
  const simulator = await simulatorFor({ clock: () => clock() });
  simulator.fault({}, { kind: "status", status: 200, headers: { "bad name": "x" } });
  expect(await call(simulator, ME)).toMatchObject({ status: 500, body: { errors: [expect.any(String)] } });
  let calls = 0;
  // An error within the endpoint's part of the work.
  clock = () => (++calls === 2 ? fail() : 1);
  expect((await call(simulator, ME)).status).toBe(500);
  clock = Date.now;
  expect(await statusOf(simulator, ME)).toBe(200);
});

function fail(): never {
  throw new TypeError("nobody foresaw this");
}
