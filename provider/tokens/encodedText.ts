/**
 * Text inside another notation: a JSON string in a log, a URL in a page, a coloured line of a terminal. Notations are
 * decoded one layer at a time, and each decoded character keeps its place in the original text.
 */

/** A text, and where its characters stand in the outermost one. */
export interface Layer {
  readonly text: string;
  /** Where the character at an index begins; at the text's length, where it ends. */
  place(index: number): number;
}

/**
 * What encodes one character, or none. Backslashes and percent signs may be encoded once more themselves, as by JSON
 * inside JSON or a URL inside a URL.
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

/** Every notation begins with one of these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with one
const MARK = /[\u001b\\%&]/;

/** A quick look: whether a text has no notation to decode. */
export function isPlain(text: string): boolean {
  return !MARK.test(text);
}

/** Nobody nests more notations than this. */
const MOST_LAYERS = 4;

const ESCAPE = 0x1b;

/** The text, then the same with its outermost notation decoded, and so on, as long as there is any. */
export function* layers(text: string): Generator<Layer> {
  let layer: Layer | undefined = { text, place: (index) => index };
  for (let depth = 0; layer !== undefined && depth <= MOST_LAYERS; depth++) {
    yield layer;
    layer = inner(layer);
  }
}

function inner(outer: Layer): Layer | undefined {
  const parts: string[] = [];
  // For each stretch that was copied: its index in the decoded text, and by how much it moved.
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

/** The character that a match encodes, "" for none; undefined for one that is not plain and stays as it is. */
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
