import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface GoogleServer {
  readonly port: number;
  readonly objects: Map<string, Buffer>;
  /** What the next requests get instead, an HTTP status. */
  refuseWith: number | undefined;
  /** The Authorization headers that came, each once. */
  readonly authorizations: Set<string | undefined>;
  stop(): Promise<void>;
}

/**
 * Google Cloud Storage with one bucket, `state`, in memory, for reading: objects.list, in pages of at most 1,000, and
 * objects.get. `test/engine/backends.slow.test.ts` uses fake-gcs-server.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export async function startGoogleServer(): Promise<GoogleServer> {
  const objects = new Map<string, Buffer>();
  const authorizations = new Set<string | undefined>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    const refuse = (code: number, message: string): void => json(code, { error: { code, message } });
    authorizations.add(request.headers.authorization);
    if (started.refuseWith !== undefined) return refuse(started.refuseWith, "caller does not have the permission");
    const [, key] = /^\/storage\/v1\/b\/state\/o(?:\/(.*))?$/.exec(url.pathname) ?? [null];
    if (request.method !== "GET" || key === null) return refuse(404, "Not Found");
    if (key === undefined) return json(200, listing(url.searchParams));
    const bytes = objects.get(decodeURIComponent(key));
    if (!bytes) return refuse(404, "No such object");
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": bytes.length }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started: GoogleServer = {
    port: (server.address() as AddressInfo).port,
    objects,
    authorizations,
    refuseWith: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;

  function listing(query: URLSearchParams): object {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("pageToken") ?? "";
    const names = [...objects.keys()]
      .filter((each) => each.startsWith(prefix))
      .map((key) => {
        const end = key.indexOf(query.get("delimiter") ?? "/", prefix.length);
        return end < 0 ? key : key.slice(0, end + 1);
      });
    const left = [...new Set(names)].filter((name) => name > after).sort();
    const page = left.slice(0, 1000);
    const updated = "2026-01-01T00:00:00.000Z";
    return {
      items: page.filter((name) => !name.endsWith("/")).map((name) => ({ name, bucket: "state", updated })),
      prefixes: page.filter((name) => name.endsWith("/")),
      ...(page.length < left.length && { nextPageToken: page.at(-1) }),
    };
  }
}
