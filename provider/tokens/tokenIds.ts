/**
 * Token ids, and what else names a token. The alias of a value is the token's UUID in base62, so the id follows from a
 * value offline, and nothing but the id needs to leave the program.
 */
import { holdsTokenValue } from "./redact";
import { ALIAS_LENGTH, kindOfPrefix, PREFIX_OF, PREFIXED, PUBLIC_PORTION, type TokenKind, VALUE } from "./syntax";

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
const LARGEST_UUID = (1n << 128n) - 1n;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Says why a text names no token. Never repeats the text, which may be a secret. */
export class TokenSyntaxError extends Error {
  override readonly name = "TokenSyntaxError";
}

/** Whether a text has the shape of a UUID, whatever its version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * Reads a token id. Ids are UUIDs by shape only: Datadog's own sample has no valid version. White space around it is left
 * out, here and by the others that read: a line break is easily copied with it.
 *
 * @param other the argument that takes values and public portions, for the error
 * @returns the id, lowercase
 * @throws TokenSyntaxError
 */
export function parseTokenId(given: string, other = "token"): string {
  const text = given.trim();
  if (UUID.test(text)) return refuseUnknown(text.toLowerCase());
  if (PREFIXED.test(text) || PUBLIC_PORTION.test(text)) {
    throw new TokenSyntaxError(
      `is not a token id but looks like a token value or a public portion: pass it as the argument ${other}`,
    );
  }
  throw new TokenSyntaxError(
    `is not a token id (${shapeOf(text)}): a token id is a UUID like 00000000-0000-1234-0000-000000000000`,
  );
}

/**
 * Reads a token value or a public portion (bare, or with its prefix). A value's checksum is not public and not checked.
 *
 * @throws TokenSyntaxError
 */
export function parseToken(given: string): TokenName {
  const text = given.trim();
  const match = VALUE.exec(text) ?? PUBLIC_PORTION.exec(text);
  if (match) {
    const [, prefix, alias] = match;
    const tokenId = refuseUnknown(decodeAlias(alias as string));
    return prefix === undefined ? { tokenId } : { tokenId, kind: kindOfPrefix(prefix) };
  }
  if (UUID.test(text)) throw new TokenSyntaxError("is a token id: pass it as the argument tokenId");
  throw new TokenSyntaxError(
    `is neither a token value nor a public portion (${shapeOf(text)}): a value is ddpat_ or ddsat_, ` +
      "22 letters and digits, _ and 36 more; a public portion is the first 22, with or without the prefix",
  );
}

/** How a program in another language than TypeScript makes a public portion of a token's value. */
export const HOW_TO_REDUCE = "Python and Go: value[:28]; C#: value[..28]; YAML: write them out";

/**
 * Refuses a whole value where it must not come: in arguments that pass through Pulumi's engine before anything of ours
 * could reduce them.
 *
 * @param as how to give the public portion instead, for the error
 * @throws TokenSyntaxError
 */
export function refuseValue(text: string, as = ""): void {
  if (!holdsTokenValue(text)) return;
  throw new TokenSyntaxError(
    `is a whole token value, a secret: give its first 28 characters alone, the public portion${as} (${HOW_TO_REDUCE})`,
  );
}

/**
 * Reads a public portion, bare or with its prefix, and refuses a value.
 *
 * @throws TokenSyntaxError
 */
export function parsePublicPortion(given: string): TokenName {
  const text = given.trim();
  refuseValue(text);
  if (PUBLIC_PORTION.test(text) || UUID.test(text)) return parseToken(text);
  throw new TokenSyntaxError(
    `is not a public portion (${shapeOf(text)}): that is the first 28 characters of a value, ddpat_ or ddsat_ and ` +
      "22 letters and digits; the prefix may be left out",
  );
}

/**
 * Reads what names a token: its id, or what `other` reads.
 *
 * @throws TokenSyntaxError
 */
export function parseName(text: string, other: (text: string) => TokenName): TokenName {
  return isUuid(text.trim()) ? { tokenId: parseTokenId(text) } : other(text);
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

/** The same with the prefix that tells whose the token is. */
export function prefixedPortion({ tokenId, kind }: Required<TokenName>): string {
  return `${PREFIX_OF[kind]}${publicPortion(tokenId)}`;
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

function refuseUnknown(tokenId: string): string {
  if (tokenId === UNKNOWN) throw new TokenSyntaxError("is Pulumi's marker for an unknown value, not a token");
  return tokenId;
}

function shapeOf(text: string): string {
  if (text === "") return "it is empty";
  return `it has ${text.length} characters`;
}
