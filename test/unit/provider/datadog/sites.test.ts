import { ConfigurationError } from "../../../../provider/datadog/errors";
import { parseApiUrl, SITES, siteUrl } from "../../../../provider/datadog/sites";

test("each of Datadog's sites has its API at api.<site>", () => {
  expect(SITES).toHaveLength(9);
  for (const site of SITES) expect(siteUrl(site, "DD_SITE", "datadog:apiUrl")).toBe(`https://api.${site}`);
});

const UNKNOWN_SITE =
  "us2.ddog-gov.com); for a site that this version does not know, set DD_HOST or datadog:apiUrl to https://api.<site>";

test.each([
  ["datadoghq.de", ": did you mean datadoghq.eu?"],
  // Sites that are not known here yet, perhaps: no guess is better than a wrong one.
  ["us6.datadoghq.com", ""],
  ["ca1.datadoghq.com", ""],
  ["IN1.datadoghq.com", ""],
  ["api.ca1.datadoghq.com", ""],
  ["us3.ddog-gov.com", ""],
  ["datadog.com", ": did you mean datadoghq.com?"],
  ["app.datadoghq.eu", ": did you mean datadoghq.eu?"],
  ["app.datadoghq.com", ": did you mean datadoghq.com?"],
  ["app.datadog.com", ": did you mean datadoghq.com?"],
  ["us3.datadog.com", ": did you mean us3.datadoghq.com?"],
  ["us1.datadoghq.com", ": did you mean datadoghq.com?"],
  ["eu1.datadoghq.com", ": did you mean datadoghq.eu?"],
  ["api.datadoghq.com", ": did you mean datadoghq.com?"],
  ["api.us5.datadoghq.com", ": did you mean us5.datadoghq.com?"],
  ["us1.ddog-gov.com", ""],
  ["us1-fed.ddog-gov.com", ": did you mean ddog-gov.com?"],
  ["us2-fed.ddog-gov.com", ": did you mean us2.ddog-gov.com?"],
  ["gov.datadoghq.com", ": did you mean ddog-gov.com?"],
  ["datadoghq.com/", ": did you mean datadoghq.com?"],
  ["datadoghq.com.", ": did you mean datadoghq.com?"],
  [" datadoghq.com", ": did you mean datadoghq.com?"],
  ["datadoghq.eu:443", ": did you mean datadoghq.eu?"],
  ["https://app.datadoghq.eu/account/login?next=x", ": did you mean datadoghq.eu?"],
  ["us1", ": did you mean datadoghq.com?"],
  ["US3", ": did you mean us3.datadoghq.com?"],
  ["us5", ": did you mean us5.datadoghq.com?"],
  ["eu", ": did you mean datadoghq.eu?"],
  ["EU1", ": did you mean datadoghq.eu?"],
  ["ap1", ": did you mean ap1.datadoghq.com?"],
  ["ap2", ": did you mean ap2.datadoghq.com?"],
  ["uk1", ": did you mean uk1.datadoghq.com?"],
  ["gov", ": did you mean ddog-gov.com?"],
  ["us1-fed", ": did you mean ddog-gov.com?"],
  ["US2-FED", ": did you mean us2.ddog-gov.com?"],
  ["constructor", ""],
  ["us2.ddog.gov.com", ": did you mean us2.ddog-gov.com?"],
  ["https://datadoghq.eu", ": did you mean datadoghq.eu?"],
  ["APP.DATADOGHQ.EU", ": did you mean datadoghq.eu?"],
  ["somewhere.example", ""],
])("%s is no site: the error names the one that was meant, and all that there are: %j", (site, meant) => {
  const read = () => siteUrl(site, "DD_SITE", "datadog:apiUrl");
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(`DD_SITE is not a Datadog site${meant} (all: datadoghq.com, us3.`);
  expect(read).toThrow(UNKNOWN_SITE);
});

