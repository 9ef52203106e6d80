/**
 * Reads ledgers (revocations.yaml). A token that somebody wrote down must be declared or be an error: whatever would make
 * an entry silently absent is refused, with its line and what to do.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { nearest } from "../text/nearest";
import { plainLine } from "../text/plainLine";
import { holdsTokenValue } from "../tokens/redact";
import { PREFIXED, PUBLIC_PORTION } from "../tokens/syntax";
import { isUuid, parseName, parseToken, parseTokenId, type TokenName, TokenSyntaxError } from "../tokens/tokenIds";
import { REVOCATION_VALIDATORS, type RevocationArguments } from "./arguments";
import { codePoint, decodeLedger, type LedgerProblem, MENTIONED } from "./ledgerText";
import { type ArgumentProblem, demandOne, tokenSyntax, type Validated, type Validators, validate } from "./validators";

export type { LedgerProblem };

/** The arguments of a revocation as a ledger gives them: exactly one of `tokenId` and `token`. */
export type LedgerArguments = Omit<RevocationArguments, "tokenId"> &
  ({ readonly tokenId: string; readonly token?: undefined } | { readonly token: string; readonly tokenId?: undefined });

/** A revocation that a ledger asks for. */
export interface ParsedEntry {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** What the entry says, and what `defaults` says beside it. */
  readonly args: LedgerArguments;
}

/** Where a ledger's list stands in its text, for who adds to it. */
export interface LedgerList {
  /** The key `revocations`. */
  readonly key: Node;
  /** Its list; anything else has no entry. */
  readonly value: Node | undefined;
}

/** What a ledger says. With problems, its entries must not be used. */
export interface ParsedLedger {
  /** In the order of the file, each token once. */
  readonly entries: readonly ParsedEntry[];
  /** In the order of the file. */
  readonly problems: readonly LedgerProblem[];
  readonly warnings: readonly LedgerProblem[];
  /** The file's text without a byte order mark; "" where it is none. */
  readonly text: string;
  /** Whether a byte order mark stands before it. */
  readonly hasMark: boolean;
  /** Undefined: the file has no list. */
  readonly list: LedgerList | undefined;
}

/** The first problem of a file that has no list. */
export const NO_LIST = "must hold revocations:, a list";

/** Parses the bytes of a ledger. Problems are returned, not thrown. */
export function parseLedger(bytes: Uint8Array): ParsedLedger {
  const decoded = decodeLedger(bytes);
  return "problem" in decoded
    ? { entries: [], problems: [decoded.problem], warnings: [], text: "", hasMark: false, list: undefined }
    : { ...new LedgerReader(decoded.text).read(), hasMark: decoded.hasMark };
}

/** A problem as it is told. */
export function problemLine(file: string, { line, text }: LedgerProblem): string {
  return `${file}:${line}: ${text}`;
}

const FIELDS = ["defaults", "revocations"];

/** `defaults` may give any argument but these two. */
const { tokenId: _, ...DEFAULTS_VALIDATORS } = REVOCATION_VALIDATORS satisfies Validators;

/** In a ledger, which is committed, a whole value must not stand. */
const ENTRY_VALIDATORS: Validators = {
  tokenId: tokenSyntax(readTokenId),
  token: tokenSyntax(readPublicPortion),
  ...DEFAULTS_VALIDATORS,
};

const WHOLE_VALUE =
  "is a whole token value, a secret: write its public portion, the first 28 characters, as token, and keep the value " +
  "out of the file";

function readTokenId(text: string): string {
  if (holdsTokenValue(text)) throw new TokenSyntaxError(WHOLE_VALUE);
  if (PREFIXED.test(text) || PUBLIC_PORTION.test(text)) {
    throw new TokenSyntaxError("is not a token id but looks like a public portion: write it as token");
  }
  return parseTokenId(text);
}

function readPublicPortion(text: string): TokenName {
  if (holdsTokenValue(text)) throw new TokenSyntaxError(WHOLE_VALUE);
  if (isUuid(text)) throw new TokenSyntaxError("is a token id: write it as tokenId");
  return parseToken(text);
}

