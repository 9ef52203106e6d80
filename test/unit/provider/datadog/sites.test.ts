import { ConfigurationError } from "../../../../provider/datadog/errors";
import { parseApiUrl, SITES, siteUrl } from "../../../../provider/datadog/sites";

test("each of Datadog's sites has its API at api.<site>", () => {
  expect(SITES).toHaveLength(9);
  for (const site of SITES) expect(siteUrl(site, "DD_SITE")).toBe(`https://api.${site}`);
});

test.each([
  ["datadoghq.de", "; did you mean datadoghq.eu?"],
  ["us6.datadoghq.com", "; did you mean us3.datadoghq.com?"],
  ["datadog.com", "; did you mean datadoghq.com?"],
  ["app.datadoghq.eu", "; did you mean datadoghq.eu?"],
  ["us2.ddog.gov.com", "; did you mean us2.ddog-gov.com?"],
  ["https://datadoghq.eu", "; did you mean datadoghq.eu?"],
  ["APP.DATADOGHQ.EU", "; did you mean datadoghq.eu?"],
  ["somewhere.example", ""],
])("%s is no site: the error names the one that was meant, and all that there are: %j", (site, meant) => {
  const read = () => siteUrl(site, "DD_SITE");
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(`DD_SITE is not a Datadog site${meant} (all: datadoghq.com, us3.`);
});

test.each([
  ["https://api.datadoghq.eu/", "https://api.datadoghq.eu"],
  ["HTTPS://API.Datadoghq.EU", "https://api.datadoghq.eu"],
  ["https://api.datadoghq.eu:443", "https://api.datadoghq.eu"],
  ["https://proxy.example:8443/", "https://proxy.example:8443"],
  ["http://localhost:8080/", "http://localhost:8080"],
  ["http://[::1]:8080/", "http://[::1]:8080"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http://127.10.20.30", "http://127.10.20.30"],
])("the API's address %s is taken as %s", (text, origin) => {
  expect(parseApiUrl(text, "datadog:apiUrl")).toBe(origin);
});

const EXAMPLE = "write it like https://api.datadoghq.eu";

// The whole message, so that none repeats the address: it could hold a password.
test.each([
  [
    `is not a URL with a scheme: ${EXAMPLE}`,
    ["", "api.datadoghq.eu", "//api.datadoghq.eu", "localhost:8080", "user:pass@api.datadoghq.eu"],
  ],
  [
    `is not a URL with a scheme: ${EXAMPLE}`,
    ["ftp://api.datadoghq.eu", "https://", "https://api.datadoghq.eu:99999", "x:https://api.datadoghq.eu"],
  ],
  [
    `holds a user name or a password: ${EXAMPLE}`,
    ["https://user@api.datadoghq.eu", "https://:pass@api.datadoghq.eu", "https://u:pass@api.datadoghq.eu/path"],
  ],
  [
    `has a path, a query or a fragment: ${EXAMPLE}`,
    ["https://api.datadoghq.eu/api/v2", "https://api.datadoghq.eu//", "https://api.datadoghq.eu\\api"],
  ],
  [
    `has a path, a query or a fragment: ${EXAMPLE}`,
    ["https://api.datadoghq.eu?", "https://api.datadoghq.eu/?key=x", "https://h.eu#", "https://h.eu/#top"],
  ],
  [
    "uses http:, which would send the keys in clear: use https:",
    ["http://api.datadoghq.eu", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://[::2]:8080"],
  ],
  [
    "uses http:, which would send the keys in clear: use https:",
    ["http://192.168.0.1:8080", "http://0.0.0.0:8080", "http://127.0.0.x.eu", "http://example.com:80"],
  ],
])("an API's address is refused because it %s: %j", (why, addresses) => {
  for (const address of addresses) {
    expect(() => parseApiUrl(address, "DD_HOST")).toThrow(new ConfigurationError(`DD_HOST ${why}`));
  }
});
