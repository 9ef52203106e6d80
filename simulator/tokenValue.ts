import type { Account } from "./organization";
import type { Random } from "./random";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ALIAS_LENGTH = 22;
const SECRET_LENGTH = 36;

/** The part of a value that names the token: its UUID as one number in base62, padded to 22 digits. */
function alias(tokenId: string): string {
  let rest = BigInt(`0x${tokenId.replaceAll("-", "")}`);
  let digits = "";
  while (rest > 0n) {
    digits = DIGITS.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  return digits.padStart(ALIAS_LENGTH, "0");
}

/** `ddpat_` for a person's token, `ddsat_` for a service account's. */
export type Prefix = "ddpat_" | "ddsat_";

/**
 * The part of a value that Datadog shows, as recorded: bare for a person's token, with the prefix for a service
 * account's.
 */
export const publicPortion = (owner: Account, prefix: Prefix, tokenId: string): string =>
  owner.type === "users" ? alias(tokenId) : `${prefix}${alias(tokenId)}`;

export const prefixFor = (owner: Account): Prefix => (owner.type === "users" ? "ddpat_" : "ddsat_");

/**
 * A token value of 65 characters. Datadog's ends in a checksum whose definition is not public; here all 36 characters
 * after the alias are random.
 */
export function tokenValue(prefix: Prefix, tokenId: string, random: Random): string {
  return `${prefix}${alias(tokenId)}_${random.text(SECRET_LENGTH, DIGITS)}`;
}

export const looksLikeTokenValue = (text: string): boolean => /^dd[ps]at_/.test(text);