/** The lines that git leaves where two changes meet. */
const CONFLICT = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r]|$)/gm;

/** No name has it, and in a message nobody would see what is wrong with it. */
const LOOKALIKE = /[^\t\n\r -~]/u;

const DIRECTIVE = /^%.*$/gm;

const LAYOUT = "entries stand under revocations:, as - and fields below each other";

const A_TAG = "a YAML tag (!): delete it";

/** What is wrong with the YAML, in words; other errors are told by their code. */
const YAML_ERRORS: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  DUPLICATE_KEY: "a key stands here for the second time: keep one, with all that belongs under it",
  MULTIPLE_DOCS: "a second YAML document begins here: delete the line --- or ...",
  TAG_RESOLVE_FAILED: A_TAG,
  TAB_AS_INDENT: "a tab stands in the indentation: use spaces",
  BLOCK_AS_IMPLICIT_KEY: `a second field begins in this line, or the next line is not in line with the others: ${LAYOUT}; put a text with a colon in quotes`,
  MISSING_CHAR: "a quotation mark or a bracket is not closed, or a comma or a space is missing",
};

/** One reading of one text. */
class LedgerReader {
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #problems: LedgerProblem[] = [];
  readonly #warnings: LedgerProblem[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#lines.addNewLine(0);
    for (const { index } of text.matchAll(/\n/g)) this.#lines.addNewLine(index + 1);
  }

  read(): Omit<ParsedLedger, "hasMark"> {
    for (const { index } of this.#text.matchAll(CONFLICT)) {
      this.#report(
        index,
        "a merge conflict is not resolved: keep every entry of both sides, and delete the three markers",
      );
    }
    for (const { index } of this.#text.matchAll(DIRECTIVE)) this.#report(index, "a YAML directive: delete the line");
    const document = this.#problems.length === 0 ? this.#parse() : undefined;
    const list = document && this.#findList(document);
    const entries = document ? this.#readDocument(document, list) : [];
    this.#refuseSecrets();
    // Of many aliases in a line one is enough to tell.
    const told = new Map(this.#problems.map((problem) => [`${problem.line} ${problem.text}`, problem]));
    const problems = [...told.values()].sort((one, other) => one.line - other.line);
    return { entries, problems, warnings: this.#warnings, text: this.#text, list };
  }

  /** The document, if every part of it says plainly what it is. */
  #parse(): Document.Parsed | undefined {
    const document = parseDocument(this.#text, { prettyErrors: false });
    for (const { pos, code } of [...document.errors, ...document.warnings]) {
      // One mistake may be many errors to a parser.
      if (this.#problems.at(-1)?.line === this.#lineOf(pos[0])) continue;
      const words = `not valid YAML (${code.toLowerCase().replaceAll("_", " ")})`;
      this.#report(pos[0], YAML_ERRORS[code] ?? `${words}: ${LAYOUT}`);
    }
    if (this.#problems.length > 0) return undefined;
    visit(document, {
      Alias: (_, node) => this.#report(node, "an alias (*): write out what it stands for"),
      Node: (_, node) => {
        if (!isAlias(node) && node.tag !== undefined) this.#report(node, A_TAG);
      },
      Pair: (_, { key }) => {
        if (!isScalar(key) || typeof key.value !== "string") this.#report(key as Node, "a field's name must be a word");
        else if (LOOKALIKE.test(key.value)) {
          const what = `a field's name holds the character ${codePoint(LOOKALIKE.exec(key.value)?.[0] ?? "")}`;
          this.#report(key as Node, `${what}, which can look like another or like nothing: type the name again`);
        }
      },
    });
    return this.#problems.length > 0 ? undefined : document;
  }

  #findList({ contents }: Document.Parsed): LedgerList | undefined {
    const pair = isMap(contents) ? contents.items.find(({ key }) => nameOf(key) === "revocations") : undefined;
    return pair && { key: pair.key as Node, value: (pair.value as Node | null) ?? undefined };
  }

  #readDocument({ contents: root }: Document.Parsed, list: LedgerList | undefined): ParsedEntry[] {
    if (!isMap(root) || !list) this.#report(root, NO_LIST);
    if (!isMap(root)) return [];
    for (const { key } of root.items as Pair[]) {
      const name = nameOf(key);
      if (FIELDS.includes(name)) continue;
      const meant = nearest(name, FIELDS);
      const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
      this.#report(key as Node, `${plainLine(name)} is not a field of the file${hint} (all: ${FIELDS.join(", ")})`);
    }
    this.#refuseNothing(root);
    const defaults = this.#readDefaults(root.get("defaults", true) as Node | undefined);
    if (!list) return [];
    const { key, value } = list;
    // Nothing behind the colon: the list is empty.
    const items = isSeq(value) ? value : undefined;
    if (!items && !isNothing(value))
      this.#report(value ?? key, "revocations must be a list, each entry with a - before it");
    this.#refuseUndeclared(root, key, items);
    return items ? this.#readEntries(items, defaults) : [];
  }

  #readDefaults(node: Node | undefined): object {
    if (isNothing(node)) return {};
    if (!isMap(node)) {
      this.#report(node, "defaults must be a map of arguments");
      return {};
    }
    const args = node.toJSON() as Record<string, unknown>;
    const { values, problems } = validate(DEFAULTS_VALIDATORS, args);
    this.#reportAll(node, problems, "defaults.");
    return Object.fromEntries(Object.keys(values).map((name) => [name, args[name]]));
  }

  #readEntries(list: YAMLSeq, defaults: object): ParsedEntry[] {
    const known = new Map<string, { readonly line: number; readonly values: object }>();
    return list.items.flatMap((item) => {
      const entry = this.#readEntry(item as Node, defaults);
      if (!entry) return [];
      const { tokenId, args, own, values } = entry;
      const line = this.#lineOf(item as Node);
      const first = known.get(tokenId);
      if (!first) {
        known.set(tokenId, { line, values });
        return [{ tokenId, args }];
      }
      const other = namesOfOther(own, first.values);
      if (other.length === 0) {
        const text = `token ${tokenId} is listed in line ${first.line} already: this entry adds nothing, delete it`;
        this.#warnings.push({ line, text });
      } else {
        const text = `token ${tokenId} is listed in line ${first.line} already, with another ${other.join(", ")}`;
        this.#report(item as Node, `${text}: make one entry of the two`);
      }
      return [];
    });
  }

  /** An entry, with the values that it gives itself and those that hold for it; undefined when it has problems. */
  #readEntry(item: Node, defaults: object): (ParsedEntry & { own: object; values: object }) | undefined {
    if (!isMap(item)) {
      this.#report(item, "an entry must be a map with tokenId or token");
      return undefined;
    }
    const own = item.toJSON() as Record<string, unknown>;
    const args = mergeDefaults(defaults, own);
    const problems = [...validate(ENTRY_VALIDATORS, own).problems, ...demandOne(own, "token", "tokenId")];
    this.#reportAll(item, problems);
    if (problems.length > 0) return undefined;
    const given = named(validate(ENTRY_VALIDATORS, own));
    const values = named(validate(ENTRY_VALIDATORS, args));
    return { tokenId: values.tokenId, args: args as LedgerArguments, own: given, values };
  }

  /** A field without a value is a line that was not finished; in `expect` it would disarm a guard. */
  #refuseNothing(root: YAMLMap): void {
    visit(root, {
      Pair: (_, { key, value }, path) => {
        if (path.length > 1 && isNothing(value)) {
          const how = "give it one, in quotes if it begins with #, or delete the line";
          this.#report(key as Node, `${plainLine(nameOf(key))} has no value: ${how}`);
        }
      },
    });
  }

  /**
   * Refuses what reads as an entry but is none: it stands in a comment, as behind a last line without a line break, or in
   * a text. Comments above the list are documentation.
   */
  #refuseUndeclared(root: YAMLMap, key: Node, list: YAMLSeq | undefined): void {
    const entries = (list?.items ?? []).filter((item) => isMap(item));
    const fields = entries.flatMap((item) => [item.get("tokenId", true), item.get("token", true)]).filter(isScalar);
    const inEntries = new Set(fields.flatMap(({ range }) => (range ? [range[0], range[0] + 1] : [])));
    const declared = new Set(fields.map(({ value }) => idOf(String(value))));
    // In the order of the file, as the mentions are: each is passed once.
    const scalars: (readonly [number, number])[] = [];
    visit(root, { Scalar: (_, { range }) => void (range && scalars.push([range[0], range[1]])) });
    let next = 0;
    for (const match of this.#text.matchAll(MENTIONED)) {
      const start = match.index;
      const at = match.indices?.[1]?.[0] ?? start;
      const id = idOf(match[1] ?? "");
      if (id === undefined || inEntries.has(at)) continue;
      while ((scalars[next]?.[1] ?? Number.POSITIVE_INFINITY) <= at) next++;
      const [from] = scalars[next] ?? [Number.POSITIVE_INFINITY];
      if (from <= start) {
        const what = `a text holds what reads as the entry of token ${id}`;
        this.#report(
          at,
          `${what}: give it lines of its own, in line with the other entries, or take it out of the text`,
        );
      } else if (from <= at) {
        this.#report(at, `the entry of token ${id} is not read here: ${LAYOUT}`);
      } else if (start > offsetOf(key) && !declared.has(id)) {
        const what = `the entry of token ${id} stands in a comment, and is not read`;
        this.#report(at, `${what}: give it a line of its own, without the #, or delete it`);
      }
    }
  }

  /** Wherever it stands: a ledger is committed. */
  #refuseSecrets(): void {
    const told = new Set(this.#problems.map(({ line }) => line));
    for (const [index, line] of this.#text.split("\n").entries()) {
      if (told.has(index + 1) || !holdsTokenValue(line)) continue;
      const text = "the line holds a whole token value, a secret: leave its first 28 characters, the public portion";
      this.#problems.push({ line: index + 1, text });
    }
  }

  #reportAll(map: YAMLMap, problems: readonly ArgumentProblem[], within = ""): void {
    for (const { path, problem } of problems) {
      const field = map.getIn(path.split("."), true);
      // To YAML, 1042 and true are no texts.
      const hint = isUnquoted(field) && problem.startsWith("must be a string") ? ": put it in quotes" : "";
      this.#report(isNode(field) ? field : map, `${within}${path} ${problem}${hint}`);
    }
  }

  #report(at: Node | number | null | undefined, text: string): void {
    this.#problems.push({ line: this.#lineOf(at), text });
  }

  #lineOf(at: Node | number | null | undefined): number {
    return this.#lines.linePos(typeof at === "number" ? at : offsetOf(at)).line;
  }
}

