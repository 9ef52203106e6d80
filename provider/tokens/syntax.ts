/**
 * What token values look like: the one place that knows. A value is `ddpat_<alias>_<secret>` (`ddsat_` for a service
 * account's), 22 and 36 letters and digits. The alias alone, with or without the prefix, is the public portion.
 *
 * @see https://docs.datadoghq.com/account_management/personal-access-tokens/
 */

const PREFIX = "dd([ps])at_";
const CHARACTER = "[0-9A-Za-z]";
/** A character of the same value: it ends where another value begins, so that of joined values each is found. */
const SAME_VALUE = `(?:(?!dd[ps]at_)${CHARACTER})`;

export const ALIAS_LENGTH = 22;
const SECRET_LENGTH = 36;
/** Characters of a whole value. */
export const VALUE_LENGTH = "ddpat_".length + ALIAS_LENGTH + "_".length + SECRET_LENGTH;

/** A text that begins as values and prefixed public portions do. */
export const PREFIXED = /^dd[ps]at_/;

/** A whole value. Groups: `p` or `s`, and the alias. */
export const VALUE = new RegExp(`^${PREFIX}(${CHARACTER}{${ALIAS_LENGTH}})_${CHARACTER}{${SECRET_LENGTH}}$`);

/** A public portion. Groups: `p`, `s` or nothing, and the alias. */
export const PUBLIC_PORTION = new RegExp(`^(?:${PREFIX})?(${CHARACTER}{${ALIAS_LENGTH}})$`);

/** A whole value somewhere in a text; a cut one before it is none. The groups of {@link VALUE}. */
export const VALUE_ANYWHERE = `${PREFIX}(${CHARACTER}{${ALIAS_LENGTH}})_${SAME_VALUE}{${SECRET_LENGTH}}`;

/**
 * A whole value somewhere in a text, for the engines of secret scanners: without groups, and without the look-ahead of
 * {@link VALUE_ANYWHERE}, which RE2 and Hyperscan do not have. The two differ only where a value that lacks its last one
 * to five characters stands directly before another value.
 */
export const VALUE_FOR_SCANNERS = `dd[ps]at_${CHARACTER}{${ALIAS_LENGTH}}_${CHARACTER}{${SECRET_LENGTH}}`;

/** What values begin with. */
export const PREFIXES = ["ddpat_", "ddsat_"] as const;

/** A secret somewhere in a text: the alias with any part of the secret behind it, so that a cut or damaged value counts. */
export const SECRET_ANYWHERE = new RegExp(`(dd[ps]at_${SAME_VALUE}{12,})_${SAME_VALUE}+`, "g");

/** Whose a prefix says that the token is. */
export function kindOfPrefix(letter: string): TokenKind {
  return letter === "s" ? "service" : "personal";
}

/** Whose the token is: a person's (`ddpat_…`) or a service account's (`ddsat_…`). */
export type TokenKind = "personal" | "service";
