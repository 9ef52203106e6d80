import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { DatadogClient } from "../../../../provider/datadog/client";
import { datadogConfiguration, readSettings } from "../../../../provider/datadog/settings";
import { BEHIND_PROXY, PRIVATE_CA, startProxy } from "../../../support/connectProxy";
import { answer, closedAddress, hang, json, reset, startServer } from "../../../support/server";
import { clientFor, failureOf, TOKEN_ID, TOKEN_PATH, tokenAnswer } from "./datadogClient";

const NO_RETRY = { enabled: false, timeout: 2_000 };
const usual = getCACertificates("default");

beforeEach(() => setDefaultCACertificates([...usual, readFileSync(PRIVATE_CA, "utf8")]));
afterEach(() => setDefaultCACertificates(usual));

/** A client of an API that can be reached through the proxy only. */
function clientThrough(HTTPS_PROXY: string, retry = NO_RETRY): DatadogClient {
  const { apiUrl, proxy } = readSettings(
    datadogConfiguration(() => undefined),
    { DD_HOST: BEHIND_PROXY, HTTPS_PROXY },
  );
  return clientFor(apiUrl, { retry, ...(proxy && { proxy }) });
}

test.each([
  ["http", false],
  ["https", true],
])("every request goes through a proxy with %s, which sees neither the keys nor the path", async (scheme, secure) => {
  const server = await startServer(json(200, tokenAnswer()), answer(204), json(404, { errors: ["Not found"] }));
  const proxy = await startProxy({ to: server.url, secure });
  const client = clientThrough(`${scheme}://${proxy.host}`);
  expect(await client.getToken({ tokenId: TOKEN_ID })).toMatchObject({ tokenId: TOKEN_ID });
  expect(await client.revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 204, answerLost: false });
  expect(await client.revokeToken({ tokenId: TOKEN_ID })).toEqual({ status: 404, answerLost: false });
  const { headers, ...first } = server.received[0] ?? { headers: {} };
  expect(first).toMatchObject({ method: "GET", url: `${TOKEN_PATH}?include=leak_information` });
  expect(headers).toMatchObject({ host: "api.datadoghq.eu", "dd-api-key": expect.anything() });
  expect(headers).not.toHaveProperty("proxy-authorization");
  expect(new Set(proxy.asked)).toEqual(new Set(["api.datadoghq.eu:443"]));
});

test("a body goes through it too", async () => {
  const server = await startServer((request, response) => void request.pipe(response));
  const proxy = await startProxy({ to: server.url });
  const body = { filter: { query: "é" } };
  const { http } = clientThrough(proxy.host);
  expect(JSON.parse((await http.request("POST", "/api/v2/audit/events/search", { body })).body)).toEqual(body);
});

test("a redirect is refused there too", async () => {
  const server = await startServer(answer(302, "", { Location: `${BEHIND_PROXY}/elsewhere` }), answer(204));
  const client = clientThrough((await startProxy({ to: server.url })).host);
  expect((await failureOf(client.revokeToken({ tokenId: TOKEN_ID }))).message).toMatch(/answered 302.*Redirects/);
  expect(server.received).toHaveLength(1);
});

test.each([
  ["robin:a%40b", "robin:a@b"],
  ["robin:", "robin:"],
  ["robin", "robin:"],
])("the user name and the password of %s@… are given to the proxy", async (written, login) => {
  const server = await startServer(answer(204));
  const proxy = await startProxy({ to: server.url, login });
  const client = clientThrough(`http://${written}@${proxy.host}`);
  expect(await client.revokeToken({ tokenId: TOKEN_ID })).toMatchObject({ status: 204 });
});

describe("nothing was sent, nor past the proxy, and the message names it, when it", () => {
  test.each<[string, object, string, RegExp]>([
    [
      "wants a password",
      { login: "robin:secret99" },
      "",
      /: it wants a user name and a password: write them into HTTPS_PROXY \(http:\/\/user:password@host:port\)$/,
    ],
    [
      "wants another password",
      { login: "robin:secret99" },
      "robin:wrong%2077@",
      /: it did not accept the user name and the password: write them into HTTPS_PROXY/,
    ],
    ["refuses with 403", { refuse: 403 }, "", /: it refused the connection with status 403$/],
    ["refuses with 502", { refuse: 502 }, "", /: it refused the connection with status 502$/],
    ["never answers", { hangs: true }, "", /: it took too long$/],
  ])("%s", async (_, options, login, why) => {
    const server = await startServer(answer(204));
    const proxy = await startProxy({ to: server.url, ...options });
    const error = await failureOf(clientThrough(`http://${login}${proxy.host}`).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "network", answerLost: false });
    expect(error.message).toContain(`at api.datadoghq.eu gave no answer through the proxy ${proxy.host}: `);
    expect(error.message).toMatch(why);
    expect(error.message).not.toMatch(/robin|wrong|cm9iaW/);
    expect(server.received).toEqual([]);
  });

  test("is not there", async () => {
    const { host } = new URL(await closedAddress());
    const error = await failureOf(clientThrough(host).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "network", answerLost: false });
    expect(error.message).toContain(`through the proxy ${host}: connect ECONNREFUSED ${host}`);
  });

  test.each([
    ["http", false],
    ["https", true],
  ])("leads with %s to a certificate that nobody trusts", async (scheme, secure) => {
    setDefaultCACertificates(usual);
    const server = await startServer(answer(204));
    const { host } = await startProxy({ to: server.url, secure });
    const error = await failureOf(clientThrough(`${scheme}://${host}`).revokeToken({ tokenId: TOKEN_ID }));
    expect(error).toMatchObject({ kind: "network", answerLost: false });
    expect(error.message).toMatch(new RegExp(`through the proxy ${host}: .*certificate`));
    expect(server.received).toEqual([]);
  });
});

test.each([
  ["is reset", reset, /socket|closed|reset|other side/i],
  ["is never answered", hang, /it took too long/],
])("a request that %s behind the proxy may have arrived", async (_, fate, why) => {
  const server = await startServer(fate);
  const client = clientThrough((await startProxy({ to: server.url })).host);
  const error = await failureOf(client.revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: true });
  expect(error.message).toMatch(why);
  expect(server.received).toHaveLength(1);
});

test("the package for proxies is loaded for a proxy only; where it cannot be, nothing was sent", async () => {
  jest.doMock("undici", () => {
    throw Object.assign(new Error("Cannot find package 'undici'"), { code: "ERR_MODULE_NOT_FOUND" });
  });
  const server = await startServer(answer(204));
  const proxy = await startProxy({ to: server.url });
  expect(await clientFor(server.url).revokeToken({ tokenId: TOKEN_ID })).toMatchObject({ status: 204 });
  const error = await failureOf(clientThrough(proxy.host).revokeToken({ tokenId: TOKEN_ID }));
  expect(error).toMatchObject({ kind: "network", answerLost: false });
  expect(error.message).toMatch(/package 'undici'/);
  expect(proxy.asked).toEqual([]);
  jest.dontMock("undici");
});
