/**
 * Text that stands in another's notation: a JSON string in a log, a URL in a page, a coloured line of a terminal. Its
 * layers are taken off one by one, and each character keeps its place in the text around.
 */

/** A text, and where its characters stand in the outermost one. */
export interface Layer {
  readonly text: string;
  /** Where the character at an index begins; at the text's length, where it ends. */
  place(index: number): number;
}

/**
 * What stands for one character, or for none. Backslashes and percent signs may themselves have been written down once
 * more, by JSON in JSON or a URL in a URL.
 */
const ENCODED = new RegExp(
  [
    // Colours and the like of a terminal stand for no character.
    "\\x1b(?:\\[[0-9;]*[@-~]|\\([0AB])",
    // \u005f and \x5f: JSON, JavaScript, Python, nginx; \e and \033 before a [: a colour as shells write it.
    // \_: Markdown, where the backslash stands for nothing.
    "\\\\{1,32}(?:(?:u00|x)(?<backslash>[0-9a-f]{2})|(?<colour>e|033)(?=\\[)|(?=_))",
    // %5F: URLs.
    "%(?:25)*(?:u00)?(?<percent>[0-9a-f]{2})",
    // &#95; and &#x5f;: HTML and XML.
    "&(?:amp;)*#(?:0*(?<decimal>\\d{2,3})|x0*(?<hexadecimal>[0-9a-f]{2}));",
  ].join("|"),
  "gi",
);

/** What every notation begins with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with one
const MARK = /[\u001b\\%&]/;

/** A quick look: whether a text stands in no notation. */
export function isPlain(text: string): boolean {
  return !MARK.test(text);
}

/** More notations than this around one another are nobody's. */
const MOST_LAYERS = 4;

const ESCAPE = 0x1b;

/** The text, then the same without its outermost notation, and so on, as long as there is any. */
export function* layers(text: string): Generator<Layer> {
  let layer: Layer | undefined = { text, place: (index) => index };
  for (let depth = 0; layer !== undefined && depth <= MOST_LAYERS; depth++) {
    yield layer;
    layer = inner(layer);
  }
}

function inner(outer: Layer): Layer | undefined {
  const parts: string[] = [];
  // For each stretch that was copied: its index within, and how much further on the same stands outside.
  const starts: number[] = [0];
  const shifts: number[] = [0];
  let done = 0;
  let length = 0;
  for (const match of outer.text.matchAll(ENCODED)) {
    const character = characterOf(match.groups ?? {});
    if (character === undefined) continue;
    const end = match.index + match[0].length;
    parts.push(outer.text.slice(done, match.index), character);
    length += match.index - done + character.length;
    starts.push(length);
    shifts.push(end - length);
    done = end;
  }
  if (done === 0) return undefined;
  const place = (index: number): number => {
    const stretch = lastAtMost(starts, index);
    return outer.place(index + (shifts[stretch] as number));
  };
  return { text: parts.join("") + outer.text.slice(done), place };
}

/** The character that a match stands for, "" for none; undefined where it is no plain one, which is left as it is. */
function characterOf(groups: Record<string, string | undefined>): string | undefined {
  const { backslash, percent, hexadecimal, decimal, colour } = groups;
  const hex = backslash ?? percent ?? hexadecimal;
  if (hex === undefined && decimal === undefined) return colour === undefined ? "" : "\x1b";
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code === ESCAPE || (code > 0x20 && code < 0x7f) ? String.fromCharCode(code) : undefined;
}

/** The index of the last of ascending numbers that is at most `limit`; the first is. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((numbers[middle] as number) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