test.each([
  ["acme.datadoghq.com", "datadoghq.com"],
  ["https://acme.datadoghq.eu/", "datadoghq.eu"],
  ["ACME.us3.datadoghq.com", "us3.datadoghq.com"],
  ["acme.ddog-gov.com", "ddog-gov.com"],
])("%s is an organization's own address, whose site is %s", (address, site) => {
  const sentence = "DD_SITE looks like an organization's own address, not a Datadog site: did you mean";
  expect(() => siteUrl(address, "DD_SITE", "datadog:apiUrl")).toThrow(`${sentence} ${site}? (all: datadoghq.com, us3.`);
  expect(() => siteUrl(address, "DD_SITE", "datadog:apiUrl")).toThrow(UNKNOWN_SITE);
});

test.each([
  ["agent.datadoghq.com", ": did you mean datadoghq.com?"],
  ["http-intake.logs.datadoghq.eu", ": did you mean datadoghq.eu?"],
  ["https://trace.agent.us5.datadoghq.com", ": did you mean us5.datadoghq.com?"],
  ["browser-intake-us5.datadoghq.com", ": did you mean datadoghq.com?"],
  ["docs.datadoghq.com", ": did you mean datadoghq.com?"],
  ["trace.agent.ca1.datadoghq.com", ""],
])("%s is one of Datadog's hosts, not an organization's address: %j", (address, meant) => {
  const sentence = `DD_SITE is the address of one of Datadog's hosts, not a site${meant} (all: datadoghq.com, us3.`;
  expect(() => siteUrl(address, "DD_SITE", "datadog:apiUrl")).toThrow(sentence);
  expect(() => siteUrl(address, "DD_SITE", "datadog:apiUrl")).toThrow(UNKNOWN_SITE);
});

test.each([
  ["https://api.us7.datadoghq.com", "https://api.us7.datadoghq.com"],
  ["https://api.us1.ddog-gov.com", "https://api.us1.ddog-gov.com"],
  ["https://api.us3.ddog-gov.com", "https://api.us3.ddog-gov.com"],
  ["https://api.gov3.datadoghq.com", "https://api.gov3.datadoghq.com"],
  ["https://api.datadoghq.com.", "https://api.datadoghq.com"],
  ["https://api.us7.datadoghq.com.:443/", "https://api.us7.datadoghq.com"],
  ["https://proxy.example.:8443", "https://proxy.example:8443"],
  ["https://app.datadoghq.com.example", "https://app.datadoghq.com.example"],
  ["https://notdatadoghq.com", "https://notdatadoghq.com"],
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

test.each([
  ["https://app.datadoghq.com", "datadoghq.com"],
  ["https://APP.datadoghq.eu:443/", "datadoghq.eu"],
  ["https://datadoghq.com", "datadoghq.com"],
  ["https://us3.datadoghq.com/", "us3.datadoghq.com"],
  ["https://us1.datadoghq.com", "datadoghq.com"],
  ["https://api.us1.datadoghq.com", "datadoghq.com"],
  ["https://api.datadog.com", "datadoghq.com"],
  ["https://acme.us5.datadoghq.com", "us5.datadoghq.com"],
  ["https://us2.ddog-gov.com", "us2.ddog-gov.com"],
  ["https://us3.ddog-gov.com", "us3.ddog-gov.com"],
  ["https://app.ca1.datadoghq.com", "ca1.datadoghq.com"],
  ["https://api.us2-fed.ddog-gov.com", "us2.ddog-gov.com"],
  ["https://agent.datadoghq.com", "datadoghq.com"],
])("%s is not the address of an API: the error names that of %s", (address, site) => {
  const why = `DD_HOST is not the address of Datadog's API: write https://api.${site}`;
  expect(() => parseApiUrl(address, "DD_HOST")).toThrow(new ConfigurationError(why));
});

test.each([
  "us3.datadoghq.com",
  "app.us3.datadoghq.com",
  "us3",
  "https://us3.datadoghq.com/api/",
  "us3.datadoghq.com:443",
])("what the error about %s says to write is the API of its site", (text) => {
  expect(() => parseApiUrl(text, "DD_HOST")).toThrow(/: write it like https:\/\/api\.us3\.datadoghq\.com$/);
});

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
