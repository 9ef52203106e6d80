import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTcpServer, type Socket } from "node:net";
import { watchSending } from "../../../../provider/datadog/sending";
import { afterwards } from "../../../support/afterwards";
import { answer, closedAddress, reset, startServer } from "../../../support/server";
import { untrusted } from "../../../support/untrusted";
import { clientFor, failureOf, TOKEN_ID, TOKEN_PATH } from "./datadogClient";

const ONCE = { enabled: false, timeout: 1_000 };

async function addressOf(server: Server, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterwards(() => server.close());
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server below HTTP. */
function startTcp(scheme: string, onConnection: (socket: Socket) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    afterwards(() => socket.destroy());
    onConnection(socket.on("error", () => {}));
  });
  return addressOf(server, scheme);
}

const onHead = (act: (socket: Socket) => void) => () =>
  startTcp("http", (socket) => void socket.once("data", () => act(socket)));

test.each<[string, () => Promise<string>, RegExp]>([
  ["the connection is refused", closedAddress, /ECONNREFUSED/],
  ["there is no such host", async () => "https://api.datadoghq.invalid", /api\.datadoghq\.invalid/],
  ["nobody trusts the certificate", () => addressOf(createHttpsServer(untrusted), "https"), /certificate/],
  ["no TLS comes about", async () => (await startServer(answer(204))).url.replace("http:", "https:"), /TLS/],
  [
    "the connection ends during the handshake",
    () => startTcp("https", (socket) => socket.resetAndDestroy()),
    /reset|disconnected/i,
  ],
  ["the handshake hangs", () => startTcp("https", () => {}), /it took too long/],
  ["fetch refuses the port", async () => "http://127.0.0.1:9", /bad port/],
])("nothing was sent when %s", async (_, address, why) => {
  const client = clientFor(await address(), { retry: { ...ONCE } });
  const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: false, message: expect.stringMatching(why) });
});

test.each<[string, () => Promise<string>, RegExp]>([
  ["is reset", onHead((socket) => socket.resetAndDestroy()), /./],
  ["is closed", onHead((socket) => socket.end()), /other side closed/],
  ["stays silent", onHead(() => {}), /it took too long/],
  ["says something else than HTTP", onHead((socket) => socket.end("220 ready\r\n")), /./],
])("the request may have arrived when the connection %s after its head", async (_, address, why) => {
  const client = clientFor(await address(), { retry: ONCE });
  const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: true, message: expect.stringMatching(why) });
});

test("an attempt that may have arrived is not forgotten for a later one that was not sent", async () => {
  const server = await startServer((...exchange) => {
    reset(...exchange);
    void server.stop();
  });
  const client = clientFor(server.url, { retry: { maxRetries: 1 } });
  const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: true, message: expect.stringMatching(/ECONNREFUSED/) });
});

test("nothing was sent when the package that sends cannot be loaded", async () => {
  jest.doMock("ky", () => {
    throw Object.assign(new Error("Cannot find package 'ky'"), { code: "ERR_MODULE_NOT_FOUND" });
  });
  const server = await startServer(answer(204));
  const error = await failureOf(clientFor(server.url, { retry: ONCE }).revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: false, message: expect.stringMatching(/package 'ky'/) });
  expect(server.received).toEqual([]);
  jest.dontMock("ky");
});

describe("a watch", () => {
  test("sees its own request only, by method, host and path with its query", async () => {
    const server = await startServer(answer(204));
    const watches = [
      watchSending("DELETE", `${server.url}${TOKEN_PATH}?a[b]=1`),
      watchSending("GET", `${server.url}${TOKEN_PATH}?a[b]=1`),
      watchSending("DELETE", `${server.url}${TOKEN_PATH}`),
      watchSending("DELETE", `${await closedAddress()}${TOKEN_PATH}?a[b]=1`),
    ];
    await fetch(`${server.url}${TOKEN_PATH}?a[b]=1`, { method: "DELETE" });
    expect(watches.map(({ progress }) => progress)).toEqual(["sent", "unseen", "unseen", "unseen"]);
    for (const watch of watches) watch.stop();
  });

  test("that was stopped sees nothing more", async () => {
    const server = await startServer(answer(204));
    const watch = watchSending("GET", `${server.url}/`);
    watch.stop();
    await fetch(`${server.url}/`);
    expect(watch.progress).toBe("unseen");
  });
});
