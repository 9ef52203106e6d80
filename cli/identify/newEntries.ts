import { isSeq, type Node, stringify } from "yaml";
import type { LedgerArguments, ParsedLedger } from "../../provider/core/ledger";
import { UNCLEAR } from "../../provider/core/ledgerText";
import { STEERING } from "../../provider/text/plainLine";

/** What is added to a ledger. */
export interface NewEntry {
  /** `tokenId` or `token`, and what else is given. */
  readonly args: LedgerArguments;
  /** One line, safe to print. */
  readonly comment: string;
}

/** An entry as it stands in a ledger, a line each field. */
export function entryLines({ args, comment }: NewEntry): string[] {
  const [first, ...others] = Object.entries(args).map(([name, value]) => `${name}: ${scalar(String(value))}`);
  return [`- ${first} # ${comment}`, ...others.map((line) => `  ${line}`)];
}

/** What must not stand in a ledger, or would not be seen in it, as it is. */
const TO_ESCAPE = new RegExp(`${STEERING.source}|${UNCLEAR.source}`, "g");

/** A text as YAML writes it in one line, quoted where it would be read as something else. */
function scalar(text: string): string {
  // As it is, the parser takes --- for the beginning of a document.
  const isOdd = text.search(TO_ESCAPE) >= 0 || /^(?:---|\.\.\.)/.test(text);
  return isOdd ? quoted(text) : stringify(text, { lineWidth: 0 }).trimEnd();
}

function quoted(value: unknown): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(TO_ESCAPE, (some) => Array.from(some, escaped).join(""));
}

/**
 * A ledger's text with entries at the end of its list. Everything else stays as it is: comments, order, indentation, line
 * ends. The ledger must have a list, and no problems.
 */
export function withEntries({ text, list }: ParsedLedger, entries: readonly NewEntry[]): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const value = list?.value;
  const items = isSeq(value) ? (value.items as Node[]) : [];
  const last = items.at(-1);
  if (isSeq(value) && value.flow && last) {
    // A comment there would hide the rest of the line.
    const more = entries.map(({ args }) => `, ${quoted(args)}`);
    return spliced(text, endOf(last), endOf(last), more.join(""));
  }
  const lines = entries.flatMap(entryLines);
  if (last) {
    const indentation = columnOf(text, startOf(value));
    return insertedBelow(text, endOf(last), lines, indentation, end);
  }
  // [] or null gives way; behind a bare colon nothing does.
  const without = value ? spliced(text, startOf(value), endOf(value), "") : text;
  const key = list?.key;
  const at = value && startOf(value) > endOf(key) ? startOf(value) : endOf(key);
  return insertedBelow(without, at, lines, columnOf(text, startOf(key)) + 2, end);
}

/** Inserts lines below the one that a place is in, and below the comments that belong to it. */
function insertedBelow(
  text: string,
  place: number,
  lines: readonly string[],
  indentation: number,
  end: string,
): string {
  // A block of text ends at the start of the next line.
  let at = place > 0 && text[place - 1] === "\n" ? place : nextLine(text, place);
  while (/^[ \t]+#/.test(text.slice(at, at + 200))) at = nextLine(text, at);
  const before = text.slice(0, at);
  const missing = before === "" || before.endsWith("\n") ? "" : end;
  const added = lines.map((line) => `${" ".repeat(indentation)}${line}${end}`).join("");
  return before + missing + added + text.slice(at);
}

function nextLine(text: string, index: number): number {
  const found = text.indexOf("\n", index);
  return found < 0 ? text.length : found + 1;
}

function columnOf(text: string, index: number): number {
  return index - (text.lastIndexOf("\n", index - 1) + 1);
}

function spliced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function startOf(node: Node | undefined): number {
  return node?.range?.[0] ?? 0;
}

function endOf(node: Node | undefined): number {
  return node?.range?.[1] ?? 0;
}
