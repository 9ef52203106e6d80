/**
 * Finds token values in bytes of any kind and length: as they are, inside the notations of `encodedText.ts`, and in UTF-16
 * and UTF-32, with one pass over the bytes and a few hundred kilobytes of memory however many they are.
 *
 * A value has 65 characters, and none of its notations needs a space, a quote, a slash or a full stop. So what is looked
 * for first is many bytes in a row that could belong to one. Of ordinary text that takes a few looks for each row:
 * where the last of them cannot belong to a value, none that crosses it can. In UTF-16 and UTF-32 zeros stand between the
 * characters, so only where there are zeros the same is looked for with gaps. Nothing is judged by how a file begins.
 */
import { Buffer } from "node:buffer";
import { LineFeeds } from "./lineFeeds";
import { base64In, beginningBroken, mayBeNearMiss, type NearMiss, nearMissIn } from "./nearMisses";
import { placesOf, type Run, runs, type Stride, textBetween } from "./runs";
import { PREFIXES, VALUE_LENGTH } from "./syntax";
import { SAMPLE, type Utf16, utf16Of } from "./textEncoding";
import { type FoundToken, valuesIn } from "./valuesIn";

/** Something in a line. */
export interface InLine {
  /** The line that it begins in, from 1: line feeds are counted. */
  readonly line: number;
}

/** One place where a token's value stands. */
export interface Occurrence extends FoundToken, InLine {}

/** What is certain after some more bytes, in order. */
export interface Finds {
  readonly found: readonly Occurrence[];
  readonly nearMisses: readonly (NearMiss & InLine)[];
}

/** Bytes that a value may take with everything between its characters: a colour change at each takes about 2,000 in UTF-8. */
const LONGEST_VALUE = 8192;
/** Bytes that are looked at together: about what fits a processor's cache. */
const CHUNK = 128 * 1024;

const NARROW = [1] as const;
const STRIDES = [1, 2, 4] as const;

/** How every prefix ends, and how many characters stand before that. One search is quicker than one for each prefix. */
const PREFIX_END = "at_";
const BEFORE_END = PREFIXES[0].length - PREFIX_END.length;

/** Characters around a near miss that it is judged by. */
const BEFORE = 100;
const BEHIND = 400;

/** Takes bytes in pieces of any size. */
export class TokenFinder {
  readonly #bytes: Buffer;
  readonly #lineFeeds: LineFeeds;
  #length = 0;
  /** Values that begin before this place are found already. */
  #settled = 0;
  #line = 1;
  /** How the whole begins, when that is known. */
  #utf16: Utf16 | "unknown" = "unknown";
  /** Line feeds of UTF-16 alone: a byte of many a letter looks like one. */
  #wideLine = 1;
  /** Whether the first byte here is the second of a pair. */
  #odd = false;

  /** @param size how many bytes are expected, where that is less than a chunk */
  constructor(size = CHUNK) {
    this.#bytes = Buffer.alloc(LONGEST_VALUE + Math.min(size, CHUNK));
    this.#lineFeeds = new LineFeeds(this.#bytes);
  }

  /** What is certain with this piece: a value near its end comes with a later one. */
  push(piece: Uint8Array): Finds {
    const finds: Finds[] = [];
    for (let from = 0; from < piece.length; ) {
      const room = this.room();
      const part = piece.subarray(from, from + room.length);
      room.set(part);
      finds.push(this.take(part.length));
      from += part.length;
    }
    return {
      found: finds.flatMap(({ found }) => found),
      nearMisses: finds.flatMap(({ nearMisses }) => nearMisses),
    };
  }

  /** Where the next bytes go. To read into it spares a copy of each. */
  room(): Uint8Array {
    return this.#bytes.subarray(this.#length);
  }

  /** The same as `push` for bytes that stand in the room already, from its beginning. */
  take(count: number): Finds {
    this.#length += count;
    return this.#length < this.#bytes.length
      ? { found: [], nearMisses: [] }
      : this.#settle(this.#length - LONGEST_VALUE);
  }

  /** What the last piece ended with. */
  end(): Finds {
    return this.#settle(this.#length);
  }

