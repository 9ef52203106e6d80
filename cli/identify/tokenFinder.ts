/**
 * Finds token values in bytes of any length: as they are, and inside the notations of `encodedText.ts`, with one pass over the
 * bytes and a few hundred kilobytes of memory however long the text is.
 *
 * A value has 65 characters, and none of its notations needs a space, a quote, a slash or a full stop. So what is looked
 * for first is 65 bytes in a row that could belong to one. Of ordinary text that takes a few looks for each 65 bytes:
 * where the last of them cannot belong to a value, none that crosses it can.
 */
import { Buffer } from "node:buffer";
import { CHARACTERS, type FoundToken, valuesIn } from "../../provider/tokens/findTokens";
import { VALUE_LENGTH } from "../../provider/tokens/syntax";
import { LineFeeds } from "./lineFeeds";

/** One place where a token's value stands. */
export interface Occurrence extends FoundToken {
  /** The line that the value begins in, from 1. */
  readonly line: number;
}

/** Bytes that a value may take with everything between its characters: a colour change at each takes about 2,000. */
const LONGEST_VALUE = 4096;
/** Bytes that are looked at together: about what fits a processor's cache. */
const CHUNK = 128 * 1024;

/** Which bytes may belong to a value. */
const OF_A_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => Number(CHARACTERS.test(String.fromCharCode(byte))));

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
      for (const { token, start, end } of valuesIn(this.#bytes.toString("latin1", from, to))) {
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

/** The runs of bytes that are long enough for a value. */
function* runs(bytes: Uint8Array, from: number, to: number): Generator<readonly [from: number, to: number]> {
  // Local: what is imported is looked up each time, and this is the innermost loop.
  const ofAValue = OF_A_VALUE;
  const shortest = VALUE_LENGTH;
  let start = from;
  while (start + shortest <= to) {
    let last = start + shortest - 1;
    while (last >= start && ofAValue[bytes[last] as number] === 1) last--;
    if (last >= start) {
      start = last + 1;
      continue;
    }
    let end = start + shortest;
    while (end < to && ofAValue[bytes[end] as number] === 1) end++;
    yield [start, end];
    start = end + 1;
  }
}
