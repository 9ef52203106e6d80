import type { IncomingHttpHeaders } from "node:http";
import type { Account, Organization, Permission, Token } from "./organization";
import { Refusal } from "./refusal";
import { looksLikeTokenValue } from "./tokenValue";

/** Which credentials a request carried, whether or not they were good ones. */
export type Authentication = "keys" | "bearer" | "token as application key" | "none";

/** On whose behalf a request acts, and what it may do. */
export interface Caller {
  readonly owner: Account;
  readonly permissions: ReadonlySet<Permission>;
  /** The token that authenticated the request, if one did. */
  readonly token?: Token;
}

export function authenticationOf(headers: IncomingHttpHeaders): Authentication {
  if (bearerOf(headers) !== undefined) return "bearer";
  if (looksLikeTokenValue(headerOf(headers, "dd-application-key"))) return "token as application key";
  return headerOf(headers, "dd-application-key") || headerOf(headers, "dd-api-key") ? "keys" : "none";
}

/**
 * Who is calling. As Datadog does, it answers 401 to a bad bearer token and to no credentials at all, 403 to bad keys,
 * half a pair of them, and a bad token value in an application key's place. Beside such a value the API key is not
 * looked at.
 */
export function authenticate(headers: IncomingHttpHeaders, organization: Organization, now: number): Caller {
  const applicationKey = headerOf(headers, "dd-application-key");
  switch (authenticationOf(headers)) {
    case "bearer":
      return callerOf(organization.useToken(bearerOf(headers) ?? "", now), 401);
    case "token as application key":
      return callerOf(organization.useToken(applicationKey, now), 403);
    case "keys": {
      const key = organization.applicationKeys.get(applicationKey);
      if (key === undefined || !organization.apiKeys.has(headerOf(headers, "dd-api-key"))) throw invalid(403);
      return key;
    }
    case "none":
      throw invalid(401);
  }
}

function callerOf(token: Token | undefined, otherwise: 401 | 403): Caller {
  if (token === undefined) throw invalid(otherwise);
  return { owner: token.owner, permissions: token.owner.permissions, token };
}

function invalid(status: 401 | 403): Refusal {
  return new Refusal(status, "the credentials are missing or not valid here");
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}
