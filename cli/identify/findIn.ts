import type { Reader } from "./inputFiles";
import { encodingOf, SAMPLE, Utf16 } from "./textEncoding";
import { type Occurrence, TokenFinder } from "./tokenFinder";

/** The bytes are no text, and were not looked through. */
export class BinaryError extends Error {}

/** What is known after some more bytes. */
export interface Step {
  /** How many bytes it took. */
  readonly read: number;
  readonly found: readonly Occurrence[];
}

/**
 * Finds the tokens in a file's bytes as they come, UTF-8 or UTF-16.
 *
 * @throws BinaryError, and what reading throws
 */
export async function* findIn(read: Reader): AsyncGenerator<Step> {
  const finder = new TokenFinder();
  const room = finder.room();
  const length = await readBeginning(read, room);
  const encoding = encodingOf(room.subarray(0, length));
  if (encoding === "binary") throw new BinaryError("binary");
  const steps =
    encoding === "bytes"
      ? readBytes(finder, read, length)
      : readUtf16(finder, read, room.slice(0, length), new Utf16(encoding));
  yield* steps;
  yield { read: 0, found: finder.end() };
}

/** Reads as much as the encoding is judged by. A pipe may bring it in pieces. */
async function readBeginning(read: Reader, into: Uint8Array): Promise<number> {
  let length = 0;
  while (length < SAMPLE) {
    const count = await read(into.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return length;
}

async function* readBytes(finder: TokenFinder, read: Reader, beginning: number): AsyncGenerator<Step> {
  for (let count = beginning; count > 0; count = await read(finder.room())) {
    yield { read: count, found: finder.take(count) };
  }
}

async function* readUtf16(
  finder: TokenFinder,
  read: Reader,
  beginning: Uint8Array,
  utf16: Utf16,
): AsyncGenerator<Step> {
  yield { read: beginning.length, found: finder.push(utf16.narrow(beginning)) };
  const piece = new Uint8Array(finder.room().length);
  for (let count = await read(piece); count > 0; count = await read(piece)) {
    yield { read: count, found: finder.push(utf16.narrow(piece.subarray(0, count))) };
  }
}
