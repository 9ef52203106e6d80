/**
 * Token ids, token values and public portions.
 *
 * A value is `ddpat_<alias>_<secret>` (`ddsat_` for a service account's), 22 and 36 letters and digits. The alias is the
 * token's UUID in base62, so the id follows from a value offline, and nothing but the id needs to leave the program.
 *
 * @see https://docs.datadoghq.com/account_management/personal-access-tokens/
 */

import { isPlain, type Layer, layers } from "./encodedText";

/** Whose the token is: a person's (`ddpat_…`) or a service account's (`ddsat_…`). */
export type TokenKind = "personal" | "service";

/** A token, named without its secret. */
export interface TokenName {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** What the prefix says; absent where there was none. Service accounts' tokens have been issued as `ddpat_` too. */
  readonly kind?: TokenKind;
}

/** Pulumi's marker for a value that a preview does not know yet; a well-formed UUID itself, and never a token's. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = BigInt(DIGITS.length);
const ALIAS_LENGTH = 22;
const LARGEST_UUID = (1n << 128n) - 1n;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const PREFIX = /^dd[ps]at_/;
const PUBLIC_PORTION = /^(?:dd([ps])at_)?([0-9A-Za-z]{22})$/;
const VALUE = /^dd([ps])at_([0-9A-Za-z]{22})_[0-9A-Za-z]{36}$/;

/**
 * Finds secrets in running text: the alias with any part of the secret behind it, so that a cut value counts too, or one
 * that a letter was lost from. A secret ends where the next value begins: joined ones are each found.
 */
const VALUE_IN_TEXT = /(dd[ps]at_(?:(?!dd[ps]at_)[0-9A-Za-z]){12,})_(?:(?!dd[ps]at_)[0-9A-Za-z])+/g;

/** Says why a text names no token. Never repeats the text, which may be a secret. */
export class TokenSyntaxError extends Error {
  override readonly name = "TokenSyntaxError";
}

/** Whether a text has the shape of a UUID, whatever its version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * Reads a token id. Ids are UUIDs by shape only: Datadog's own sample has no valid version.
 *
 * @param other the argument that takes values and public portions, for the error
 * @returns the id, lowercase
 * @throws TokenSyntaxError
 */
export function parseTokenId(text: string, other = "token"): string {
  if (UUID.test(text)) return checkKnown(text.toLowerCase());
  if (PREFIX.test(text) || PUBLIC_PORTION.test(text)) {
    throw new TokenSyntaxError(
      `is not a token id but looks like a token value or a public portion: pass it as the argument ${other}`,
    );
  }
  throw new TokenSyntaxError(
    `is not a token id (${describe(text)}): a token id is a UUID like 00000000-0000-1234-0000-000000000000`,
  );
}

/**
 * Reads a token value or a public portion (bare, or with its prefix). A value's checksum is not public and not checked.
 *
 * @throws TokenSyntaxError
 */
export function parseToken(text: string): TokenName {
  const match = VALUE.exec(text) ?? PUBLIC_PORTION.exec(text);
  if (match) {
    const [, prefix, alias] = match;
    const tokenId = checkKnown(decodeAlias(alias as string));
    return prefix === undefined ? { tokenId } : { tokenId, kind: prefix === "s" ? "service" : "personal" };
  }
  if (UUID.test(text)) throw new TokenSyntaxError("is a token id: pass it as the argument tokenId");
  throw new TokenSyntaxError(
    `is neither a token value nor a public portion (${describe(text)}): a value is ddpat_ or ddsat_, ` +
      "22 letters and digits, _ and 36 more; a public portion is the first 22, with or without the prefix",
  );
}

/** The id of the token whose value a text is; undefined for any other text. */
export function tokenIdOfValue(text: string): string | undefined {
  try {
    return VALUE.test(text) ? parseToken(text).tokenId : undefined;
  } catch {
    return undefined;
  }
}

/** The public portion of a token id: its UUID in base62, without a prefix. */
export function publicPortion(tokenId: string): string {
  let rest = BigInt(`0x${tokenId.replaceAll("-", "")}`);
  let digits = "";
  for (; rest > 0n; rest /= BASE) digits = DIGITS.charAt(Number(rest % BASE)) + digits;
  return digits.padStart(ALIAS_LENGTH, "0");
}

/** Whether a text holds a token value, or a value's alias with a part of its secret; also inside escapes. */
export function holdsTokenValue(text: string): boolean {
  return innermostWithValue(text) !== undefined;
}

/** Replaces the secret part of every token value in a text; also inside escapes. */
export function redactTokenValues(text: string): string {
  return redactEscaped(text).replace(VALUE_IN_TEXT, "$1_[redacted]");
}

/** The same for values inside escapes. First of all: of one that is escaped in part, the rest would not be known any more. */
function redactEscaped(text: string): string {
  // Most texts are, and a listing has thousands.
  const layer = isPlain(text) ? undefined : innermostWithValue(text);
  if (!layer) return text;
  const parts: string[] = [];
  let done = 0;
  for (const match of layer.text.matchAll(VALUE_IN_TEXT)) {
    const [whole, alias = ""] = match;
    parts.push(text.slice(done, layer.place(match.index + alias.length)), "_[redacted]");
    done = layer.place(match.index + whole.length);
  }
  return parts.join("") + text.slice(done);
}

/** Of a text and what is left of it without its notations, one after the other, the last that shows a value: the whole of it. */
function innermostWithValue(text: string): Layer | undefined {
  return [...layers(text)].findLast((layer) => layer.text.search(VALUE_IN_TEXT) >= 0);
}

function decodeAlias(alias: string): string {
  let number = 0n;
  for (const digit of alias) number = number * BASE + BigInt(DIGITS.indexOf(digit));
  if (number > LARGEST_UUID) {
    throw new TokenSyntaxError("is not a token of Datadog's: its public portion stands for no UUID. Is it complete?");
  }
  const hex = number.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function checkKnown(tokenId: string): string {
  if (tokenId === UNKNOWN) throw new TokenSyntaxError("is Pulumi's marker for an unknown value, not a token");
  return tokenId;
}

function describe(text: string): string {
  if (text === "") return "it is empty";
  if (text.trim() !== text) return "it has spaces or line breaks around it";
  return `it has ${text.length} characters`;
}
