import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Simulator } from "../../../simulator";
import { unheld } from "../../support/unheld";
import { call, keys, simulatorFor, TOKENS, tokenAt } from "./useSimulator";

/** A DELETE, spoken over a bare socket so that every byte of what comes back shows; resolves when it is closed. */
async function rawDelete(simulator: Simulator, id: string): Promise<{ bytes: string; error: string | undefined }> {
  const socket = connect(Number(new URL(simulator.url).port), "127.0.0.1");
  const headers = Object.entries(keys(simulator)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`DELETE ${TOKENS}/${id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers.join("")}\r\n`);
  let bytes = "";
  let error: string | undefined;
  socket.on("data", (chunk) => {
    bytes += chunk;
  });
  socket.on("error", (problem: NodeJS.ErrnoException) => {
    error = problem.code;
  });
  await new Promise((resolve) => socket.once("close", resolve));
  return { bytes, error };
}

const fetchOne = (simulator: Simulator, method: string, signal?: AbortSignal) =>
  fetch(`${simulator.url}${TOKENS}/${tokenAt(simulator, 0).id}`, {
    method,
    headers: keys(simulator),
    redirect: "manual",
    ...(signal === undefined ? {} : { signal }),
  });

const isRevoked = (simulator: Simulator) => simulator.find(tokenAt(simulator, 0).id)?.revokedAt !== null;

describe("resets", () => {
  it.each([
    ["resetBefore", false],
    ["resetAfter", true],
  ] as const)("%s cuts the connection without a byte; carried out: %s", async (kind, carriedOut) => {
    const simulator = await simulatorFor();
    simulator.fault({ method: "DELETE" }, { kind });
    const { bytes, error } = await rawDelete(simulator, tokenAt(simulator, 0).id);
    expect({ bytes, error }).toEqual({ bytes: "", error: "ECONNRESET" });
    expect(isRevoked(simulator)).toBe(carriedOut);
    expect(simulator.requests()).toMatchObject([{ method: "DELETE", status: null }]);
  });
});

describe("false answers", () => {
  it("can have any status, headers and body, and none of its own", async () => {
    const simulator = await simulatorFor();
    const headers = { "Retry-After": "7" };
    simulator.fault({}, { kind: "status", status: 503, headers, body: { errors: ["Try later"] } });
    const answer = await call(simulator, TOKENS);
    expect(answer).toMatchObject({ status: 503, body: { errors: ["Try later"] } });
    expect(answer.headers.get("retry-after")).toBe("7");
    expect([...answer.headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([]);
    expect(simulator.requests()).toMatchObject([{ status: 503 }]);
  });

  it("can be a proxy's page with 200", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "html" });
    const response = await fetchOne(simulator, "GET");
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await response.text()).toContain("<html>");
  });

  it("can send the client elsewhere", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "redirect", location: "https://elsewhere.example/" });
    const response = await fetchOne(simulator, "DELETE");
    expect([response.status, response.headers.get("location")]).toEqual([307, "https://elsewhere.example/"]);
    expect(isRevoked(simulator)).toBe(false);
  });

  it("can be JSON that is broken, or cut short", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "malformed" });
    simulator.fault({}, { kind: "cut" });
    await expect((await fetchOne(simulator, "GET")).json()).rejects.toThrow("JSON");
    const cut = await fetchOne(simulator, "GET");
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow("terminated");
    expect(simulator.requests().map(({ status }) => status)).toEqual([200, null]);
  });

  it.each<Fault>([
    { kind: "status", status: 500, after: true },
    { kind: "html", status: 502, after: true },
    { kind: "redirect", location: "/", after: true },
    { kind: "malformed", after: true },
  ])("can hide that the request was carried out: %j", async (fault) => {
    const simulator = await simulatorFor();
    simulator.fault({}, fault);
    expect((await fetchOne(simulator, "DELETE")).status).not.toBe(204);
    expect(isRevoked(simulator)).toBe(true);
  });
});

