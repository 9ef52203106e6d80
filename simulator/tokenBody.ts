import { tokenType } from "./jsonApi";
import type { Account, Token } from "./organization";
import { Refusal } from "./refusal";
import { DAY, timestamp } from "./timestamp";

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
  const { attributes } = resourceIn(body, owner);
  const { name, scopes, expires_at: expiresAt } = attributes;
  const endless = owner.type === "service_account" && (expiresAt === undefined || expiresAt === null);
  return { name: nameIn(name), scopes: scopesIn(scopes), expiresAt: endless ? null : expiryIn(expiresAt, now) };
}

function expiryIn(expiresAt: unknown, now: number): string {
  const expiry = typeof expiresAt === "string" ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(expiry)) throw invalid("expires_at", "an RFC 3339 time");
  if (expiry < now + SHORTEST_LIFE - TOLERANCE || expiry > now + LONGEST_LIFE + TOLERANCE) {
    throw invalid("expires_at", "a time between 24 hours and a year from now");
  }
  return timestamp(expiry);
}

/** The attributes in a PATCH's body: a name, scopes, or both. */
export function changedAttributes(body: string, token: Token): { name?: string; scopes?: readonly string[] } {
  const { id, attributes } = resourceIn(body, token.owner);
  if (id !== token.id) throw invalid("id", "the id in the path");
  const { name, scopes } = attributes;
  return {
    ...(name === undefined ? {} : { name: nameIn(name) }),
    ...(scopes === undefined ? {} : { scopes: scopesIn(scopes) }),
  };
}

function resourceIn(body: string, owner: Account): { id: unknown; attributes: Record<string, unknown> } {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
  const resource = isRecord(document) ? document.data : undefined;
  if (!isRecord(resource)) throw invalid("data", "an object");
  const type = tokenType(owner);
  if (resource.type !== type) throw invalid("type", `"${type}"`);
  if (!isRecord(resource.attributes)) throw invalid("attributes", "an object");
  return { id: resource.id, attributes: resource.attributes };
}

function nameIn(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw invalid("name", "a text that is not empty");
}

function scopesIn(scopes: unknown): readonly string[] {
  if (Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => typeof scope === "string")) return scopes;
  throw invalid("scopes", "a list of at least one scope");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(field: string, expected: string): Refusal {
  return new Refusal(400, `invalid field "${field}": expected ${expected}`);
}
