import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Simulator } from "../../../simulator";
import { unheld } from "../../support/unheld";
import { keys, ME, simulatorFor, statusOf, TOKENS, tokenAt } from "./useSimulator";

const fetchOne = (simulator: Simulator, method: string, signal?: AbortSignal) =>
  fetch(`${simulator.url}${TOKENS}/${tokenAt(simulator, 0).id}`, {
    method,
    headers: keys(simulator),
    redirect: "manual",
    ...(signal === undefined ? {} : { signal }),
  });

const isRevoked = (simulator: Simulator) => simulator.find(tokenAt(simulator, 0).id)?.revokedAt !== null;

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(1, undefined, unheld);
};

test.each([
  ["resetBefore", false],
  ["resetAfter", true],
] as const)("the fault %s resets the connection; the request is carried out: %s", async (kind, carriedOut) => {
  const simulator = await simulatorFor();
  simulator.fault({ method: "DELETE" }, { kind });
  await expect(fetchOne(simulator, "DELETE")).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(isRevoked(simulator)).toBe(carriedOut);
  expect(simulator.requests()).toMatchObject([{ method: "DELETE", status: null }]);
});

const json = { errors: ["Try later"] };
const elsewhere = "https://elsewhere.example/";
test.each<[Fault & { after?: boolean }, number, string, string | null, RegExp]>([
  [
    { kind: "status", status: 503, headers: { "Retry-After": "7" }, body: json },
    503,
    "retry-after",
    "7",
    /^.*later"\]}$/,
  ],
  [{ kind: "status", status: 500 }, 500, "x-ratelimit-limit", null, /^$/],
  [{ kind: "html" }, 200, "content-type", "text/html; charset=utf-8", /<html>/],
  [{ kind: "html", status: 502 }, 502, "content-type", "text/html; charset=utf-8", /<html>/],
  [{ kind: "redirect", location: elsewhere }, 307, "location", elsewhere, /^$/],
  [{ kind: "malformed" }, 200, "content-type", "application/vnd.api+json", /^\{[^}]*:$/],
])("the answer of the fault %j is all there is, and can hide that the request was carried out", async (...row) => {
  const [fault, status, header, value, body] = row;
  const simulator = await simulatorFor();
  for (const after of [false, true]) {
    simulator.fault({}, { ...fault, after } as Fault);
    const response = await fetchOne(simulator, "DELETE");
    expect([response.status, response.headers.get(header)]).toEqual([status, value]);
    expect(await response.text()).toMatch(body);
    expect(isRevoked(simulator)).toBe(after);
  }
  expect(simulator.requests()).toMatchObject([{ status }, { status }]);
});

test("an answer can be cut short", async () => {
  const simulator = await simulatorFor();
  simulator.fault({}, { kind: "cut" });
  const cut = await fetchOne(simulator, "GET");
  expect(cut.status).toBe(200);
  await expect(cut.text()).rejects.toThrow("terminated");
  expect(simulator.requests()).toMatchObject([{ status: null }]);
});

test("latency delays an answer that is otherwise as usual, and adds to other faults", async () => {
  const simulator = await simulatorFor();
  const latency = simulator.fault({ times: 2 }, { kind: "latency", ms: 60 });
  simulator.fault({}, { kind: "status", status: 500 });
  const started = performance.now();
  expect((await fetchOne(simulator, "DELETE")).status).toBe(500);
  expect((await fetchOne(simulator, "DELETE")).status).toBe(204);
  // Timers may fire a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(115);
  expect(latency.hits).toBe(2);
});

test("a slow request is carried out although its client has given up waiting", async () => {
  const simulator = await simulatorFor();
  simulator.fault({}, { kind: "latency", ms: 500 });
  const leaving = new AbortController();
  const given = expect(fetchOne(simulator, "DELETE", leaving.signal)).rejects.toThrow("abort");
  await until(() => simulator.requests().length > 0);
  leaving.abort();
  await given;
  expect(isRevoked(simulator)).toBe(false);
  await until(() => isRevoked(simulator));
  expect(simulator.requests()).toMatchObject([{ status: null }]);
});

