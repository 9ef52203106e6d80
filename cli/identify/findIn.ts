import { type Finds, TokenFinder } from "../../provider/tokens/tokenFinder";
import { type Compression, compressionOf, ENOUGH } from "./compression";
import type { Reader } from "./inputFiles";

/** What is known after some more bytes. */
export interface Step extends Finds {
  /** How many bytes it took. */
  readonly read: number;
}

/** A file that is being searched. */
export interface Searched {
  /** How the file is compressed, as its first bytes say. What is found stood in it as it is. */
  readonly compression: Compression | undefined;
  readonly steps: AsyncIterable<Step>;
}

/**
 * Finds the tokens in a file's bytes as they come, whatever they are.
 *
 * @throws what reading throws, also while stepping
 */
export async function findIn(read: Reader): Promise<Searched> {
  const finder = new TokenFinder();
  const room = finder.room();
  const length = await readBeginning(read, room);
  return { compression: compressionOf(room.subarray(0, length)), steps: steps(finder, read, length) };
}

async function* steps(finder: TokenFinder, read: Reader, beginning: number): AsyncGenerator<Step> {
  for (let count = beginning; count > 0; count = await read(finder.room())) {
    yield { read: count, ...finder.take(count) };
  }
  yield { read: 0, ...finder.end() };
}

/** Reads as much as compression is told by. A pipe may bring it in pieces. */
async function readBeginning(read: Reader, into: Uint8Array): Promise<number> {
  let length = 0;
  while (length < ENOUGH) {
    const count = await read(into.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return length;
}
