import type { Simulator } from "pulumi-datadog-revocation/simulator";
import type { Properties } from "../support/host";
import { useSimulator } from "../support/hosted";
import { Plugin } from "../support/plugin";
import { secret } from "../support/providerProcess";

let [simulator, plugin]: [Simulator, Plugin] = [] as never;

beforeAll(async () => {
  simulator = await useSimulator({ tokens: 20 });
  plugin = await Plugin.at(simulator, simulator);
});

const GET_TOKENS = "datadog-revocation:index:getTokens";
const idsIn = (result: Properties | string[]): unknown =>
  (result as { tokens: Properties[] }).tokens.map(({ tokenId }) => tokenId);

test("getTokens gives the tokens that meet the criteria, without those that are exempt, and no value", async () => {
  const made = { "get/a": "2026-01-01", "get/b": "2026-02-01" };
  const [a, b] = Object.entries(made).map(([name, day]) => simulator.addToken({ name, createdAt: Date.parse(day) }));
  const where = { namePattern: "get/*" };
  const result = await plugin.invoke(GET_TOKENS, { where });
  expect(idsIn(result)).toEqual([a?.id, b?.id]);
  expect(result).toMatchObject({ tokens: [{ name: "get/a", kind: "personal", owner: {} }, {}] });
  expect(JSON.stringify(result)).not.toContain(a?.value.slice(29));
  expect(idsIn(await plugin.invoke(GET_TOKENS, { where, exempt: { names: ["get/b"] } }))).toEqual([a?.id]);
  const all = simulator.tokens.length;
  expect((idsIn(await plugin.invoke(GET_TOKENS, {})) as unknown[]).length).toBeGreaterThanOrEqual(all);
});

test("what a secret criterion finds is secret", async () => {
  const { id, name } = simulator.addToken({ name: "secret/project" });
  const found = [expect.objectContaining({ tokenId: id, name })];
  const result = await plugin.invoke(GET_TOKENS, { where: { namePattern: secret("secret/*") } });
  expect(result).toEqual({ tokens: secret(found) });
});

test.each<[Properties, string]>([
  [{ where: { namePatern: "*" } }, "where.namePatern is not an argument: did you mean namePattern?"],
  [{ were: {} }, "were is not an argument: did you mean where?"],
  [{ where: { namePattern: "ci" }, exempt: { names: ["ci"] } }, "where.namePattern and exempt.names contradict"],
])("criteria like %j are refused before any request", async (args, words) => {
  const since = simulator.requests().length;
  expect(await plugin.invoke(GET_TOKENS, args)).toEqual([expect.stringContaining(words)]);
  expect(simulator.requests(since)).toEqual([]);
});

test("a permission that is missing is named", async () => {
  const blind = await Plugin.at(simulator, simulator.createKeys(["user_access_read"]));
  expect(await blind.invoke(GET_TOKENS, {})).toEqual([expect.stringMatching(/403.*org_app_keys_read/)]);
});

test("another function is refused by its name", async () => {
  expect(await plugin.invoke("datadog-revocation:index:getToken", {})).toEqual([
    "datadog-revocation:index:getToken is not a function of datadog-revocation: use getTokens",
  ]);
});
