import type { Permission, Simulator } from "../../../simulator";
import { bearer, call, keys, names, simulatorFor, statusOf, TOKENS, tokenAt } from "./useSimulator";

/** What a call with these credentials is answered to the listing and to the DELETE of another's token. */
async function may(simulator: Simulator, headers: Record<string, string>) {
  const { keyOwner, find, tokens } = simulator;
  const others = tokens.find(({ id, serviceAccountId }) => !serviceAccountId && find(id)?.owner.id !== keyOwner.id);
  return [
    await statusOf(simulator, TOKENS, { headers }),
    await statusOf(simulator, `${TOKENS}/${others?.id}`, { method: "DELETE", headers }),
  ];
}

const EVERYTHING: Permission[] = ["user_app_keys", "org_app_keys_read", "org_app_keys_write"];

test.each<[string, Permission[], Permission[], number[]]>([
  ["scopes that have nothing to do with it", EVERYTHING, ["dashboards_read"], [403, 403]],
  ["a scope to see", EVERYTHING, ["org_app_keys_read"], [200, 403]],
  ["a scope to change", EVERYTHING, ["org_app_keys_write"], [403, 204]],
  ["both scopes, and an owner who may only see", ["org_app_keys_read"], EVERYTHING, [200, 403]],
  ["both scopes, and an owner who may nothing", [], EVERYTHING, [403, 403]],
])(
  "a token or scoped key with %s may do what owner and scopes both allow",
  async (_, permissions, scopes, expected) => {
    const simulator = await simulatorFor({ tokens: 30 });
    const { id: ownerId } = simulator.addUser({ permissions });
    const { value } = simulator.addToken({ ownerId, scopes });
    const { appKey, apiKey } = simulator.createKeys(scopes, ownerId);
    expect(await may(simulator, bearer(value))).toEqual(expected);
    expect(await may(simulator, keys({ apiKey, appKey }))).toEqual(expected);
    expect(await may(simulator, { "DD-APPLICATION-KEY": value })).toEqual(expected);
  },
);

test("a token with user_app_keys alone lists and revokes its owner's tokens", async () => {
  const simulator = await simulatorFor({ tokens: 1 });
  const headers = bearer(simulator.addToken({ name: "own", scopes: ["user_app_keys"] }).value);
  const { name, id } = tokenAt(simulator, 0);
  expect(names(await call(simulator, TOKENS, { headers }))).toEqual([name, "own"].sort());
  expect(await statusOf(simulator, `${TOKENS}/${id}`, { method: "DELETE", headers })).toBe(204);
});

test("a scope that does not exist is refused where a token or a key is made without a request, too", async () => {
  const simulator = await simulatorFor({ tokens: 0 });
  for (const scope of ["metrics_reed", "METRICS_READ", "user_app_key"]) {
    const scopes = ["metrics_read", scope] as Permission[];
    expect(() => simulator.addToken({ scopes })).toThrow(new RangeError(`There is no scope "${scope}".`));
    expect(() => simulator.createKeys(scopes)).toThrow(new RangeError(`There is no scope "${scope}".`));
  }
  expect(() => simulator.createKeys(["constructor" as Permission])).toThrow(RangeError);
  // What no one could mean as a scope is there to see what a client makes of it.
  simulator.addToken({ name: "strange", scopes: ["<b>", "constructor"] });
  expect(names(await call(simulator, TOKENS))).toEqual(["strange"]);
});

test("a scope that does not exist is refused with 400, when a token is made and when it is changed", async () => {
  const simulator = await simulatorFor();
  const type = "personal_access_tokens";
  const id = tokenAt(simulator, 0).id;
  const expires_at = new Date(Date.now() + 7 * 86_400_000).toISOString();
  for (const [scopes, created, changed] of [
    [["metrics_read", "org_app_keys_write"], 201, 200],
    [["metrics_reed"], 400, 400],
    [["metrics_read", "constructor"], 400, 400],
    [["METRICS_READ"], 400, 400],
  ] as const) {
    const make = { data: { type, attributes: { name: "new", scopes, expires_at } } };
    expect(await statusOf(simulator, TOKENS, { method: "POST", body: make })).toBe(created);
    const change = { data: { type, id, attributes: { scopes } } };
    expect(await statusOf(simulator, `${TOKENS}/${id}`, { method: "PATCH", body: change })).toBe(changed);
  }
});