  /** Finds what begins before `limit`, and drops the bytes before it. */
  #settle(limit: number): Finds {
    if (this.#utf16 === "unknown") this.#utf16 = utf16Of(this.#bytes.subarray(0, Math.min(this.#length, SAMPLE)));
    const zero = this.#bytes.indexOf(0, this.#settled);
    const strides = zero >= 0 && zero < this.#length ? STRIDES : NARROW;
    const { values, others } = this.#lookAtRuns(strides, limit);
    const nearMisses = [...this.#cut(strides, values, limit), ...this.#encoded(others, limit)];
    const finds = this.#inLines(values, nearMisses, limit);
    this.#drop(limit, values.at(-1)?.end ?? this.#settled);
    return finds;
  }

  /** The values, and where there was room for one but none. */
  #lookAtRuns(strides: readonly Stride[], limit: number): { values: Placed<FoundToken>[]; others: Run[] } {
    const values: Placed<FoundToken>[] = [];
    const others: Run[] = [];
    for (const stride of strides) {
      for (const run of runs(this.#bytes, this.#settled, this.#length, stride)) {
        const { from, length } = run;
        const found = length < VALUE_LENGTH ? [] : valuesIn(this.#text(from, length, stride));
        if (found.length === 0) others.push(run);
        for (const { token, start, end } of found) {
          const place = from + start * stride;
          if (place < limit) values.push({ what: token, place, end: from + end * stride, stride });
        }
      }
    }
    return { values: values.sort(byPlace), others };
  }

  /** What begins as a value does, and is none. */
  *#cut(strides: readonly Stride[], values: readonly Placed<FoundToken>[], limit: number): Generator<Placed<NearMiss>> {
    for (const stride of strides) {
      // In order, as the values are: one walk along both is enough.
      let next = 0;
      for (const place of placesOf(PREFIX_END, this.#bytes, this.#settled, this.#length, stride)) {
        const from = place - BEFORE_END * stride;
        if (from >= limit) break;
        while (next < values.length && (values[next] as Placed<FoundToken>).end <= from) next++;
        if (from < this.#settled || (values[next]?.place ?? Number.POSITIVE_INFINITY) <= from) continue;
        const what = mayBeNearMiss(this.#text(from, 7, stride)) && nearMissIn(this.#text(from, BEHIND, stride));
        if (what) yield { what, place: from, end: from, stride };
      }
    }
  }

  /** Values in base64, and those whose prefix is broken over lines. */
  *#encoded(runs: readonly Run[], limit: number): Generator<Placed<NearMiss>> {
    for (const { from, length, stride } of runs) {
      const before = Math.min(BEFORE, Math.floor((from - this.#settled) / stride));
      const start = from - before * stride;
      const text = this.#text(start, before + length + BEHIND, stride);
      const broken = beginningBroken(text, before);
      for (const { what, index } of [...base64In(text, before, before + length), ...(broken ? [broken] : [])]) {
        const place = start + index * stride;
        if (place < limit) yield { what, place, end: place, stride };
      }
    }
  }

  /** Characters of a text as one byte each; fewer at the end. */
  #text(from: number, length: number, stride: Stride): string {
    return textBetween(this.#bytes, from, Math.min(this.#length, from + length * stride), stride);
  }

  #inLines(values: readonly Placed<FoundToken>[], nearMisses: readonly Placed<NearMiss>[], limit: number): Finds {
    const found: Occurrence[] = [];
    const missed: (NearMiss & InLine)[] = [];
    const isWide = this.#utf16 !== undefined;
    let counted = 0;
    let line = this.#line;
    let wideLine = this.#wideLine;
    const countTo = (place: number): void => {
      line += this.#lineFeeds.count(counted, place);
      if (isWide) wideLine += this.#wideLineFeeds(counted, place);
      counted = place;
    };
    for (const each of [...values, ...nearMisses].sort(byPlace)) {
      countTo(each.place);
      const place = { line: isWide && each.stride === 2 ? wideLine : line };
      if ("tokenId" in each.what) found.push({ ...each.what, ...place });
      else missed.push({ ...each.what, ...place });
    }
    countTo(limit);
    this.#line = line;
    this.#wideLine = wideLine;
    return { found, nearMisses: missed };
  }

  /** Line feeds of UTF-16 alone. */
  #wideLineFeeds(from: number, to: number): number {
    const [low, high] = this.#utf16 === "utf16le" ? [0, 1] : [1, 0];
    let count = 0;
    for (let at = from + Number(this.#odd !== (from % 2 === 1)); at < to; at += 2) {
      if (this.#bytes[at + low] === 10 && this.#bytes[at + high] === 0) count++;
    }
    return count;
  }

  #drop(limit: number, settled: number): void {
    this.#bytes.copyWithin(0, limit, this.#length);
    this.#length -= limit;
    this.#odd = this.#odd !== (limit % 2 === 1);
    this.#settled = Math.max(0, settled - limit);
  }
}

/** Something that was found in the bytes. */
interface Placed<What> {
  readonly what: What;
  readonly place: number;
  readonly end: number;
  readonly stride: Stride;
}

function byPlace(one: Placed<unknown>, other: Placed<unknown>): number {
  return one.place - other.place;
}
