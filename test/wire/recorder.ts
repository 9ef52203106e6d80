import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as it went over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names as sent, in the order in which they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A server on loopback that keeps what it receives as it was sent, and answers as Datadog does to a revocation. */
export interface Recorder {
  /** Host and port. */
  readonly host: string;
  /** Runs what sends requests, and gives those that arrived meanwhile. */
  record(send: () => Promise<unknown>): Promise<WireRequest[]>;
  stop(): Promise<void>;
}

export async function startRecorder(): Promise<Recorder> {
  let arrived: WireRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ""] as const] : []));
    arrived.push({ method, target: url, headers, body: await text(request) });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async record(send) {
      arrived = [];
      await send();
      return arrived;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A header's value, whatever the case of its name. */
export function header(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1];
}