test("an answer can trickle for ever, or never come", async () => {
  const simulator = await simulatorFor();
  simulator.fault({}, { kind: "drip", everyMs: 5 });
  const leaving = new AbortController();
  const reader = (await fetchOne(simulator, "GET", leaving.signal)).body?.getReader();
  for (let drops = 0; drops < 3; drops++) expect((await reader?.read())?.done).toBe(false);
  leaving.abort();

  simulator.fault({}, { kind: "hang", after: true });
  const giving = new AbortController();
  const hanging = expect(fetchOne(simulator, "DELETE", giving.signal)).rejects.toThrow("abort");
  await until(() => isRevoked(simulator));
  giving.abort();
  await hanging;
});

test("requests that wait do not hold up stopping", async () => {
  const simulator = await simulatorFor();
  simulator.fault({}, { kind: "latency", ms: 60_000 });
  simulator.fault({ times: 2 }, { kind: "hang" });
  const waiting = [1, 2].map(() => fetchOne(simulator, "GET").catch((error: Error) => error.message));
  await until(() => simulator.requests().length === 2);
  await simulator.stop();
  expect(await Promise.all(waiting)).toEqual(["fetch failed", "fetch failed"]);
});

const down: Fault = { kind: "status", status: 500 };

test("a fault hits the next request that matches, as often as asked, until it is removed; later faults wait", async () => {
  const simulator = await simulatorFor();
  const list = () => statusOf(simulator, TOKENS);
  simulator.fault({}, down);
  simulator.fault({}, { kind: "status", status: 503 });
  expect([await list(), await list(), await list()]).toEqual([500, 503, 200]);
  const forEver = simulator.fault({ times: Number.POSITIVE_INFINITY }, down);
  for (let times = 0; times < 5; times++) expect(await list()).toBe(500);
  forEver.remove();
  expect(await list()).toBe(200);
  expect(forEver.hits).toBe(5);
});

test("which requests a fault hits can be told by method, path and query", async () => {
  const simulator = await simulatorFor();
  const one = `${TOKENS}/${tokenAt(simulator, 0).id}`;
  simulator.fault({ method: "delete" }, down);
  simulator.fault({ path: ME }, down);
  simulator.fault({ path: /tokens\/[0-9a-f-]+$/g, times: 2 }, down);
  simulator.fault({ query: { "page[number]": "1" } }, down);
  for (const [path, status, method = "GET"] of [
    [TOKENS, 200],
    [`${TOKENS}?page%5Bnumber%5D=1`, 500],
    [one, 500],
    [one, 500],
    [ME, 500],
    [one, 500, "DELETE"],
    [one, 204, "DELETE"],
  ] as const) {
    expect(await statusOf(simulator, path, { method })).toBe(status);
  }
});

const AUDIT = "/api/v2/audit/events/search";

test("a search of the Audit Trail can take too long: it says so, and gives a part, as often as asked", async () => {
  const simulator = await simulatorFor();
  for (let index = 0; index < 4; index++) await fetchOne(simulator, "DELETE");
  const search = async () => {
    const body = JSON.stringify({ filter: { query: "@http.method:DELETE" } });
    const response = await fetch(simulator.url + AUDIT, { method: "POST", headers: keys(simulator), body });
    return (await response.json()) as { data: unknown[]; meta: { status: string; warnings?: unknown[] } };
  };
  const fault = simulator.fault({ path: AUDIT, times: 2 }, { kind: "partial" });
  for (let time = 0; time < 2; time++) {
    const { data, meta } = await search();
    expect(data).toHaveLength(2);
    expect(meta).toEqual({ status: "timeout", warnings: [expect.objectContaining({ title: expect.any(String) })] });
  }
  expect((await search()).meta).toEqual({ status: "done" });
  simulator.fault({}, { kind: "partial", keep: 1, status: "done" });
  const { data, meta } = await search();
  expect([data.length, meta.status, meta.warnings?.length]).toEqual([1, "done", 1]);
  // What is no search is answered as usual.
  simulator.fault({}, { kind: "partial" });
  expect(await statusOf(simulator, ME)).toBe(200);
  expect(fault.hits).toBe(2);
});
