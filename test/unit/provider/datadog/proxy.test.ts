import { ConfigurationError } from "../../../../provider/datadog/errors";
import { chooseProxy } from "../../../../provider/datadog/proxy";
import type { Environment } from "../../../../provider/datadog/settings";

const API = "https://api.datadoghq.eu";
const PROXY = "http://proxy.example.com:3128";

/** The proxy's address, or undefined. */
const chosen = (env: Environment, apiUrl = API): string | undefined => chooseProxy(apiUrl, env)?.url;

test.each<[string, Environment, string | undefined]>([
  ["nothing is set", {}, undefined],
  ["HTTPS_PROXY is set", { HTTPS_PROXY: PROXY }, PROXY],
  ["https_proxy is set", { https_proxy: PROXY }, PROXY],
  ["both are set: lower case wins", { https_proxy: PROXY, HTTPS_PROXY: "http://other.test" }, PROXY],
  ["lower case is empty", { https_proxy: "", HTTPS_PROXY: PROXY }, PROXY],
  ["both are empty", { https_proxy: "", HTTPS_PROXY: " " }, undefined],
  ["only HTTP_PROXY and ALL_PROXY are set", { HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY }, undefined],
])("the proxy when %s", (_, env, expected) => {
  expect(chosen(env)).toBe(expected);
});

test.each([
  "http://localhost:8080",
  "http://127.0.0.1:8080",
  "https://127.8.9.10",
  "https://[::1]:8443",
  "https://api.localhost",
])("%s never goes through a proxy, not even through one that is no address", (apiUrl) => {
  expect(chosen({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY }, apiUrl)).toBeUndefined();
  expect(chosen({ HTTPS_PROXY: "socks5://proxy" }, apiUrl)).toBeUndefined();
});

describe("NO_PROXY", () => {
  const isExempt = (noProxy: string, apiUrl = API): boolean =>
    chosen({ HTTPS_PROXY: PROXY, NO_PROXY: noProxy }, apiUrl) === undefined;

  test.each([
    "*",
    "api.datadoghq.eu",
    "API.DataDogHQ.eu",
    "datadoghq.eu",
    ".datadoghq.eu",
    "*.datadoghq.eu",
    "eu",
    "api.datadoghq.eu:443",
    ".datadoghq.eu:443",
    "other.example.com,datadoghq.eu",
    " other.example.com , datadoghq.eu ",
    "other.example.com datadoghq.eu",
  ])("%s takes the API out", (noProxy) => {
    expect(isExempt(noProxy)).toBe(true);
  });

  test.each([
    "",
    ",",
    ".",
    ":443",
    "api",
    "datadoghq.com",
    "hq.eu",
    "xapi.datadoghq.eu",
    "v1.api.datadoghq.eu",
    "api.datadoghq.eu:8443",
    "datadoghq.eu:80",
    "a*",
  ])("%j does not", (noProxy) => {
    expect(isExempt(noProxy)).toBe(false);
  });

  test("knows ports and addresses", () => {
    expect(isExempt("gw.example.com:8443", "https://gw.example.com:8443")).toBe(true);
    expect(isExempt("gw.example.com:443", "https://gw.example.com:8443")).toBe(false);
    expect(isExempt("10.0.0.7", "https://10.0.0.7")).toBe(true);
    expect(isExempt("0.0.7", "https://10.0.0.7")).toBe(true);
    expect(isExempt("[2001:db8::7]", "https://[2001:db8::7]")).toBe(true);
  });

  test("in lower case wins, unless it is empty", () => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: "datadoghq.eu" };
    expect(chosen({ ...env, no_proxy: "example.com" })).toBe(PROXY);
    expect(chosen({ ...env, no_proxy: "" })).toBeUndefined();
  });
});

const basic = (login: string): string => `Basic ${Buffer.from(login).toString("base64")}`;

test.each<[string, object]>([
  [PROXY, { url: PROXY, host: "proxy.example.com:3128" }],
  ["proxy.example.com:3128", { url: PROXY, host: "proxy.example.com:3128" }],
  [" HTTP://Proxy.Example.com:3128/ ", { url: PROXY, host: "proxy.example.com:3128" }],
  ["proxy", { url: "http://proxy", host: "proxy:80" }],
  ["https://proxy", { url: "https://proxy", host: "proxy:443" }],
  ["10.0.0.1:8080", { url: "http://10.0.0.1:8080", host: "10.0.0.1:8080" }],
  ["http://[2001:db8::1]:8080", { url: "http://[2001:db8::1]:8080", host: "[2001:db8::1]:8080" }],
  ["http://robin:secret@proxy", { url: "http://proxy", host: "proxy:80", authorization: basic("robin:secret") }],
  ["robin:secret@proxy:8080", { url: "http://proxy:8080", host: "proxy:8080", authorization: basic("robin:secret") }],
  ["http://robin@proxy", { url: "http://proxy", host: "proxy:80", authorization: basic("robin:") }],
  ["http://a%40b:%C3%A9%3A@proxy", { url: "http://proxy", host: "proxy:80", authorization: basic("a@b:é:") }],
])("%s is read as a proxy, as plain data", (value, expected) => {
  expect(chooseProxy(API, { https_proxy: value })).toEqual({ variable: "https_proxy", ...expected });
});

describe("a value that is no proxy is refused by the variable's name, never repeated:", () => {
  test.each([
    [
      "socks5://robin:secret@proxy:1080",
      "is not the address of an HTTP proxy: write it like http://proxy.example.com:3128",
    ],
    ["socks://proxy", "is not the address of an HTTP proxy: write it like"],
    ["file:///etc/secret", "is not the address of an HTTP proxy: write it like"],
    ["http://", "is not a URL: write it like http://proxy.example.com:3128"],
    ["proxy:port", "is not a URL: write it like"],
    [
      "http://robin:sec#ret@proxy",
      "is not a URL: write it like http://proxy.example.com:3128; in a user name and a password, write special characters escaped, like %40 for @",
    ],
    ["http://robin:sec%ret@proxy", "contains a % that begins no escape like %40: write %25 for it"],
    ["pro xy:3128", "is not a URL: write it like"],
  ])("%s", (value, said) => {
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      let error: unknown;
      try {
        chooseProxy(API, { [name]: value });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(ConfigurationError);
      const { message } = error as Error;
      expect(message.startsWith(`${name} ${said}`)).toBe(true);
      expect(message).not.toMatch(/robin|sec#?%?ret/);
    }
  });
});
