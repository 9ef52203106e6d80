import { text } from "node:stream/consumers";
import { startServer } from "../support/server";

/** A request as it went over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Names as sent, in the order in which they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What is sent to a server that answers as Datadog does to a revocation. */
export async function record(send: (url: string) => Promise<unknown>): Promise<WireRequest[]> {
  const arrived: WireRequest[] = [];
  const { url } = await startServer(async (request, response) => {
    const { method = "", url = "", rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ""] as const] : []));
    arrived.push({ method, target: url, headers, body: await text(request) });
    response.writeHead(204).end();
  });
  await send(url);
  return arrived;
}

/** A header's value, whatever the case of its name. */
export function header(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1];
}
