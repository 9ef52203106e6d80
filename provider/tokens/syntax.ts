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

/** What values begin with, by whose they are. */
export const PREFIX_OF = { personal: "ddpat_", service: "ddsat_" } as const;
export const PREFIXES = [PREFIX_OF.personal, PREFIX_OF.service] as const;
export const ALIAS_LENGTH = 22;
const SECRET_LENGTH = 36;
/** Characters of a whole value. */
export const VALUE_LENGTH = PREFIXES[0].length + ALIAS_LENGTH + "_".length + SECRET_LENGTH;

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

/** A secret somewhere in a text: the alias with any part of the secret behind it, so that a cut or damaged value counts. */
export const SECRET_ANYWHERE = new RegExp(`(dd[ps]at_${SAME_VALUE}{12,})_${SAME_VALUE}+`, "g");

/**
 * What begins as a value does, as far as it goes. Groups: `p` or `s`, what there is of the alias, and, behind a `_`, of the
 * secret. The alias is a UUID in base62, so that its first digit is small: most placeholders have none.
 */
export const BEGINNING_OF_VALUE = new RegExp(
  `^${PREFIX}((?:(?!dd[ps]at_)[0-7]${SAME_VALUE}{0,${ALIAS_LENGTH - 1}})?)(?:_(${SAME_VALUE}*))?`,
);

/** The end of a value whose prefix is broken off: by its shape alone, as if the rest of the prefix stood before it. */
export const VALUE_WITHOUT_BEGINNING = new RegExp(
  `^(?:(?:(?:d?[ps])?a)?t)?_${CHARACTER}{${ALIAS_LENGTH}}_${CHARACTER}{${SECRET_LENGTH}}`,
);

/** A whole value whose prefix may lack what stands before `pat_` and `sat_`. Groups: `p` or `s`, and the alias. */
export const VALUE_FROM_KIND = new RegExp(
  `^d{0,2}([ps])at_(${CHARACTER}{${ALIAS_LENGTH}})_${CHARACTER}{${SECRET_LENGTH}}`,
);

/** Whose a prefix says that the token is. */
export function kindOfPrefix(letter: string): TokenKind {
  return letter === "s" ? "service" : "personal";
}

/** Whose the token is: a person's (`ddpat_…`) or a service account's (`ddsat_…`). */
export type TokenKind = "personal" | "service";
