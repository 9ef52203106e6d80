import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is stored, by bucket and key. */
interface StoredObject {
  readonly bytes: Buffer;
  readonly modified: Date;
}

export interface S3Server {
  readonly port: number;
  /** By key, from the bucket's root. */
  readonly objects: Map<string, StoredObject>;
  /** The requests that changed something, as `"PUT key"`. */
  readonly written: string[];
  /** How many requests there were. */
  readonly asked: () => number;
  /** What the next requests get instead: `undefined` stands for what they would get. */
  answer: ((method: string, key: string, query: URLSearchParams) => S3Answer | undefined) | undefined;
  stop(): Promise<void>;
}

export interface S3Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * S3 with one bucket, `state`, in memory: as much of its documented REST API as Pulumi and its clients use, with pages of
 * at most 1,000 keys. Whoever asks is let in. `test/engine/backends.slow.test.ts` compares it with moto.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, StoredObject>();
  const written: string[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started: S3Server = {
    port: (server.address() as AddressInfo).port,
    objects,
    written,
    asked: () => asked,
    answer: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "" } = request;
    const url = new URL(request.url ?? "", "http://127.0.0.1");
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const body = contentOf(request, await wholeOf(request));
    const other = started.answer?.(method, key, url.searchParams);
    if (other) return refuse(response, other);
    if (bucket !== "state") return refuse(response, none("NoSuchBucket", "The specified bucket does not exist"));
    if (method !== "GET" && method !== "HEAD") written.push(`${method} ${key}`);
    if (key === "") {
      if (method === "POST" && url.searchParams.has("delete")) return deleteAll(response, body.toString());
      return xml(response, listing(url.searchParams));
    }
    if (method === "PUT") return put(request, response, key, body);
    if (method === "DELETE") {
      objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    const object = objects.get(key);
    if (!object) return refuse(response, none("NoSuchKey", "The specified key does not exist."));
    const headers = { "Last-Modified": object.modified.toUTCString(), ETag: etag(object.bytes) };
    response.writeHead(200, {
      ...headers,
      "Content-Type": "application/octet-stream",
      "Content-Length": object.bytes.length,
    });
    response.end(method === "HEAD" ? undefined : object.bytes);
  }

  function put(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer): void {
    const source = request.headers["x-amz-copy-source"];
    const copied = source === undefined ? undefined : decodeURIComponent(String(source)).replace(/^\/?state\//, "");
    const bytes = copied === undefined ? body : objects.get(copied)?.bytes;
    if (!bytes) {
      refuse(response, none("NoSuchKey", "The specified key does not exist."));
      return;
    }
    const object = { bytes, modified: new Date() };
    objects.set(key, object);
    if (copied === undefined) {
      response.writeHead(200, { ETag: etag(bytes) });
      response.end();
    } else xml(response, `<CopyObjectResult>${dateAndTag(object)}</CopyObjectResult>`);
  }

  function deleteAll(response: ServerResponse, body: string): void {
    const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
    for (const key of keys) objects.delete(key);
    const deleted = keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`);
    xml(response, `<DeleteResult>${deleted.join("")}</DeleteResult>`);
  }

  function listing(query: URLSearchParams): string {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter") ?? "";
    const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
    const most = Math.min(Number(query.get("max-keys") ?? 1000), 1000);
    // What counts towards a page: a key, or all keys that are alike up to the delimiter.
    const entries = new Map<string, string>();
    for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const name = end < 0 ? key : key.slice(0, end + delimiter.length);
      if (entries.has(name)) continue;
      const object = objects.get(key) as StoredObject;
      const content = `<Contents><Key>${name}</Key>${dateAndTag(object)}<Size>${object.bytes.length}</Size></Contents>`;
      entries.set(name, end < 0 ? content : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`);
    }
    const left = [...entries].filter(([name]) => name > after);
    const page = left.slice(0, most);
    const isTruncated = page.length < left.length;
    const next = isTruncated ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : "";
    const head = `<Name>state</Name><Prefix>${prefix}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys>`;
    const all = page.map(([, content]) => content).join("");
    return `<ListBucketResult>${head}<IsTruncated>${isTruncated}</IsTruncated>${next}${all}</ListBucketResult>`;
  }
}

const none = (code: string, message: string): S3Answer => ({ status: 404, code, message });

const etag = (bytes: Buffer): string => `"${createHash("md5").update(bytes).digest("hex")}"`;

function dateAndTag({ bytes, modified }: StoredObject): string {
  return `<LastModified>${modified.toISOString()}</LastModified><ETag>${etag(bytes)}</ETag>`;
}

async function wholeOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** Takes apart what a client signs piece by piece. */
function contentOf(request: IncomingMessage, body: Buffer): Buffer {
  if (!String(request.headers["content-encoding"] ?? "").includes("aws-chunked")) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, end), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function xml(response: ServerResponse, content: string, status = 200): void {
  response.writeHead(status, { "Content-Type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${content}`);
}

function refuse(response: ServerResponse, { status, code, message }: S3Answer): void {
  xml(response, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`, status);
}
