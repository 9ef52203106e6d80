/**
 * Values that are not whole, or not in one piece: cut, masked, broken over lines, in base64. They are found to be told, so
 * that nobody takes their file for a clean one; placeholders, as documentation has them, are not told.
 */
import { Buffer } from "node:buffer";
import { layers } from "./encodedText";
import {
  ALIAS_LENGTH,
  BEGINNING_OF_VALUE,
  kindOfPrefix,
  PREFIXED,
  PREFIXES,
  VALUE_ANYWHERE,
  VALUE_FROM_KIND,
  VALUE_WITHOUT_BEGINNING,
} from "./syntax";
import { parseToken, TokenSyntaxError } from "./tokenIds";
import type { FoundToken } from "./valuesIn";

/** A value that is not whole, or not in one piece. No secret is in it, nor any part of one. */
export interface NearMiss {
  readonly kind: /** It ends too early. */
    | "cut"
    /** Something else stands for the secret. */
    | "masked"
    /** All of it is there, over two lines or more. */
    | "broken"
    /** All of it is there, in base64. */
    | "base64"
    /** A public portion alone, which names the token as well as a value does. */
    | "publicPortion";
  /** How many characters there are of a value that is cut. */
  readonly characters?: number;
  /** Whose the value is, where its public portion is whole. */
  readonly token?: FoundToken;
}

/** A near miss and the index in a text that it begins at. */
export interface NearMissAt {
  readonly what: NearMiss;
  readonly index: number;
}

/** Less of an alias is likely a placeholder. */
const SHORTEST_ALIAS = 8;
/** Less of an alias with a mask behind it is. */
const SHORTEST_SHOWN = 4;

/**
 * A line break within a value, with what may stand around it: the quotes and signs of joined strings, the `=` of mails, the
 * backslash of shells, indentation, and what mails and comments begin a line with.
 */
const LINE_BREAK =
  "(?:[\"']?[ \\t]*[=\\\\+.]?[ \\t]*(?:\\r\\n|\\r|\\n|\\\\r\\\\n|\\\\n)[ \\t>|#*/+-]*[\"']?(?![ \\t]*[\\r\\n]))";
const ALL_LINE_BREAKS = new RegExp(LINE_BREAK, "g");

/** Characters that hide others: asterisks, bullets, blocks, and three dots as one. A text has its bytes as characters. */
const HIDDEN = "(?:\\*|\\xe2(?:\\x80\\xa2|\\x97\\x8f|\\x96\\x88))";
const DOTS = "(?:\\.{2,}|\\xe2\\x80\\xa6|\\xff)";
const SAID =
  "[[(<{*_-]{0,3}(?:redacted|masked|hidden|filtered|secret|removed|omitted|truncated|censored|sanitized|scrubbed|snip)";
/** What stands for the rest, behind a part that is shown. */
const MASK = new RegExp(`^[_-]?(?:${HIDDEN}{2,}|${DOTS}|[xX]{4,}|#{3,}|${SAID})`, "i");
/** What stands for all of a value: documentation has dots, letters x and words in angle brackets there. */
const MASK_ALONE = new RegExp(`^(?:${HIDDEN}{3,}|${DOTS}[0-9A-Za-z]{4}(?![0-9A-Za-z])|[[(*]${SAID})`, "i");
const MASKED_SECRET = /^(?:[xX]{4,}|redacted|masked|hidden|filtered)/i;

/** A quick look, by a prefix and the character behind it: a near miss goes on with a digit, a mask or a line break. */
export function mayBeNearMiss(beginning: string): boolean {
  return /^dd[ps]at_[^89A-Za-z_]/.test(beginning);
}

