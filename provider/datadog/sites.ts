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

/**
 * @param source where the name was found, for the error
 * @returns the site's API, without a slash at its end
 * @throws ConfigurationError for a name that is no site of Datadog's
 */
export function siteUrl(site: string, source: string): string {
  if (!SITES.includes(site)) {
    const meant = nearest(site.toLowerCase().replace(/^(https?:\/\/)?((app|api)\.)?|\/+$/g, ""), SITES);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    throw new ConfigurationError(`${source} is not a Datadog site${hint} (all: ${SITES.join(", ")})`);
  }
  return `https://api.${site}`;
}

/**
 * Checks the address of an API: Datadog's, a proxy's, or a simulator's on this machine.
 *
 * @param source where the address was found, for the error, which does not repeat it: it could hold a password
 * @returns the address without a slash at its end
 * @throws ConfigurationError
 */
export function parseApiUrl(text: string, source: string): string {
  const example = "write it like https://api.datadoghq.eu";
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
  return url.origin;
}

/** Whether a URL's host is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
