import { nearest } from "../text/nearest";
import { ConfigurationError } from "./errors";

/**
 * Datadog's sites. The API of a site is at `https://api.<site>`.
 *
 * @see https://docs.datadoghq.com/getting_started/site/
 */
export const SITES: readonly string[] = [
  "datadoghq.com",
  "us3.datadoghq.com",
  "us5.datadoghq.com",
  "datadoghq.eu",
  "ap1.datadoghq.com",
  "ap2.datadoghq.com",
  "uk1.datadoghq.com",
  "ddog-gov.com",
  "us2.ddog-gov.com",
];

/** The short names that Datadog's pages have for the sites, and what people make of them. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ["us", "datadoghq.com"],
  ["us1", "datadoghq.com"],
  ["us3", "us3.datadoghq.com"],
  ["us5", "us5.datadoghq.com"],
  ["eu", "datadoghq.eu"],
  ["eu1", "datadoghq.eu"],
  ["ap1", "ap1.datadoghq.com"],
  ["ap2", "ap2.datadoghq.com"],
  ["uk1", "uk1.datadoghq.com"],
  ["gov", "ddog-gov.com"],
  ["us1-fed", "ddog-gov.com"],
  ["us2-fed", "us2.ddog-gov.com"],
]);

/** Hosts that every site has, beside those of organizations. */
const USUAL = ["api", "app", "www"];

/**
 * @param source where the name was found, for the error
 * @returns the site's API, without a slash at its end
 * @throws ConfigurationError for a name that is no site of Datadog's
 */
export function siteUrl(site: string, source: string): string {
  if (SITES.includes(site)) return `https://api.${site}`;
  const host = hostIn(site);
  const meant = meantSite(host);
  const isOrganizations = isUnknown(partsOf(host)?.prefix) && meant !== undefined && host.endsWith(`.${meant}`);
  const what = isOrganizations
    ? "looks like an organization's own address, not a Datadog site"
    : "is not a Datadog site";
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  throw new ConfigurationError(`${source} ${what}${hint} (all: ${SITES.join(", ")})`);
}

/** The host in a name or an address as somebody wrote it. */
function hostIn(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/*|[/?#\\].*$/gs, "")
    .replace(/^.*@|:\d*$/gs, "")
    .replace(/\.+$/, "")
    .replace(/\bdatadog\.(com|eu)$/, "datadoghq.$1");
}

/** Splits a host of Datadog's into its site and what stands before that; undefined for the hosts of others. */
function partsOf(host: string): { readonly site: string; readonly prefix?: string | undefined } | undefined {
  // The last that fits: the first one is the end of others.
  const site = SITES.findLast((site) => `.${host}`.endsWith(`.${site}`));
  return site === undefined ? undefined : { site, prefix: host.slice(0, -site.length).split(".").at(-2) };
}

/** Whether what stands before a site is none of the usual hosts and no short name of a site. */
function isUnknown(prefix: string | undefined): boolean {
  return prefix !== undefined && !USUAL.includes(prefix) && !SHORT_NAMES.has(prefix);
}

/** The site that was probably meant. */
function meantSite(host: string): string | undefined {
  const parts = partsOf(host);
  if (!parts) return SHORT_NAMES.get(host) ?? nearest(host.replace(/^(api|app|www)\./, ""), SITES);
  const { site, prefix = "" } = parts;
  if (site === "datadoghq.com" && SHORT_NAMES.has(prefix)) return SHORT_NAMES.get(prefix);
  // Like us6: a region that is mistyped.
  return isUnknown(prefix) && /^[a-z]{2}\d$/.test(prefix) ? nearest(host, SITES) : site;
}

/**
 * Checks the address of an API: Datadog's, a proxy's, or a simulator's on this machine.
 *
 * @param source where the address was found, for the error, which does not repeat it: it could hold a password
 * @returns the address without a slash at its end
 * @throws ConfigurationError
 */
export function parseApiUrl(text: string, source: string): string {
  const host = hostIn(text);
  const meant = meantSite(host) ?? "datadoghq.eu";
  const example = `write it like https://api.${meant}`;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new ConfigurationError(`${source} is not a URL with a scheme: ${example}`);
  }
  const url = new URL(text);
  if (url.username || url.password) {
    throw new ConfigurationError(`${source} holds a user name or a password: ${example}`);
  }
  if (url.pathname !== "/" || url.search || url.hash || /[?#]/.test(text)) {
    throw new ConfigurationError(`${source} has a path, a query or a fragment: ${example}`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new ConfigurationError(`${source} uses http:, which would send the keys in clear: use https:`);
  }
  const parts = partsOf(host);
  const isApi = url.hostname.replace(/\.$/, "") === `api.${meant}`;
  // Like api.us7.datadoghq.com: there may be sites that are not known here yet.
  const mayBeApi = host.startsWith("api.") && isUnknown(parts?.prefix);
  if (parts && !isApi && !mayBeApi) {
    throw new ConfigurationError(`${source} is not the address of Datadog's API: write https://api.${meant}`);
  }
  return url.origin;
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
