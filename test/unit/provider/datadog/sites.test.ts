import { ConfigurationError } from "../../../../provider/datadog/errors";
import { parseApiUrl, siteUrl } from "../../../../provider/datadog/sites";
import { fc } from "../../../support/cases";

describe("sites", () => {
  test.each([
    "datadoghq.com",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "datadoghq.eu",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
    "ddog-gov.com",
    "us2.ddog-gov.com",
  ])("%s has its API at api.<site>", (site) => {
    expect(siteUrl(site, "DD_SITE")).toBe(`https://api.${site}`);
  });

  test.each([
    ["datadoghq.de", "datadoghq.eu"],
    ["us6.datadoghq.com", "us3.datadoghq.com"],
    ["datadog.com", "datadoghq.com"],
    ["app.datadoghq.eu", "datadoghq.eu"],
    ["uk.datadoghq.com", "uk1.datadoghq.com"],
    ["us2.ddog.gov.com", "us2.ddog-gov.com"],
  ])("%j is none; the error asks for %s", (site, nearest) => {
    const read = () => siteUrl(site, "DD_SITE");
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(`DD_SITE is not a Datadog site; did you mean ${nearest}? (all: datadoghq.com, us3.`);
  });
});

test.each([
  ["somewhere.example", "DD_SITE is not a Datadog site (all: datadoghq.com, "],
  ["https://datadoghq.eu", "DD_SITE is not a Datadog site; did you mean datadoghq.eu? (all: datadoghq.com, "],
  ["APP.DATADOGHQ.EU", "DD_SITE is not a Datadog site; did you mean datadoghq.eu? (all: datadoghq.com, "],
])("%s is refused with the site that was meant, and all that there are", (site, error) => {
  expect(() => siteUrl(site, "DD_SITE")).toThrow(error);
});

describe("API addresses", () => {
  test.each([
    ["https://api.datadoghq.eu", "https://api.datadoghq.eu"],
    ["https://api.datadoghq.eu/", "https://api.datadoghq.eu"],
    ["HTTPS://API.Datadoghq.EU", "https://api.datadoghq.eu"],
    ["https://api.datadoghq.eu:443", "https://api.datadoghq.eu"],
    ["https://proxy.example:8443/", "https://proxy.example:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["http://[::1]:8080/", "http://[::1]:8080"],
  ])("%s is taken as %s", (text, origin) => {
    expect(parseApiUrl(text, "datadog:apiUrl")).toBe(origin);
  });

  test.each([
    ["api.datadoghq.eu", /scheme/],
    ["//api.datadoghq.eu", /scheme/],
    ["localhost:8080", /scheme/],
    ["ftp://api.datadoghq.eu", /scheme/],
    ["file:///etc/passwd", /scheme/],
    ["https://", /scheme/],
    ["https://api.datadoghq.eu:99999", /scheme/],
    ["", /scheme/],
    ["x:https://api.datadoghq.eu", /scheme/],
    ["https://user@api.datadoghq.eu", /user name or a password/],
    ["https://:pass@api.datadoghq.eu", /user name or a password/],
    ["https://api.datadoghq.eu/api/v2", /path/],
    ["https://api.datadoghq.eu//", /path/],
    ["https://api.datadoghq.eu\\api", /path/],
    ["https://api.datadoghq.eu?", /query/],
    ["https://api.datadoghq.eu/?site=eu", /query/],
    ["https://api.datadoghq.eu#", /fragment/],
    ["https://api.datadoghq.eu/#top", /fragment/],
    ["http://api.datadoghq.eu", /use https:/],
    ["http://127.0.0.1.example.com", /use https:/],
    ["http://localhost.example.com", /use https:/],
    ["http://192.168.0.1:8080", /use https:/],
    ["http://0.0.0.0:8080", /use https:/],
    ["http://[::2]:8080", /use https:/],
  ])("%j is refused", (text, why) => {
    const read = () => parseApiUrl(text, "datadog:apiUrl");
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/^datadog:apiUrl /);
    expect(read).toThrow(why);
  });

  test("that are taken hold nothing but scheme, host and port, and are not http: elsewhere than on this machine", () => {
    const address = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ["http", "https"] }),
      fc
        .tuple(fc.constantFrom("http://", "https://", "HTTP://", "http:/", ""), fc.string({ unit: "binary" }))
        .map((parts) => parts.join("")),
      fc
        .tuple(
          fc.constantFrom("http://", "https://"),
          fc.constantFrom("", "u:p@", "@"),
          fc.constantFrom("127.0.0.1", "[::1]", "localhost", "example.com", "10.0.0.1", "2130706433", "0x7f.1"),
          fc.constantFrom("", ":80", ":8443"),
          fc.constantFrom("", "/", "/.", "/a", "?q", "#f", "/%2e"),
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(address, (text) => {
        let taken: string;
        try {
          taken = parseApiUrl(text, "DD_HOST");
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          return;
        }
        const url = new URL(`${taken}/`);
        expect(url.href).toBe(`${taken}/`);
        expect([url.username, url.password, url.search, url.hash]).toEqual(["", "", "", ""]);
        if (url.protocol === "http:") expect(url.hostname).toMatch(/^(localhost|127\.[\d.]+|\[::1\])$/);
        expect(new URL(text).host).toBe(url.host);
      }),
      { numRuns: 200 },
    );
  });

  test("that are refused are not repeated, as they could hold a password", () => {
    const password = fc.stringMatching(/^[0-9a-zA-Z]{12,30}$/);
    const address = password.chain((password) =>
      fc.record({
        password: fc.constant(password),
        text: fc.constantFrom(
          password,
          `https://user:${password}@api.datadoghq.eu`,
          `https://api.datadoghq.eu/${password}`,
          `https://api.datadoghq.eu?api_key=${password}`,
          `https://api.datadoghq.eu#${password}`,
          `http://${password}.example.com`,
          `user:${password}@api.datadoghq.eu`,
        ),
      }),
    );
    fc.assert(
      fc.property(address, ({ password, text }) => {
        let message = "";
        try {
          parseApiUrl(text, "DD_HOST");
        } catch (error) {
          message = String((error as Error).stack);
        }
        expect(message).toContain("DD_HOST");
        expect(message.toLowerCase()).not.toContain(password.toLowerCase());
      }),
    );
  });
});

test.each(["127.0.0.1", "127.10.0.1", "127.0.20.1", "127.0.0.30", "localhost", "[::1]"])(
  "http: is taken to %s",
  (host) => {
    expect(parseApiUrl(`http://${host}:8080`, "DD_HOST")).toBe(`http://${host}:8080`);
  },
);

test("an address that is refused is told what to write instead", () => {
  for (const address of ["", "http://example.com", "https://u@example.com", "https://example.com/path"]) {
    const example = address.startsWith("http:") ? "use https:" : "write it like https://api.datadoghq.eu";
    expect(() => parseApiUrl(address, "DD_HOST")).toThrow(example);
  }
});
