import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds, of the clock that never goes back. */
  readonly at: number;
}

/** What the server does with a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** Ends all connections too. */
  stop(): Promise<void>;
}

const running = new Set<ScriptedServer>();

/** A server on loopback that answers in the order given; the last answer stands for all further requests. */
export async function startServer(...answers: [Answer, ...Answer[]]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    received.push({ method, url, headers, at: performance.now() });
    answers[Math.min(received.length, answers.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started: ScriptedServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: () => {
      running.delete(started);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  running.add(started);
  return started;
}

afterEach(async () => {
  await Promise.all([...running].map((server) => server.stop()));
});

/** The address of a server that is not there any more. */
export async function closedAddress(): Promise<string> {
  const server = await startServer(hang);
  await server.stop();
  return server.url;
}

export function answer(status: number, body = "", headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return answer(status, JSON.stringify(body), { "Content-Type": "application/vnd.api+json", ...headers });
}

export function html(status: number, body = "<!DOCTYPE html><html><title>Welcome</title></html>"): Answer {
  return answer(status, body, { "Content-Type": "text/html" });
}

/** Ends the connection without an answer. */
export const reset: Answer = (request) => request.socket.resetAndDestroy();

/** Never answers. */
export const hang: Answer = () => {};

/** Answers, and sends a body that never ends, some bytes at a time. */
export const drip: Answer = (_, response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

/** Answers, and sends a body that never ends, as fast as it is read. */
export const flood: Answer = (_, response) => {
  const part = "x".repeat(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on("drain", more);
  more();
};

/** Promises a longer body than it sends. */
export function cut(status: number, part: string): Answer {
  return (request, response) => {
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": String(part.length + 100) });
    response.write(part, () => request.socket.destroy());
  };
}
