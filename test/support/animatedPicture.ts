import { XMLParser, XMLValidator } from "fast-xml-parser";

/** Neighbouring cells of a terminal, and the classes they are drawn with. */
export type Cells = readonly [column: number, text: string, classes: string];

interface Text {
  readonly "@x": string;
  readonly "@y": string;
  readonly "@class"?: string;
  readonly "#text": string;
}

/** Size of a cell in the picture. */
const CELL = { width: 8.4, height: 18 };
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => name === "g" || name === "text",
});

/** Reads a recording as scripts/lib/recording draws it, and plays it as a browser does. */
export class AnimatedPicture {
  readonly seconds: number;
  readonly #style: string;
  readonly #rows: number;
  readonly #groups: readonly { "@style": string; "@visibility"?: string; text: readonly Text[] }[];

  constructor(svg: string) {
    // Of what is not well-formed it says where.
    const verdict = XMLValidator.validate(svg);
    if (verdict !== true) throw new Error(JSON.stringify(verdict));
    const { style, svg: terminal } = parser.parse(svg).svg;
    this.#style = style;
    this.#rows = Number(terminal["@height"]) / CELL.height;
    this.#groups = terminal.g[0].g ?? [];
    this.seconds = Number(/g\{animation:([\d.]+)s step-end infinite\}/.exec(style)?.[1]);
  }

  /** Every row that is ever shown, as plain text. */
  rows(): string[] {
    return lines(this.#groups.flatMap(({ text }) => text)).map(plain);
  }

  /** The terminal's rows as they are that many seconds after the beginning. */
  frame(seconds: number): Cells[][] {
    const top = Number(/translateY\(-?(\d+)px\)/.exec(this.#now("tape", seconds))?.[1]) / CELL.height;
    const shown = this.#groups.filter((group) =>
      this.#now(group["@style"].replace("animation-name:", ""), seconds).includes("visible"),
    );
    return this.#window(top, shown);
  }

  /** The rows as they are where nothing moves. */
  still(): Cells[][] {
    const top = Number(/#tape\{transform:translateY\(-?(\d+)px\)/.exec(this.#style)?.[1]) / CELL.height;
    return this.#window(
      top,
      this.#groups.filter((group) => group["@visibility"] !== "hidden"),
    );
  }

  #window(top: number, groups: readonly { text: readonly Text[] }[]): Cells[][] {
    return lines(groups.flatMap(({ text }) => text).filter((text) => row(text) >= top && row(text) < top + this.#rows));
  }

  /** What an animation sets at that time: its last step before. */
  #now(animation: string, seconds: number): string {
    const frames = new RegExp(`@keyframes ${animation}\\{(.*)\\}`).exec(this.#style)?.[1] ?? "";
    const steps = [...frames.matchAll(/([\d.]+)%\{(.*?)\}/g)];
    const percent = (seconds / this.seconds) * 100 + 0.01;
    return steps.findLast(([, start]) => Number(start) <= percent)?.[2] ?? "";
  }
}

/** Cells as a reader sees them, however many spaces are between them. */
export function plain(cells: readonly Cells[]): string {
  return cells
    .reduce((line, [column, text], index) => {
      const [before = 0, previous = ""] = cells[index - 1] ?? [];
      return line + (column > before + previous.length ? " " : "") + text;
    }, "")
    .trim();
}

function row(text: Text): number {
  return Math.floor(Number(text["@y"]) / CELL.height);
}

function lines(texts: readonly Text[]): Cells[][] {
  const byRow = Map.groupBy(texts, row);
  return [...byRow]
    .toSorted(([one], [other]) => one - other)
    .map(([, row]) =>
      row.map((text) => [Math.round(Number(text["@x"]) / CELL.width), text["#text"], text["@class"] ?? ""] as const),
    );
}
