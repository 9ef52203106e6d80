import type { Simulator } from "../../../simulator";
import { call, NOON, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

const search = (simulator: Simulator, filter: object) =>
  call(simulator, "/api/v2/audit/events/search", { method: "POST", body: { filter, page: { limit: 100 } } });

/** The paths of the requests that a query finds. */
async function found(simulator: Simulator, query: string): Promise<string[]> {
  const { status, body } = await search(simulator, { query });
  expect([query, status]).toEqual([query, 200]);
  const { data } = body as { data: { attributes: { attributes: { http: { url_details: { path: string } } } } }[] };
  return data.map(({ attributes }) => attributes.attributes.http.url_details.path);
}

/** A simulator whose first tokens were revoked, and the paths of those requests. */
async function revoked(count: number): Promise<{ simulator: Simulator; paths: string[] }> {
  const simulator = await simulatorFor({ clock: () => NOON });
  const paths = simulator.tokens.slice(0, count).map(({ id }) => `${TOKENS}/${id}`);
  for (const path of paths) await call(simulator, path, { method: "DELETE" });
  return { simulator, paths };
}

test("a search finds what all of its terms, and any of a term's values, and any of the terms in brackets hold for", async () => {
  const { simulator, paths } = await revoked(2);
  const { id, handle } = simulator.keyOwner;
  const one = `@http.url_details.path:"${paths[1]}"`;
  for (const query of [
    "@evt.name:Request @http.method:DELETE",
    "@evt.name:Request  AND @http.method:DELETE",
    '@http.method:(GET OR "DELETE")',
    `@http.url_details.path:( ${paths.join(" OR ")} )`,
    `@usr.id:${handle}`,
    // As `audit` prints it.
    `@evt.name:Request (@usr.uuid:"${id}" OR @usr.id:("${id}" OR "${handle}") OR @delegator.id:("${id}" OR "${handle}"))`,
    `(@usr.id:nobody OR @http.method:(GET OR DELETE)) AND @http.status_code:204`,
  ]) {
    expect(await found(simulator, query)).toEqual(paths);
  }
  expect(await found(simulator, `${one} AND (@usr.id:"${handle}" OR @delegator.id:"${handle}")`)).toEqual([paths[1]]);
  expect(await found(simulator, `@usr.id:"${handle}" @http.method:GET`)).toEqual([]);
  expect(await found(simulator, `(@delegator.id:${id} OR @delegator.id:${handle})`)).toEqual([]);
  // Quotes hide what would be more of the query.
  expect(await found(simulator, String.raw`@usr.id:"a\" OR @http.method:DELETE"`)).toEqual([]);
});

test.each([
  "@http.method:DEL*",
  "@http.url_details.path:/api/v2/personal_access_tokens/*",
  "path:/api/v2/personal_access_tokens/*",
  "@http.method:(DELETE AND GET)",
  "@http.method:(GET DELETE)",
  "(GET DELETE)",
  "@http.status_code:>=200",
  "@http.status_code:[200 TO 299]",
  "@http.method:!GET",
  "-@http.method:GET",
  "NOT @http.method:GET",
  "@http.method:DELETE,GET",
  "DELETE,GET",
  "@http.method:()",
  "()",
  '@http.method:"DELETE',
  '"DELETE',
  '@http.method:DELETE"',
  '@http.method:"DELETE"GET',
  "@http.method:DELETE@evt.name:Request",
  '@http.method:"DELETE"@evt.name:Request',
  "@http.method:(DELETE OR)",
  "@http.method:(OR OR DELETE)",
  "@http.method: DELETE",
  "@http.method:",
  "@http.method:DELETE AND",
  "@http.method:DELETE AND AND @evt.name:Request",
  "@http.method:DELETE OR @evt.name:Request",
  "(@http.method:DELETE AND @evt.name:Request)",
  "(@http.method:DELETE @evt.name:Request)",
  "(@http.method:DELETE OR @evt.name:Request",
  "(@http.method:DELETE OR @color:blue)",
  "(@http.method:DELETE)(@evt.name:Request)",
  "* @http.method:DELETE",
  "DELETE",
])("a search for %s is refused with 400, and not answered as if nothing had been done", async (query) => {
  const { simulator } = await revoked(1);
  expect((await search(simulator, { query })).status).toBe(400);
});

test("each event has an id of its own, also of the same request at the same time", async () => {
  const { simulator } = await revoked(1);
  const other = simulator.addOrganization();
  const path = `${TOKENS}/${tokenAt(simulator, 0).id}`;
  await call(simulator, path, { method: "DELETE" });
  await call({ ...simulator, apiKey: other.apiKey, appKey: other.appKey }, path, { method: "DELETE" });
  const ids: string[] = [];
  for (const { apiKey, appKey } of [simulator, other]) {
    const { body } = await search({ ...simulator, apiKey, appKey }, { query: "*" });
    ids.push(...(body as { data: { id: string }[] }).data.map(({ id }) => id));
  }
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(3);
});

test.each([
  ["2026-11-24T12:00:00Z", 200],
  ["2026-11-24t13:00:00.000000001+01:00", 200],
  [String(NOON), 200],
  ["now-90d", 200],
  ["now", 200],
  ["2027-02-30T00:00:00Z", 400],
  ["2026-11-24T24:00:00Z", 400],
  ["2026-11-24T12:00:60Z", 400],
  ["2026-11-24T12:00:00+24:00", 400],
  ["2026-11-24T12:00:00", 400],
  ["2026-11-24", 400],
  ["24 November 2026", 400],
  ["9".repeat(400), 400],
  ["-1", 400],
  ["", 400],
])("a search from or to %j is answered with %i", async (time, status) => {
  const { simulator } = await revoked(1);
  expect((await search(simulator, { from: time })).status).toBe(status);
  expect((await search(simulator, { to: time })).status).toBe(status);
});
