import type { Account, Token } from "./organization";
import { isPermission } from "./permissionNames";
import { invalidField, objectIn, parseBody } from "./requestBody";
import { DAY, readRfc3339, timestamp } from "./timestamp";
import { tokenType } from "./tokenResource";

const SHORTEST_LIFE = DAY;
const LONGEST_LIFE = 366 * DAY;
/** What "24 hours from now" may lose between the client's clock and this one. */
const TOLERANCE = 60_000;

export interface NewAttributes {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Null: never, which only a service account's token may. */
  readonly expiresAt: string | null;
}

/**
 * The attributes in a POST's body: a name, at least one scope, a life of 24 hours to a year. A service account's token
 * need not expire.
 */
export function newAttributes(body: string, owner: Account, now: number): NewAttributes {
  const { attributes } = resourceIn(body, owner, ["type", "attributes"]);
  const given = objectIn(attributes, "attributes", ["name", "scopes", "expires_at"]);
  const { name, scopes, expires_at: expiresAt } = given;
  const endless = owner.type === "service_account" && (expiresAt === undefined || expiresAt === null);
  return { name: nameIn(name), scopes: scopesIn(scopes), expiresAt: endless ? null : expiryIn(expiresAt, now) };
}

function expiryIn(expiresAt: unknown, now: number): string {
  const expiry = typeof expiresAt === "string" ? readRfc3339(expiresAt) : undefined;
  if (expiry === undefined) throw invalidField("expires_at", "an RFC 3339 time");
  if (expiry < now + SHORTEST_LIFE - TOLERANCE || expiry > now + LONGEST_LIFE + TOLERANCE) {
    throw invalidField("expires_at", "a time between 24 hours and a year from now");
  }
  return timestamp(expiry);
}

/** The attributes in a PATCH's body: a name, scopes, or both. */
export function changedAttributes(body: string, token: Token): { name?: string; scopes?: readonly string[] } {
  const { id, attributes } = resourceIn(body, token.owner, ["type", "id", "attributes"]);
  if (typeof id !== "string" || id.toLowerCase() !== token.id) throw invalidField("id", "the id in the path");
  const { name, scopes } = objectIn(attributes, "attributes", ["name", "scopes"]);
  return {
    ...(name === undefined ? {} : { name: nameIn(name) }),
    ...(scopes === undefined ? {} : { scopes: scopesIn(scopes) }),
  };
}

function resourceIn<Field extends string>(body: string, owner: Account, fields: readonly (Field | "type")[]) {
  const { data } = objectIn(parseBody(body), "the body", ["data"]);
  const resource = objectIn(data, "data", fields);
  const type = tokenType(owner);
  if (resource.type !== type) throw invalidField("type", `"${type}"`);
  return resource;
}

function nameIn(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw invalidField("name", "a text that is not empty");
}

function scopesIn(scopes: unknown): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length === 0) throw invalidField("scopes", "a list of at least one scope");
  for (const scope of scopes) {
    if (typeof scope !== "string" || !isPermission(scope)) {
      throw invalidField("scopes", `the names of permissions; ${JSON.stringify(scope)} is none`);
    }
  }
  return scopes;
}