describe("slowness", () => {
  it("delays an answer that is otherwise as usual, and adds to other faults", async () => {
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

  it("carries out a request whose client has given up waiting", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "latency", ms: 500 });
    const leaving = new AbortController();
    const given = expect(fetchOne(simulator, "DELETE", leaving.signal)).rejects.toThrow("abort");
    while (simulator.requests().length === 0) await sleep(1, undefined, unheld);
    leaving.abort();
    await given;
    expect(isRevoked(simulator)).toBe(false);
    while (!isRevoked(simulator)) await sleep(5, undefined, unheld);
    expect(simulator.requests()).toMatchObject([{ status: null }]);
  });

  it("can trickle for ever, or never answer", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "drip", everyMs: 5 });
    const leaving = new AbortController();
    const dripping = await fetchOne(simulator, "GET", leaving.signal);
    const reader = dripping.body?.getReader();
    for (let drops = 0; drops < 3; drops++) expect((await reader?.read())?.done).toBe(false);
    leaving.abort();

    simulator.fault({}, { kind: "hang", after: true });
    const giving = new AbortController();
    const hanging = expect(fetchOne(simulator, "DELETE", giving.signal)).rejects.toThrow("abort");
    while (!isRevoked(simulator)) await sleep(5, undefined, unheld);
    giving.abort();
    await hanging;
  });

  it("does not hold up stopping", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "latency", ms: 60_000 });
    simulator.fault({ times: 2 }, { kind: "hang" });
    const waiting = [1, 2].map(() => fetchOne(simulator, "GET").catch((error: Error) => error.message));
    while (simulator.requests().length < 2) await sleep(1, undefined, unheld);
    await simulator.stop();
    expect(await Promise.all(waiting)).toEqual(["fetch failed", "fetch failed"]);
  });
});

describe("which requests a fault hits", () => {
  const down: Fault = { kind: "status", status: 500 };
  const statusOf = async (simulator: Simulator, path: string, method = "GET") => {
    const response = await fetch(simulator.url + path, { method, headers: keys(simulator) });
    return response.status;
  };

  it("is the next one that matches, as often as asked, until it is removed", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, down);
    expect([await statusOf(simulator, TOKENS), await statusOf(simulator, TOKENS)]).toEqual([500, 200]);
    const forEver = simulator.fault({ times: Number.POSITIVE_INFINITY }, down);
    for (let times = 0; times < 5; times++) expect(await statusOf(simulator, TOKENS)).toBe(500);
    forEver.remove();
    expect(await statusOf(simulator, TOKENS)).toBe(200);
    expect(forEver.hits).toBe(5);
  });

  it("can be told by method, path and query", async () => {
    const simulator = await simulatorFor();
    const { id } = tokenAt(simulator, 0);
    simulator.fault({ method: "delete" }, down);
    simulator.fault({ path: "/api/v2/current_user" }, down);
    simulator.fault({ path: /tokens\/[0-9a-f-]+$/g, times: 2 }, down);
    simulator.fault({ query: { "page[number]": "1" } }, down);
    expect(await statusOf(simulator, TOKENS)).toBe(200);
    expect(await statusOf(simulator, `${TOKENS}?page%5Bnumber%5D=1`)).toBe(500);
    expect(await statusOf(simulator, `${TOKENS}/${id}`)).toBe(500);
    expect(await statusOf(simulator, `${TOKENS}/${id}`)).toBe(500);
    expect(await statusOf(simulator, "/api/v2/current_user")).toBe(500);
    expect(await statusOf(simulator, `${TOKENS}/${id}`, "DELETE")).toBe(500);
    expect(await statusOf(simulator, `${TOKENS}/${id}`, "DELETE")).toBe(204);
  });

  it("leaves later faults for later requests", async () => {
    const simulator = await simulatorFor();
    simulator.fault({}, { kind: "status", status: 502 });
    simulator.fault({}, { kind: "status", status: 503 });
    expect([await statusOf(simulator, TOKENS), await statusOf(simulator, TOKENS)]).toEqual([502, 503]);
  });
});
