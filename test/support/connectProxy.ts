import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { resolve } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterwards } from "./afterwards";

/**
 * A private CA, and a certificate by it for api.datadoghq.eu, localhost and 127.0.0.1. Made for tests, and good for nothing
 * else; the CA's key is gone. `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`, first
 * with `-keyout ca.key -out ca.crt`, then with `-CA ca.crt -CAkey ca.key -addext basicConstraints=critical,CA:FALSE
 * -addext subjectAltName=DNS:api.datadoghq.eu,DNS:localhost,IP:127.0.0.1 -keyout server.key -out server.crt`.
 */
const file = (name: string): string => resolve(__dirname, "../fixtures/privateCa", name);
export const PRIVATE_CA = file("ca.crt");
const certified = { key: readFileSync(file("server.key")), cert: readFileSync(file("server.crt")) };

/** An address that only the proxy leads to a test's server. */
export const BEHIND_PROXY = "https://api.datadoghq.eu";

/**
 * Puts TLS before a plain server, with a certificate by the private CA.
 *
 * @returns its address
 */
export async function startTls(to: string): Promise<string> {
  const server = createTlsServer(certified, (socket) => join(socket, to));
  return `https://localhost:${await listen(server)}`;
}

export interface ProxyOptions {
  /** The address of a plain server to which every tunnel leads, whatever it was asked for. TLS is put before it. */
  readonly to: string;
  /** `user:password` that it wants. */
  readonly login?: string;
  /** The status with which it refuses everything. */
  readonly refuse?: number;
  /** Whether it never answers. */
  readonly hangs?: boolean;
  /** Whether it speaks TLS itself. */
  readonly secure?: boolean;
}

/** A proxy on loopback. */
export interface ConnectProxy {
  /** Host and port. */
  readonly host: string;
  /** What it was asked to connect to, in order. */
  readonly asked: readonly string[];
}

/** Starts a proxy that does nothing but CONNECT, until the test file ends. */
export async function startProxy({ to, login, refuse, hangs, secure }: ProxyOptions): Promise<ConnectProxy> {
  const target = await startTls(to);
  const asked: string[] = [];
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const proxy = secure ? createHttpsServer(certified) : createHttpServer();
  proxy.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    asked.push(url);
    if (hangs) return;
    const isLoggedIn = wanted === undefined || headers["proxy-authorization"] === wanted;
    const status = isLoggedIn ? (refuse ?? 200) : 407;
    socket.write(`HTTP/1.1 ${status} Whatever\r\n\r\n`);
    if (status === 200) join(socket, target);
    else socket.end();
  });
  const port = await listen(proxy);
  // A host with TLS has a name.
  return { host: `${secure ? "localhost" : "127.0.0.1"}:${port}`, asked };
}

/** Leads a connection on to a server on loopback. When one end is gone, so is the other. */
function join(socket: Socket, to: string): void {
  const further = connect(Number(new URL(to).port), "127.0.0.1");
  further.on("error", () => {}).on("close", () => socket.destroy());
  socket.on("error", () => {}).on("close", () => further.destroy());
  socket.pipe(further).pipe(socket);
}

/** Until the test file ends. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  afterwards(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
