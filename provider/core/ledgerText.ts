import { plainLine } from "../text/plainLine";

/** What is wrong at a line of a ledger, or worth a warning. */
export interface LedgerProblem {
  /** The line, from 1. */
  readonly line: number;
  /** What it is and what to do. It repeats no value. */
  readonly text: string;
}

/** The bytes of a ledger as text, or why they are none. */
export type LedgerText = { readonly text: string; readonly hasMark: boolean } | { readonly problem: LedgerProblem };

const ONLY_UTF_8 = "save the file as UTF-8 (PowerShell: Set-Content -Encoding utf8)";

/**
 * What YAML's parsers disagree about, or what no editor shows: line breaks that only some programs see, byte order marks
 * within the text, control characters.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
export const UNCLEAR = /\r(?!\n)|[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/**
 * Reads the bytes of a ledger. Only what every editor and program shows as the same lines passes: in anything else an
 * entry could stand where no one, or only a person, sees it.
 *
 * @returns the text, without a byte order mark in front
 */
export function decodeLedger(bytes: Uint8Array): LedgerText {
  const mark = `${bytes[0]} ${bytes[1]}`;
  const zero = bytes.indexOf(0);
  if (mark === "255 254" || mark === "254 255") return refuse(1, `the file is UTF-16: ${ONLY_UTF_8}`);
  if (zero >= 0) {
    const what = "the file holds zero bytes: it is UTF-16, or was appended to in UTF-16, as PowerShell's >> does";
    return refuse(lineAt(bytes, zero), `${what}. Write those lines again, and ${ONLY_UTF_8}`);
  }
  const wrong = firstInvalidLine(bytes);
  if (wrong !== undefined) return refuse(wrong, `the line is not UTF-8: write it again, and ${ONLY_UTF_8}`);
  const text = new TextDecoder().decode(bytes);
  const unclear = UNCLEAR.exec(text);
  if (unclear) {
    const what =
      unclear[0] === "\r" ? "a carriage return without a line feed" : `the character ${codePoint(unclear[0])}`;
    return refuse(
      lineOf(text, unclear.index),
      `the line holds ${what}, which not every program reads alike: delete it`,
    );
  }
  return { text, hasMark: `${mark} ${bytes[2]}` === "239 187 191" };
}

/**
 * What reads as an entry's first line, wherever it stands. Group: the token's id or public portion. It must be declared by
 * an entry; what stands in a comment or in a text is in none.
 */
export const MENTIONED =
  /\btoken(?:id)?["']?\s*:\s*(?:[!&]\S+\s+)*["']?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z-])|(?:dd[ps]at_)?[0-9a-z]{22}(?![0-9a-z]))/dgi;

/** A line for a comment of a ledger that can be taken for nothing else, whatever is in it. */
export function plainComment(text: string): string {
  const mention = (whole: string): string => whole.replace(":", " ");
  return plainLine(text).replaceAll(new RegExp(UNCLEAR, "g"), "").replaceAll(MENTIONED, mention);
}

/** Whether a text has what reads as an entry's first line, which no text of a ledger may. */
export function readsAsEntry(text: string): boolean {
  return text.search(MENTIONED) >= 0;
}

/** `U+200B`. */
export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The line of a place in a text, from 1. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function refuse(line: number, text: string): LedgerText {
  return { problem: { line, text } };
}

const LINE_FEED = 0x0a;

function lineAt(bytes: Uint8Array, index: number): number {
  return bytes.subarray(0, index).reduce((line, byte) => (byte === LINE_FEED ? line + 1 : line), 1);
}

/** A line feed is no part of any other character of UTF-8, so each line is valid or not on its own. */
function firstInvalidLine(bytes: Uint8Array): number | undefined {
  const strict = new TextDecoder("utf-8", { fatal: true });
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, start);
    const next = end < 0 ? bytes.length : end + 1;
    try {
      strict.decode(bytes.subarray(start, next));
    } catch {
      return line;
    }
    start = next;
  }
  return undefined;
}