function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null || (isScalar(value) && value.value === null);
}

function isUnquoted(value: unknown): boolean {
  return isScalar(value) && typeof value.value !== "string";
}

/** The token that an id or a public portion names; undefined for neither. */
function idOf(text: string): string | undefined {
  try {
    return parseName(text, parseToken).tokenId;
  } catch {
    return undefined;
  }
}

/** An entry's own fields win; of `expect` each on its own, so that an entry adds to a guard and does not disarm it. */
function mergeDefaults(defaults: object, own: Record<string, unknown>): Record<string, unknown> {
  const expect = (defaults as { expect?: object }).expect;
  return { ...defaults, ...own, ...(expect && own.expect ? { expect: { ...expect, ...own.expect } } : {}) };
}

/** Validated arguments, the token by its id and by what its prefix says. */
function named({ values: { token, ...values } }: Validated): { readonly tokenId: string } {
  return { ...values, ...(token as TokenName) } as { tokenId: string };
}

/** The fields that are not the same in the other. */
function namesOfOther(own: object, other: object): string[] {
  return Object.entries(own)
    .filter(([name, value]) => !isWithin(value, (other as Record<string, unknown>)[name]))
    .map(([name]) => (name === "kind" ? "prefix" : name));
}

/** Whether a value is the same as another, or an object whose fields all are. */
function isWithin(value: unknown, other: unknown): boolean {
  if (typeof value !== "object" || value === null || typeof other !== "object" || other === null)
    return value === other;
  return Object.entries(value).every(([name, each]) => isWithin(each, (other as Record<string, unknown>)[name]));
}
