import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A Datadog written without a look at the simulator. */
export interface OwnDatadog {
  readonly url: string;
  /** The ids that were revoked, in order. */
  readonly revoked: readonly string[];
  /** The ids that a DELETE came in for, in order. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

const owner = "11111111-0000-4000-8000-000000000001";
const organization = "22222222-0000-4000-8000-000000000002";

/** What goes wrong with a request; `act` carries it out, and tells whether its token was there. */
export type Fault = (act: () => boolean, request: IncomingMessage, response: ServerResponse) => void;

/** Together a third of all answers. */
const failures: readonly Fault[] = [
  (_act, request) => request.socket.resetAndDestroy(),
  (act, request) => {
    act();
    request.socket.resetAndDestroy();
  },
  (_act, _request, response) => response.writeHead(500).end('{"errors":["Internal error"]}'),
  (act, _request, response) => {
    act();
    response.writeHead(502, { "content-type": "text/html" }).end("<html><title>Bad gateway</title></html>");
  },
  (_act, _request, response) =>
    response.writeHead(404, { "content-type": "text/html" }).end("<html>no such page</html>"),
  (act, _request, response) => {
    act();
    setTimeout(() => response.writeHead(503, { "retry-after": "0" }).end(), 100);
  },
  (_act, request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"data":', () => request.socket.destroy());
  },
];

/** One answer in a hundred: each makes the client slower. */
const refusals: readonly Fault[] = [
  (_act, _request, response) => response.writeHead(429, { "x-ratelimit-reset": "0" }).end('{"errors":["slow down"]}'),
  (_act, _request, response) => response.writeHead(429).end(),
];

/** What a server does besides failing. */
export interface FaultyOptions {
  /** The requests that it takes in each second; none by default. What is more, it refuses. */
  readonly perSecond?: number;
}

/**
 * A Datadog that often fails, in an order that the seed determines.
 *
 * @param ids of its tokens
 */
export function startFaultyDatadog(
  ids: readonly string[],
  seed: number,
  { perSecond }: FaultyOptions = {},
): Promise<OwnDatadog> {
  const random = randomFrom(seed);
  const limit = perSecond === undefined ? undefined : rateLimit(perSecond);
  return startOwnDatadog(ids, (_request, response) => {
    if (limit?.(response) === false) return tooMany;
    const luck = random();
    const kinds = luck < 0.01 ? refusals : luck < 0.34 ? failures : [];
    return kinds[Math.floor(random() * kinds.length)];
  });
}

const tooMany: Fault = (_act, _request, response) => response.writeHead(429).end('{"errors":["Too many requests"]}');

/**
 * A Datadog without faults of its own.
 *
 * @param ids of its tokens
 * @param meet called with each request as it comes in; tells what goes wrong with it, if anything does
 */
export async function startOwnDatadog(
  ids: readonly string[],
  meet: (request: IncomingMessage, response: ServerResponse) => Fault | undefined,
): Promise<OwnDatadog> {
  const alive = new Set(ids);
  const revoked: string[] = [];
  const asked: string[] = [];

  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    const path = url.split("?")[0] ?? "";
    const id = path.split("/").at(-1) ?? "";
    if (method === "DELETE") asked.push(id);
    const act = (): boolean => {
      const known = alive.has(id);
      if (method === "DELETE" && alive.delete(id)) revoked.push(id);
      return known;
    };
    const fault = meet(request, response);
    if (fault) return fault(act, request, response);
    const known = act();
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/vnd.api+json" }).end(JSON.stringify(body));
    };
    if (path.endsWith("/current_user")) return send(200, user(owner, "ana@example.com"));
    if (path.includes("/users/")) return send(200, user(id, "ana@example.com"));
    if (path.endsWith("/personal_access_tokens")) {
      const query = new URLSearchParams(url.split("?")[1]);
      const [size, page] = [Number(query.get("page[size]")), Number(query.get("page[number]"))];
      const data = [...alive].slice(page * size, (page + 1) * size).map(token);
      return send(200, { data, meta: { page: { total_filtered_count: alive.size } } });
    }
    if (!known) return send(404, { errors: ["Not found"] });
    if (method === "GET") return send(200, { data: token(id) });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    revoked,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Counts requests by the second, and says so in the headers of their answers. False: one too many. */
function rateLimit(perSecond: number): (response: ServerResponse) => boolean {
  let second = 0;
  let count = 0;
  return (response) => {
    const now = Math.floor(Date.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    response.setHeader("x-ratelimit-limit", perSecond);
    response.setHeader("x-ratelimit-period", 1);
    response.setHeader("x-ratelimit-remaining", Math.max(0, perSecond - count));
    response.setHeader("x-ratelimit-reset", 1);
    return count <= perSecond;
  };
}

function token(id: string) {
  return {
    type: "personal_access_tokens",
    id,
    attributes: { name: `name of ${id}`, scopes: [], created_at: "2026-01-01T00:00:00Z" },
    relationships: { owned_by: { data: { type: "users", id: owner } } },
  };
}

function user(id: string, handle: string) {
  const org = { data: { type: "orgs", id: organization } };
  return { data: { type: "users", id, attributes: { handle }, relationships: { org } } };
}

/** Numbers of 0 to 1 (a linear congruential generator, with the constants of Numerical Recipes). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
