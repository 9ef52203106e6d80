/** How a file's bytes stand for text, as far as finding tokens needs to know. */
export type TextEncoding =
  /** UTF-8, Latin-1, or any other in which a byte of ASCII stands for itself. */
  | "bytes"
  | "utf16le"
  | "utf16be"
  /** No text. */
  | "binary";

/** How many bytes of the beginning are looked at. */
export const SAMPLE = 8000;

/** For each zero on the wrong side so many are on the right one. */
const FEW = 8;

/**
 * Tells a text from its beginning. Text has no zero byte, as git judges too; but text of mainly Latin letters in UTF-16
 * has a zero in many of its pairs, and nearly always on the same side: an emoji may have one on the other.
 */
export function encodingOf(beginning: Uint8Array): TextEncoding {
  const sample = beginning.subarray(0, SAMPLE);
  if (startsWith(sample, 0xff, 0xfe) && !startsWith(sample, 0xff, 0xfe, 0, 0)) return "utf16le";
  if (startsWith(sample, 0xfe, 0xff)) return "utf16be";
  if (!sample.includes(0)) return "bytes";
  const zeros = [0, 0] as [even: number, odd: number];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2 === 0 ? 0 : 1]++;
  const [even, odd] = zeros;
  const many = sample.length / 8;
  if (odd >= many && even * FEW <= odd) return "utf16le";
  if (even >= many && odd * FEW <= even) return "utf16be";
  return "binary";
}

function startsWith(bytes: Uint8Array, ...beginning: number[]): boolean {
  return beginning.every((byte, index) => bytes[index] === byte);
}

/** Never part of a token value. */
const OTHER = 0xff;

/** Turns UTF-16, in pieces of any size, into one byte for each unit; what is not ASCII does not become it. */
export class Utf16 {
  readonly #low: 0 | 1;
  #rest: number | undefined;

  constructor(encoding: "utf16le" | "utf16be") {
    this.#low = encoding === "utf16le" ? 0 : 1;
  }

  narrow(piece: Uint8Array): Uint8Array {
    const bytes = this.#rest === undefined ? piece : Buffer.concat([Uint8Array.of(this.#rest), piece]);
    const units = bytes.length >>> 1;
    const narrow = new Uint8Array(units);
    for (let unit = 0; unit < units; unit++) {
      const high = bytes[unit * 2 + 1 - this.#low];
      narrow[unit] = high === 0 ? (bytes[unit * 2 + this.#low] as number) : OTHER;
    }
    this.#rest = bytes.length % 2 === 0 ? undefined : bytes[bytes.length - 1];
    return narrow;
  }
}
