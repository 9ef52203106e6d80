import { ConfigurationError } from "./errors";
import type { Environment } from "./settings";
import { isLoopback } from "./sites";

/** The proxy that requests go through. */
export interface HttpProxy {
  /** Scheme, host and port. */
  readonly url: string;
  /** Host and port, for messages. */
  readonly host: string;
  /** The environment variable that names it. */
  readonly variable: string;
  /** What the header Proxy-Authorization says: a secret. Absent: no user name was given. */
  readonly authorization?: string;
}

/**
 * The proxy for an API's address, as other tools choose it: HTTPS_PROXY, unless NO_PROXY names the host. HTTP_PROXY would be
 * for http: addresses, which are on this machine only, and such addresses never go through a proxy.
 *
 * @returns undefined when requests go straight to the API
 * @throws ConfigurationError naming the variable, never its value, which may hold a password
 */
export function chooseProxy(apiUrl: string, env: Environment): HttpProxy | undefined {
  const { hostname, port } = new URL(apiUrl);
  if (isLoopback(hostname) || hostname.endsWith(".localhost")) return undefined;
  const variable = nameOf("HTTPS_PROXY", env);
  const noProxy = env[nameOf("NO_PROXY", env)] ?? "";
  const value = env[variable]?.trim() ?? "";
  if (value === "" || isExempt(hostname, port || "443", noProxy)) return undefined;
  return parseProxy(value, variable);
}

/** As curl does it: the name in lower case wins; empty is unset. */
function nameOf(name: string, env: Environment): string {
  return env[name.toLowerCase()] ? name.toLowerCase() : name;
}

function isExempt(hostname: string, port: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, host = "", onPort = port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      // With or without a dot before it, a domain stands for its hosts too.
      const name = host.replace(/^\*?\./, "");
      return name !== "" && onPort === port && (hostname === name || hostname.endsWith(`.${name}`));
    });
}

function parseProxy(value: string, variable: string): HttpProxy {
  const example = "write it like http://proxy.example.com:3128";
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!/^https?:/i.test(address)) {
    throw new ConfigurationError(`${variable} is not the address of an HTTP proxy: ${example}`);
  }
  const escaped = "; in a user name and a password, write special characters escaped, like %40 for @";
  if (!URL.canParse(address)) throw new ConfigurationError(`${variable} is not a URL: ${example}${escaped}`);
  const { protocol, host, port, username, password } = new URL(address);
  const login = decode(`${username}:${password}`);
  if (login === undefined) {
    throw new ConfigurationError(`${variable} contains a % that begins no escape like %40: write %25 for it${escaped}`);
  }
  return {
    url: `${protocol}//${host}`,
    host: port ? host : `${host}:${protocol === "https:" ? 443 : 80}`,
    variable,
    ...(login !== ":" && { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
