/**
 * Finds token values in any text: as they are, and inside the notations of `encodedText.ts`, with one pass over the
 * bytes and a few hundred kilobytes of memory however long the text is.
 *
 * A value has 65 characters, and none of its notations needs a space, a quote, a slash or a full stop. So what is looked
 * for first is 65 bytes in a row that could belong to one. Of ordinary text that takes a few looks for each 65 bytes:
 * where the last of them cannot belong to a value, none that crosses it can.
 */
import { Buffer } from "node:buffer";
import { layers } from "./encodedText";
import { LineFeeds } from "./lineFeeds";
import { type TokenKind, tokenIdOfValue } from "./tokenIds";

/** A token whose value was found. The secret is not in it. */
export interface FoundToken {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** What the value's prefix says. */
  readonly kind: TokenKind;
  /** The 22 letters and digits behind the prefix. */
  readonly publicPortion: string;
}

/** One place where a token's value stands. */
export interface Occurrence extends FoundToken {
  /** The line that the value begins in, from 1. */
  readonly line: number;
}

/** The secret ends where the next value begins: a cut one before it is none. */
const VALUE = /dd([ps])at_([0-9A-Za-z]{22})_(?:(?!dd[ps]at_)[0-9A-Za-z]){36}/g;

/**
 * What every value has in every notation: a t before a _, or a colour change, which may stand between the two. Most runs
 * that are long enough have neither, and need no closer look.
 */
const WORTH_A_LOOK =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour changes begin with one
  /(?:t|74;?|116;)(?:\\{0,32}_|[%&\\][0-9a-z%&\\#;]{0,24}?(?:5f|95;))|\x1b|(?:1b;?|27;)[[%&\\]|\\(?:e|033)\[/i;

const SHORTEST_VALUE = 65;
/** Bytes that a value may take with everything between its characters: a colour change at each takes about 2,000. */
const LONGEST_VALUE = 4096;
/** Bytes that are looked at together: about what fits a processor's cache. */
const CHUNK = 128 * 1024;

const OF_A_VALUE = new Uint8Array(256);
for (const character of Buffer.from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_%\\&#;\x1b[(")) {
  OF_A_VALUE[character] = 1;
}

/** Takes a text in pieces of any size, UTF-8 or any other in which ASCII stands for itself. */
export class TokenFinder {
  readonly #bytes: Buffer;
  readonly #lineFeeds: LineFeeds;
  #length = 0;
  /** Values that begin before this place are found already. */
  #settled = 0;
  /** The line feeds before `#counted` are in `#line`. */
  #counted = 0;
  #line = 1;

  /** @param size how many bytes are expected, where that is less than a chunk */
  constructor(size = CHUNK) {
    this.#bytes = Buffer.alloc(LONGEST_VALUE + Math.min(size, CHUNK));
    this.#lineFeeds = new LineFeeds(this.#bytes);
  }

  /** What is certain with this piece: a value near its end comes with a later one. */
  push(piece: Uint8Array): Occurrence[] {
    const found: Occurrence[] = [];
    for (let from = 0; from < piece.length; ) {
      const room = this.room();
      const part = piece.subarray(from, from + room.length);
      room.set(part);
      found.push(...this.take(part.length));
      from += part.length;
    }
    return found;
  }

  /** Where the next bytes go. To read into it spares a copy of each. */
  room(): Uint8Array {
    return this.#bytes.subarray(this.#length);
  }

  /** The same as `push` for bytes that stand in the room already, from its beginning. */
  take(count: number): Occurrence[] {
    this.#length += count;
    return this.#length < this.#bytes.length ? [] : [...this.#settle(this.#length - LONGEST_VALUE)];
  }

  /** What the last piece ended with. */
  end(): Occurrence[] {
    return [...this.#settle(this.#length)];
  }

  /** Finds what begins before `limit`, and drops the bytes before it. */
  *#settle(limit: number): Generator<Occurrence> {
    for (const [from, to] of runs(this.#bytes, this.#settled, this.#length)) {
      const run = this.#bytes.toString("latin1", from, to);
      if (!WORTH_A_LOOK.test(run)) continue;
      for (const { token, start, end } of valuesIn(run)) {
        if (from + start >= limit) break;
        this.#countLines(from + start);
        this.#settled = from + end;
        yield { ...token, line: this.#line };
      }
    }
    this.#countLines(limit);
    this.#bytes.copyWithin(0, limit, this.#length);
    this.#length -= limit;
    this.#counted = 0;
    this.#settled = Math.max(0, this.#settled - limit);
  }

  #countLines(to: number): void {
    this.#line += this.#lineFeeds.count(this.#counted, to);
    this.#counted = to;
  }
}

/** A token's value and where it stands, notations included. */
interface Placed {
  readonly token: FoundToken;
  readonly start: number;
  readonly end: number;
}

/** The values in a text, whatever notation they are in, in order. What a layer shows is not read again in one below. */
function valuesIn(text: string): readonly Placed[] {
  const found: Placed[] = [];
  for (const layer of layers(text)) {
    // In order and apart from each other, as are those of this layer: one walk along both is enough.
    const above = found.toSorted(byStart);
    let next = 0;
    for (const { token, start, end } of plainValuesIn(layer.text)) {
      const placed = { token, start: layer.place(start), end: layer.place(end) };
      while (next < above.length && (above[next] as Placed).end <= placed.start) next++;
      if ((above[next]?.start ?? Number.POSITIVE_INFINITY) >= placed.end) found.push(placed);
    }
  }
  return found.sort(byStart);
}

function byStart(one: Placed, other: Placed): number {
  return one.start - other.start;
}

function* plainValuesIn(text: string): Generator<Placed> {
  VALUE.lastIndex = 0;
  for (let match = VALUE.exec(text); match !== null; match = VALUE.exec(text)) {
    const [value, prefix, publicPortion] = match as unknown as [string, string, string];
    const start = match.index;
    const tokenId = tokenIdOfValue(value);
    const kind = prefix === "s" ? "service" : "personal";
    if (tokenId === undefined) VALUE.lastIndex = start + 1;
    else yield { token: { tokenId, kind, publicPortion }, start, end: start + value.length };
  }
}

/** The runs of bytes that are long enough for a value. */
function* runs(bytes: Uint8Array, from: number, to: number): Generator<readonly [from: number, to: number]> {
  const ofAValue = OF_A_VALUE;
  let start = from;
  while (start + SHORTEST_VALUE <= to) {
    let last = start + SHORTEST_VALUE - 1;
    while (last >= start && ofAValue[bytes[last] as number] === 1) last--;
    if (last >= start) {
      start = last + 1;
      continue;
    }
    let end = start + SHORTEST_VALUE;
    while (end < to && ofAValue[bytes[end] as number] === 1) end++;
    yield [start, end];
    start = end + 1;
  }
}