/** What a text is that begins as a value does; undefined for a placeholder, and for what is none of Datadog's. */
export function nearMissIn(raw: string): NearMiss | undefined {
  const text = [...layers(raw)].at(-1)?.text ?? raw;
  const whole = new RegExp(`^${VALUE_ANYWHERE}`).exec(text.replace(ALL_LINE_BREAKS, ""));
  if (whole) {
    const [, letter, alias] = whole as unknown as [string, string, string];
    const token = tokenOf(letter, alias);
    return token && { kind: "broken", token };
  }
  const beginning = BEGINNING_OF_VALUE.exec(text) as unknown as [string, string, string, string?] | null;
  if (!beginning) return undefined;
  const [shown, letter, alias, secret] = beginning;
  const behind = text.slice(shown.length);
  if (alias.length === ALIAS_LENGTH) {
    const token = /^[0-9A-Za-z]/.test(behind) && secret === undefined ? undefined : tokenOf(letter, alias);
    if (!token) return undefined;
    if (MASK.test(behind) || MASKED_SECRET.test(secret ?? "")) return { kind: "masked", token };
    // A _ alone is a template's: what it puts there is no part of the text.
    return secret ? { kind: "cut", characters: shown.length, token } : { kind: "publicPortion", token };
  }
  if (alias.length >= SHORTEST_SHOWN && MASK.test(behind)) return { kind: "masked" };
  if (alias === "" && MASK_ALONE.test(behind)) return { kind: "masked" };
  // With a _ or a letter behind it, it is a name.
  const isCut = alias.length >= SHORTEST_ALIAS && secret === undefined && !/^[0-9A-Za-z_-]/.test(behind);
  return isCut ? { kind: "cut", characters: shown.length } : undefined;
}

const BEGINNING_OF_PREFIX = new RegExp(`d(?:d(?:[ps](?:a(?:t)?)?)?)?${LINE_BREAK}$`);

/** A value whose prefix stands at the end of a line: all behind it begins at an index. */
export function beginningBroken(text: string, rest: number): NearMissAt | undefined {
  if (!VALUE_WITHOUT_BEGINNING.test(text.slice(rest, rest + 70))) return undefined;
  const index = text.slice(0, rest).search(BEGINNING_OF_PREFIX);
  const joined = index < 0 ? "" : text.slice(index).replace(ALL_LINE_BREAKS, "");
  const what = PREFIXED.test(joined) ? nearMissIn(text.slice(index)) : undefined;
  return what && { what, index };
}

/** A prefix in base64: what does not depend on the characters beside it, and how many of those complete no byte. */
interface Needle {
  readonly text: string;
  readonly skipped: number;
}

/** A prefix may stand at each of three places in base64's groups, and be in UTF-16 as PowerShell encodes it. */
const NEEDLES: readonly Needle[] = PREFIXES.flatMap((prefix) =>
  [Buffer.from(prefix), Buffer.from(prefix, "utf16le")].flatMap((bytes) =>
    [0, 1, 2].map((place) => {
      const encoded = Buffer.concat([Buffer.alloc(place), bytes]).toString("base64");
      const from = Math.ceil((place * 4) / 3);
      return { text: encoded.slice(from, Math.floor(((place + bytes.length) * 4) / 3)), skipped: (4 - from) % 4 };
    }),
  ),
);
const BASE64_LINE_BREAKS = /=?\r?\n[ \t>]*/g;
const LONGEST_NEEDLE = 24;
/** Base64 of a value in UTF-16, line breaks included. */
const LONGEST_IN_BASE64 = 250;

/** The values in base64, plain or safe for URLs, that begin between two places of one line. */
export function* base64In(text: string, from: number, to: number): Generator<NearMissAt> {
  const line = text.slice(from, to + LONGEST_NEEDLE).replace(BASE64_LINE_BREAKS, "");
  for (const needle of NEEDLES) {
    for (let at = line.indexOf(needle.text); at >= 0; at = line.indexOf(needle.text, at + 1)) {
      const index = from + at;
      if (index >= to) break;
      const encoded = text.slice(index, index + LONGEST_IN_BASE64).replace(BASE64_LINE_BREAKS, "");
      const decoded = Buffer.from(encoded.slice(needle.skipped), "base64").toString("latin1").replaceAll("\0", "");
      const [, letter, alias] = VALUE_FROM_KIND.exec(decoded) ?? [];
      const token = letter === undefined || alias === undefined ? undefined : tokenOf(letter, alias);
      if (token) yield { what: { kind: "base64", token }, index };
    }
  }
}

/** The token that an alias names, undefined where it stands for no UUID. */
function tokenOf(letter: string, alias: string): FoundToken | undefined {
  try {
    return { tokenId: parseToken(alias).tokenId, kind: kindOfPrefix(letter), publicPortion: alias };
  } catch (error) {
    if (error instanceof TokenSyntaxError) return undefined;
    throw error;
  }
}
