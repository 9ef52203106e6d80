const LINE_FEED = 10;
const FOUR_LINE_FEEDS = 0x0a0a0a0a;
const LOW_BITS = 0x7f7f7f7f;
const LOWEST_BIT = 0x01010101;
/** How far a byte can count. */
const MOST = 255;

/** Which pairs of bytes one of the first four pairs of a mark may be; those it begins with have the higher bit too. */
const WITHIN = 1;
const FIRST = 2;

/**
 * Counts line feeds and finds marks, such as the prefixes of values, four bytes at a time. Byte by byte it takes longer than
 * all the rest; a search for each next one is no quicker in long lines, and slower in short ones.
 *
 * A mark has six bytes or more. So wherever it stands, one of its first four pairs is the first half of a word (the second,
 * on a machine that has the highest byte first).
 */
export class TextMarks {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  readonly #marks: readonly Buffer[];
  readonly #pairs = new Uint8Array(0x10000);

  /**
   * @param bytes begin at a multiple of four in their memory
   * @param marks ASCII of six characters or more
   */
  constructor(bytes: Buffer, marks: readonly string[] = []) {
    this.#bytes = bytes;
    this.#marks = marks.map((mark) => Buffer.from(mark));
    for (const mark of this.#marks) {
      for (const index of [1, 2, 3]) this.#allow(pairAt(mark, index), WITHIN);
      this.#allow(pairAt(mark, 0), WITHIN | FIRST);
    }
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  }

  #allow(pair: number, how: number): void {
    this.#pairs[pair] = (this.#pairs[pair] as number) | how;
  }

  lineFeeds(from: number, to: number): number {
    const firstWord = (from + 3) >>> 2;
    const lastWord = to >>> 2;
    if (firstWord >= lastWord) return this.#countSingly(from, to);
    const whole = this.#countInWords(firstWord, lastWord, []);
    return this.#countSingly(from, firstWord * 4) + whole + this.#countSingly(lastWord * 4, to);
  }

  /** The line feeds before a place, and where marks begin before it, in order. */
  before(to: number): { lineFeeds: number; marks: readonly number[] } {
    const lastWord = to >>> 2;
    const marks: number[] = [];
    const lineFeeds = this.#countInWords(0, lastWord, marks) + this.#countSingly(lastWord * 4, to);
    this.#addMarks(lastWord * 4, marks);
    return { lineFeeds, marks: marks.filter((place) => place < to) };
  }

  #countSingly(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) if (this.#bytes[at] === LINE_FEED) count++;
    return count;
  }

  #countInWords(from: number, to: number, marks: number[]): number {
    // Local, and two words at a time: this is the innermost loop.
    const words = this.#words;
    const pairs = this.#pairs;
    let others = 0;
    let at = from;
    while (at + 1 < to) {
      // Each of the sum's four bytes counts, at its place in the words, the bytes that are no line feed.
      let sum = 0;
      for (const end = Math.min(to - 1, at + MOST - 1); at < end; at += 2) {
        const one = words[at] as number;
        const other = words[at + 1] as number;
        if (((pairs[one & 0xffff] as number) | (pairs[other & 0xffff] as number)) !== 0) this.#addMarks(at * 4, marks);
        sum = (sum + othersIn(one ^ FOUR_LINE_FEEDS)) | 0;
        sum = (sum + othersIn(other ^ FOUR_LINE_FEEDS)) | 0;
      }
      others += (sum & 0xff) + ((sum >>> 8) & 0xff) + ((sum >>> 16) & 0xff) + (sum >>> 24);
    }
    const feeds = (at - from) * 4 - others;
    if (at === to) return feeds;
    this.#addMarks(at * 4, marks);
    return feeds + this.#countSingly(at * 4, to * 4);
  }

  /** Adds the marks that begin so that one of their first pairs may be in a word or the one behind it. */
  #addMarks(word: number, marks: number[]): void {
    const bytes = this.#bytes;
    for (let at = Math.max(word - 3, (marks.at(-1) ?? -1) + 1); at < word + 8; at++) {
      if (((this.#pairs[pairAt(bytes, at)] as number) & FIRST) === 0) continue;
      if (this.#marks.some((mark) => isAt(bytes, at, mark))) marks.push(at);
    }
  }
}

function isAt(bytes: Uint8Array, at: number, mark: Uint8Array): boolean {
  for (let index = 0; index < mark.length; index++) if (bytes[at + index] !== mark[index]) return false;
  return true;
}

/** In each byte's lowest bit, whether it is another than 0. */
function othersIn(word: number): number {
  // Adding the low bits carries into a byte's highest bit unless they are all 0.
  return ((((word & LOW_BITS) + LOW_BITS) | word) >>> 7) & LOWEST_BIT;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A pair of bytes as half a word has it. */
function pairAt(bytes: Uint8Array, at: number): number {
  const one = bytes[at] ?? 0;
  const other = bytes[at + 1] ?? 0;
  return IS_LITTLE_ENDIAN ? one | (other << 8) : (one << 8) | other;
}
