import { PREFIX_LENGTH, PREFIXED } from "./syntax";

const LINE_FEED = 10;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x7f7f7f7f;
const LOWEST_BIT = 0x01010101;
/** What a prefix begins with, twice. */
const FIRST = "d".charCodeAt(0);
/** How far a byte can count. */
const MOST = 255;

/**
 * Which pairs of bytes may be in a prefix. It has six bytes, so that wherever it stands, one of its first four pairs is the
 * first half of a word of four bytes (the second, on a machine that has the highest byte first).
 */
const OF_A_PREFIX = new Uint8Array(0x10000);
for (const pair of ["dd", "dp", "ds", "pa", "sa", "at"]) {
  OF_A_PREFIX[new Uint16Array(Uint8Array.from(Buffer.from(pair)).buffer)[0] as number] = 1;
}

/**
 * Counts line feeds and finds the prefixes of values, four bytes at a time. Byte by byte it takes longer than all the rest;
 * a search for each next one is no quicker in long lines, and slower in short ones.
 */
export class TextMarks {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;

  /** @param bytes begin at a multiple of four in their memory */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  }

  lineFeeds(from: number, to: number): number {
    const firstWord = (from + 3) >>> 2;
    const lastWord = to >>> 2;
    if (firstWord >= lastWord) return this.#countSingly(from, to);
    const whole = this.#countInWords(firstWord, lastWord, []);
    return this.#countSingly(from, firstWord * 4) + whole + this.#countSingly(lastWord * 4, to);
  }

  /** The line feeds before a place, and the prefixes that begin before it, in order. */
  before(to: number): { lineFeeds: number; prefixes: readonly number[] } {
    const lastWord = to >>> 2;
    const prefixes: number[] = [];
    const lineFeeds = this.#countInWords(0, lastWord, prefixes) + this.#countSingly(lastWord * 4, to);
    this.#addPrefixes(lastWord * 4, prefixes);
    return { lineFeeds, prefixes: prefixes.filter((place) => place < to) };
  }

  #countSingly(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) if (this.#bytes[at] === LINE_FEED) count++;
    return count;
  }

  #countInWords(from: number, to: number, prefixes: number[]): number {
    const words = this.#words;
    // Local: what stands outside is looked up each time, and this is the innermost loop.
    const ofAPrefix = OF_A_PREFIX;
    let others = 0;
    for (let at = from; at < to; ) {
      // Each of the sum's four bytes counts, at its place in the words, the bytes that are no line feed.
      let sum = 0;
      for (const end = Math.min(to, at + MOST); at < end; at++) {
        const given = words[at] as number;
        if (ofAPrefix[given & 0xffff] === 1) this.#addPrefixes(at * 4, prefixes);
        const word = given ^ FOUR_LINE_FEEDS;
        // Adding the low bits carries into a byte's highest bit unless they are all 0: only a line feed is left without.
        sum = (sum + (((((word & LOW_BITS) + LOW_BITS) | word) >>> 7) & LOWEST_BIT)) | 0;
      }
      others += (sum & 0xff) + ((sum >>> 8) & 0xff) + ((sum >>> 16) & 0xff) + (sum >>> 24);
    }
    return (to - from) * 4 - others;
  }

  /** Adds the prefixes of which a pair may be the first or second half of a word. */
  #addPrefixes(word: number, prefixes: number[]): void {
    for (let at = Math.max(word - 3, (prefixes.at(-1) ?? -1) + 1); at < word + 3; at++) {
      // A quick look first: most are not.
      if (this.#bytes[at] !== FIRST || this.#bytes[at + 1] !== FIRST) continue;
      if (PREFIXED.test(this.#bytes.toString("latin1", at, at + PREFIX_LENGTH))) prefixes.push(at);
    }
  }
}
