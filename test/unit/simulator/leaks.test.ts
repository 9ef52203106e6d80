import type { Simulator } from "../../../simulator";
import { accountPath, call, NOON, names, simulatorFor, statusOf, TOKENS, tokenAt } from "./useSimulator";

const INCLUDE = "include=leak_information";

interface Document {
  readonly data: object | readonly object[];
  readonly included?: readonly object[];
}

/** What an answer says of the leak of its tokens, and the leaks beside them. */
async function said(simulator: Simulator, path: string) {
  const { data, included } = (await call(simulator, path)).body as Document;
  const tokens = (Array.isArray(data) ? data : [data]) as { relationships: { leak_information?: object } }[];
  return { leaks: tokens.map(({ relationships }) => relationships.leak_information), included };
}

test("a leak is told on both listings and both GETs, when it is asked for, and can be forgotten", async () => {
  const simulator = await simulatorFor({ clock: () => NOON, tokens: 5 });
  for (const index of [0, 4]) {
    const { id, serviceAccountId } = tokenAt(simulator, index);
    const collection = index === 0 ? TOKENS : accountPath(serviceAccountId);
    const path = `${collection}/${id}`;
    simulator.leak(id, { detectedAt: "2026-11-20T08:00:00.25Z", source: "a public repository" });
    expect(simulator.find(id)?.leak).toEqual({
      detectedAt: "2026-11-20T08:00:00.250000Z",
      source: "a public repository",
    });
    const told = await said(simulator, `${path}?${INCLUDE}`);
    const attributes = { date: "2026-11-20T08:00:00.25Z", leak_source: "a public repository" };
    expect(told.included).toEqual([{ type: "leaked_keys", id: expect.any(String), attributes }]);
    const [leak] = told.included as { id: string }[];
    expect(told.leaks).toEqual([{ data: { type: "leaked_keys", id: leak?.id } }]);
    expect(await said(simulator, `${collection}?${INCLUDE}&filter[leaked]=true`)).toEqual(told);
    expect(await said(simulator, path)).toEqual({ leaks: [undefined], included: undefined });

    simulator.leak(id, null);
    expect(simulator.find(id)?.leak).toBeNull();
    expect(await said(simulator, `${path}?${INCLUDE}`)).toEqual({ leaks: [{ data: null }], included: [] });
  }
});

test("a leak is found now, of nobody knows where, unless it says otherwise; a token can be added with one", async () => {
  const simulator = await simulatorFor({ clock: () => NOON, tokens: 1 });
  simulator.leak(tokenAt(simulator, 0).id);
  const now = { detectedAt: "2026-11-24T12:00:00.000000Z" };
  expect(simulator.find(tokenAt(simulator, 0).id)?.leak).toEqual(now);
  const { id } = simulator.addToken({ leak: { detectedAt: NOON - 1000, source: "a log" } });
  expect(simulator.find(id)?.leak).toEqual({ detectedAt: "2026-11-24T11:59:59.000000Z", source: "a log" });
  const { included } = await said(simulator, `${TOKENS}?${INCLUDE}&sort=-leaked`);
  expect(included).toHaveLength(2);
  expect(() => simulator.leak(id, { detectedAt: "soon" })).toThrow(RangeError);
  expect(() => simulator.leak("nobody's")).toThrow(RangeError);
});

test("the listings filter and sort by leak", async () => {
  const simulator = await simulatorFor({ tokens: 10 });
  const leaked = [tokenAt(simulator, 2), tokenAt(simulator, 7)];
  for (const { id } of leaked) simulator.leak(id);
  const list = async (query: string) => names(await call(simulator, `${TOKENS}?${query}`));
  const ofLeaked = leaked.map(({ name }) => name).sort();
  expect(await list("filter[leaked]=true")).toEqual(ofLeaked);
  expect(await list("filter[leaked]=false")).toHaveLength(10);
  expect((await list("sort=-leaked")).slice(0, 2).sort()).toEqual(ofLeaked);
  expect((await list("sort=leaked")).slice(-2).sort()).toEqual(ofLeaked);
});

test.each([
  `${TOKENS}?filter[leaked]=yes`,
  `${TOKENS}?filter[leaked]=`,
  `${TOKENS}?filter[leaked]=true&filter[leaked]=true`,
  `${TOKENS}?include=owned_by`,
  `${TOKENS}?include=leak_information,owned_by`,
  `${TOKENS}?include=`,
])("%s is refused with 400", async (path) => {
  expect(await statusOf(await simulatorFor(), path)).toBe(400);
});

test("a site that knows nothing of leaks leaves the questions out of account", async () => {
  const simulator = await simulatorFor({ leakInformation: false, tokens: 3 });
  const { id } = tokenAt(simulator, 0);
  simulator.leak(id);
  const list = await call(simulator, `${TOKENS}?${INCLUDE}&filter[leaked]=true`);
  expect(names(list)).toHaveLength(3);
  expect(JSON.stringify(list.body)).not.toContain("leak");
  expect(await said(simulator, `${TOKENS}/${id}?${INCLUDE}`)).toEqual({ leaks: [undefined], included: undefined });
  expect(await statusOf(simulator, `${TOKENS}?sort=leaked`)).toBe(400);
});
