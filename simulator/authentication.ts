import type { IncomingHttpHeaders } from "node:http";
import type { Account, Organization, Token } from "./organization";
import type { Organizations } from "./organizations";
import { Refusal } from "./refusal";
import { looksLikeTokenValue } from "./tokenValue";

/** Which credentials a request carried, whether or not they were good ones. */
export type Authentication = "keys" | "bearer" | "token as application key" | "none";

/** On whose behalf a request acts, and what it may do. */
export interface Caller {
  readonly organization: Organization;
  readonly owner: Account;
  /** What its owner's permissions and the scopes of the token or key both allow; a scope has a permission's name. */
  readonly permissions: ReadonlySet<string>;
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
 * looked at. Keys are a pair only when both are of one organization.
 */
export function authenticate(headers: IncomingHttpHeaders, organizations: Organizations, now: number): Caller {
  const applicationKey = headerOf(headers, "dd-application-key");
  switch (authenticationOf(headers)) {
    case "bearer":
      return callerWith(bearerOf(headers) ?? "", organizations, now, 401);
    case "token as application key":
      return callerWith(applicationKey, organizations, now, 403);
    case "keys": {
      for (const organization of organizations) {
        const key = organization.applicationKeys.get(applicationKey);
        if (key !== undefined && organization.apiKeys.has(headerOf(headers, "dd-api-key"))) {
          return { organization, owner: key.owner, permissions: within(key.owner, key.scopes) };
        }
      }
      throw invalid(403);
    }
    case "none":
      throw invalid(401);
  }
}

/** Whom a token value makes the caller. */
function callerWith(value: string, organizations: Organizations, now: number, otherwise: 401 | 403): Caller {
  for (const organization of organizations) {
    const token = organization.useToken(value, now);
    if (token === undefined) continue;
    return { organization, owner: token.owner, permissions: within(token.owner, token.scopes), token };
  }
  throw invalid(otherwise);
}

function within({ permissions }: Account, scopes: readonly string[] | null): ReadonlySet<string> {
  if (scopes === null) return permissions;
  const allowed: ReadonlySet<string> = permissions;
  return new Set(scopes.filter((scope) => allowed.has(scope)));
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
