import { layers } from "./encodedText";
import { kindOfPrefix, type TokenKind, VALUE_ANYWHERE } from "./syntax";
import { tokenIdOfValue } from "./tokenIds";

/** A token whose value was found. The secret is not in it. */
export interface FoundToken {
  /** The token's UUID, lowercase. */
  readonly tokenId: string;
  /** What the value's prefix says. */
  readonly kind: TokenKind;
  /** The 22 letters and digits behind the prefix. */
  readonly publicPortion: string;
}

/** A character that a value may have in any notation of `encodedText.ts`: no space, quote, slash or full stop. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour changes begin with one
export const CHARACTERS = /[0-9A-Za-z_%\\&#;\x1b[(]/;

/**
 * What every value has in every notation: a t before a _, or a colour change, which may stand between the two. Most runs
 * that are long enough have neither, and need no closer look.
 */
const WORTH_A_LOOK =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour changes begin with one
  /(?:t|74;?|116;)(?:\\{0,32}_|[%&\\][0-9a-z%&\\#;]{0,24}?(?:5f|95;))|\x1b|(?:1b;?|27;)[[%&\\]|\\(?:e|033)\[/i;

/** A token's value and where it stands, notations included. */
export interface Placed {
  readonly token: FoundToken;
  readonly start: number;
  readonly end: number;
}

/** The values in a text, whatever notation they are in, in order. What a layer shows is not read again in one below. */
export function valuesIn(text: string): readonly Placed[] {
  if (!WORTH_A_LOOK.test(text)) return [];
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
  const pattern = new RegExp(VALUE_ANYWHERE, "g");
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [value, prefix, publicPortion] = match as unknown as [string, string, string];
    const start = match.index;
    const tokenId = tokenIdOfValue(value);
    // An alias that stands for no UUID: a real value may begin inside it.
    if (tokenId === undefined) pattern.lastIndex = start + 1;
    else yield { token: { tokenId, kind: kindOfPrefix(prefix), publicPortion }, start, end: start + value.length };
  }
}
