import type { Permission, Simulator } from "../../../simulator";
import { problemsOf, type SchemaName } from "../../support/datadogSchema";
import { accountPath, bearer, call, keys, ME, NOBODY, NOON, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const AUDIT = "/api/v2/audit/events/search";

/** One request, whose answer must have this status and be what the specification says; its body. */
type Play = (status: number, schema: SchemaName | null, ...request: Parameters<typeof call>) => Promise<unknown>;

const play: Play = async (status, schema, ...request) => {
  const { status: given, headers, body } = await call(...request);
  expect({ request: request.slice(1), status: given }).toEqual({ request: request.slice(1), status });
  for (const name of ["limit", "period", "remaining", "reset"]) {
    expect(headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/);
  }
  expect(headers.get("x-ratelimit-name")).toBeTruthy();
  const isOfTokens = /access_tokens/.test(request[1]) && status < 300;
  const type = isOfTokens ? "application/vnd.api+json" : "application/json";
  expect(headers.get("content-type")).toBe(schema === null ? null : type);
  if (schema === null) expect(body).toBeUndefined();
  else expect(problemsOf(schema, body)).toEqual([]);
  return body;
};

const idIn = (body: unknown) => (body as { data: { id: string } }).data.id;

/** With a leak of each kind, one token that never expires, and times of all lengths. */
async function prepared(): Promise<Simulator> {
  let now = NOON;
  const simulator = await simulatorFor({ clock: () => now++, tokens: 40 });
  simulator.leak(tokenAt(simulator, 0).id, { source: "a public repository" });
  simulator.leak(tokenAt(simulator, 4).id, { detectedAt: "2026-11-20T08:00:00Z" });
  return simulator;
}

test.each([
  ["personal tokens", "personal_access_tokens", "createdPersonalToken", "personalToken", "personalTokenWithLeak"],
  ["service accounts' tokens", "service_access_tokens", "createdServiceToken", "serviceToken", "serviceTokenWithLeak"],
] as const)("every operation on %s is answered as the specification says", async (_, type, made, one, withLeak) => {
  const simulator = await prepared();
  const isPersonal = type === "personal_access_tokens";
  const { id: seeded, serviceAccountId } = tokenAt(simulator, isPersonal ? 0 : 4);
  const collection = isPersonal ? TOKENS : accountPath(serviceAccountId);
  const lists: [SchemaName, SchemaName] = isPersonal
    ? ["tokenList", "tokenListWithLeaks"]
    : ["serviceTokenList", "serviceTokenListWithLeaks"];

  await play(200, one, simulator, `${collection}/${seeded}`);
  await play(200, withLeak, simulator, `${collection}/${seeded}?include=leak_information`);
  const expires_at = "2027-01-02T03:04:05.670Z";
  const attributes = { name: "new", scopes: ["metrics_read", "monitors_write"], expires_at };
  const id = idIn(
    await play(201, made, simulator, collection, { method: "POST", body: { data: { type, attributes } } }),
  );
  const patch = { data: { type, id, attributes: { name: "renamed" } } };
  await play(200, one, simulator, `${collection}/${id}`, { method: "PATCH", body: patch });
  await play(200, withLeak, simulator, `${collection}/${id}?include=leak_information`);
  await play(200, lists[0], simulator, `${collection}?page[size]=100&filter=e&sort=-expires_at`);
  await play(200, lists[1], simulator, `${collection}?page[size]=100&include=leak_information&sort=-leaked`);
  await play(200, lists[1], simulator, `${collection}?filter[leaked]=true&include=leak_information`);
  await play(200, lists[0], simulator, `${collection}?page[number]=9`);
  await play(204, null, simulator, `${collection}/${id}`, { method: "DELETE" });
  await play(404, "error", simulator, `${collection}/${id}`);
  await play(404, "error", simulator, `${collection}/${NOBODY}`, { method: "DELETE" });
  await play(400, "error", simulator, `${collection}/ci-deploy`, { method: "DELETE" });
  await play(400, "error", simulator, `${collection}?filter[color]=blue`);
  await play(400, "error", simulator, collection, { method: "POST", body: { data: null } });
  await play(405, "error", simulator, collection, { method: "PUT" });
});

test("users, the current user and the audit trail are answered as the specification says", async () => {
  const simulator = await prepared();
  await play(200, "user", simulator, ME);
  await play(200, "user", simulator, `/api/v2/users/${simulator.serviceAccounts[0]?.id}`);
  await play(200, "userList", simulator, "/api/v2/users?page[size]=3&sort=-name&filter[status]=Active");
  await play(204, null, simulator, `${TOKENS}/${tokenAt(simulator, 0).id}`, { method: "DELETE" });
  await play(404, "error", simulator, `${TOKENS}/${NOBODY}`, { method: "DELETE" });
  const body = { filter: { query: "@http.method:DELETE" }, page: { limit: 1 } };
  await play(200, "auditSearch", simulator, AUDIT, { method: "POST", body });
  simulator.fault({ path: AUDIT }, { kind: "partial" });
  await play(200, "auditSearch", simulator, AUDIT, { method: "POST", body });
  await play(400, "error", simulator, AUDIT, { method: "POST", body: null });
});

test("refusals are answered as the specification says", async () => {
  const simulator = await simulatorFor({ clock: () => NOON, rateLimit: { limit: 4, periodSeconds: 60 } });
  await play(401, "error", simulator, TOKENS, { headers: bearer("ddpat_wrong") });
  await play(403, "error", simulator, TOKENS, { headers: { "DD-API-KEY": "wrong" } });
  await play(403, "error", simulator, TOKENS, { headers: keys(simulator.createKeys([])) });
  await play(404, "error", simulator, "/api/v2/monitor");
  await play(429, "error", simulator, TOKENS);
});

interface Included {
  readonly type: string;
  readonly id: string;
  readonly attributes: { readonly name: string };
  readonly relationships: { readonly permissions: { readonly data: readonly { readonly id: string }[] } };
}

test("the current user comes with a role and the names of the permissions, whatever the credentials' scopes", async () => {
  const simulator = await simulatorFor();
  const named = async (headers?: Record<string, string>) => {
    const body = await play(200, "user", simulator, ME, headers === undefined ? {} : { headers });
    const { data, included } = body as {
      data: { relationships: { roles: { data: readonly { id: string }[] } } };
      included: readonly Included[];
    };
    const [role] = included.filter(({ type }) => type === "roles");
    expect(data.relationships.roles.data).toEqual([{ type: "roles", id: role?.id }]);
    const permissions = included.filter(({ type }) => type === "permissions");
    expect(role?.relationships.permissions.data.map(({ id }) => id)).toEqual(permissions.map(({ id }) => id));
    return permissions.map(({ attributes }) => attributes.name);
  };
  const all = await named();
  expect(all).toEqual(expect.arrayContaining(["org_app_keys_write", "user_app_keys", "dashboards_read"]));
  expect(all.length).toBeGreaterThan(200);
  expect(await named(bearer(tokenAt(simulator, 0).value))).toEqual(all);
  expect(await named(keys(simulator.createKeys([])))).toEqual(all);

  const permissions: Permission[] = ["user_app_keys", "dashboards_read"];
  const user = simulator.addUser({ permissions });
  expect(await named(keys(simulator.createKeys(null, user.id)))).toEqual(permissions);
});
