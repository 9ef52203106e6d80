import { didYouMean, nearest } from "../text/nearest";
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

/** Hosts of Datadog's that take data or show pages, whatever stands before or behind this part of their name. */
const OTHER_HOST = /^(agent|logs|trace|process|orchestrator|config|profile|docs|status|help|install|ip-ranges)$|intake/;

/** Like us6: there may be sites that are not known here yet. */
const REGION = /^[a-z]{2}\d$/;

/**
 * @param source where the name was found, for the error
 * @param apiUrlKey what the user calls the API's address in the configuration
 * @returns the site's API, without a slash at its end
 * @throws ConfigurationError for a name that is no site of Datadog's
 */
export function siteUrl(site: string, source: string, apiUrlKey: string): string {
  if (SITES.includes(site)) return `https://api.${site}`;
  const host = hostIn(site);
  const parts = partsOf(host);
  const meant = parts && isNewRegion(parts) ? undefined : meantSite(host);
  const unknown = `for a site that this version does not know, set DD_HOST or ${apiUrlKey} to https://api.<site>`;
  throw new ConfigurationError(
    `${source} ${whatIsNoSite(parts)}${didYouMean(meant)} (all: ${SITES.join(", ")}); ${unknown}`,
  );
}

function whatIsNoSite(parts: Parts | undefined): string {
  if (parts?.labels.some((label) => OTHER_HOST.test(label))) {
    return "is the address of one of Datadog's hosts, not a site";
  }
  if (parts && isUnknown(parts) && !isNewRegion(parts)) {
    return "looks like an organization's own address, not a Datadog site";
  }
  return "is not a Datadog site";
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

/** A host of Datadog's. */
interface Parts {
  /** The longest known site at its end. */
  readonly site: string;
  /** What stands before the site. */
  readonly labels: readonly string[];
  /** The last of these; empty where there are none. */
  readonly prefix: string;
}

/** Splits a host of Datadog's; undefined for the hosts of others. */
function partsOf(host: string): Parts | undefined {
  // The last that fits: the first one is the end of others.
  const site = SITES.findLast((site) => `.${host}`.endsWith(`.${site}`));
  if (site === undefined) return undefined;
  const labels = host.slice(0, -site.length).split(".").slice(0, -1);
  return { site, labels, prefix: labels.at(-1) ?? "" };
}

/** The site whose short name stands before another one; us3.ddog-gov.com is none: there may be such a site. */
function siteOfShortName({ site, prefix }: Parts): string | undefined {
  const meant = SHORT_NAMES.get(prefix);
  return site === "datadoghq.com" || `.${meant}`.endsWith(`.${site}`) ? meant : undefined;
}

/** Whether what stands before a site is none of the usual hosts and no short name of a site. */
function isUnknown(parts: Parts): boolean {
  return parts.prefix !== "" && !USUAL.includes(parts.prefix) && siteOfShortName(parts) === undefined;
}

function isNewRegion(parts: Parts): boolean {
  return isUnknown(parts) && REGION.test(parts.prefix);
}

/** The site that was probably meant; one that is not known here where the host names its region. */
function meantSite(host: string): string | undefined {
  const parts = partsOf(host);
  if (!parts) return SHORT_NAMES.get(host) ?? nearest(host.replace(/^(api|app|www)\./, ""), SITES);
  if (isNewRegion(parts)) return `${parts.prefix}.${parts.site}`;
  return siteOfShortName(parts) ?? parts.site;
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
  // The same host: records are compared by the address.
  url.hostname = url.hostname.replace(/\.$/, "");
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
  const isApi = url.hostname === `api.${meant}`;
  // Like api.gov3.datadoghq.com: a site that is not known here may have any name.
  const mayBeApi = parts !== undefined && host.startsWith("api.") && isUnknown(parts);
  if (parts && !isApi && !mayBeApi) {
    throw new ConfigurationError(`${source} is not the address of Datadog's API: write https://api.${meant}`);
  }
  return url.origin;
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
