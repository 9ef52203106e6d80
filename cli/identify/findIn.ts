import { type Occurrence, TokenFinder } from "../../provider/datadog/findTokens";
import { encodingOf, SAMPLE, Utf16 } from "./textEncoding";

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
export async function* findIn(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Step> {
  const finder = new TokenFinder();
  let toBytes: ((piece: Uint8Array) => Uint8Array) | undefined;
  for await (const piece of withBeginning(pieces)) {
    toBytes ??= reader(piece);
    yield { read: piece.length, found: finder.push(toBytes(piece)) };
  }
  yield { read: 0, found: finder.end() };
}

function reader(beginning: Uint8Array): (piece: Uint8Array) => Uint8Array {
  const encoding = encodingOf(beginning);
  if (encoding === "binary") throw new BinaryError("binary");
  if (encoding === "bytes") return (piece) => piece;
  const utf16 = new Utf16(encoding);
  return (piece) => utf16.narrow(piece);
}

/** The same pieces, the first of them long enough to judge the encoding by. */
async function* withBeginning(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let beginning: Uint8Array | undefined = new Uint8Array();
  for await (const piece of pieces) {
    if (beginning === undefined) {
      yield piece;
      continue;
    }
    beginning = Buffer.concat([beginning, piece]);
    if (beginning.length < SAMPLE) continue;
    yield beginning;
    beginning = undefined;
  }
  if (beginning !== undefined && beginning.length > 0) yield beginning;
}
