import xterm, { type IBufferCell, type IBufferLine } from "@xterm/headless";
import type { Output } from "./record.mts";

interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** Stands above the terminal. */
  readonly title: string;
  /** The picture's name and what it shows, for those who do not see it. */
  readonly name: string;
  readonly description: string;
}

/** Neighbouring cells that look alike. */
interface Run {
  readonly column: number;
  readonly cells: number;
  readonly style: string;
  readonly text: string;
}

/** What stood in a line of the terminal, counted from the first that it ever had, from one time to another. */
interface Row {
  readonly line: number;
  readonly from: number;
  until: number | undefined;
  readonly runs: readonly Run[];
}

const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const BAR = 36;
/** How many seconds the last picture stays. */
const LAST = 6;

/**
 * Draws a recording as SVG that plays by style sheets alone, so that it plays in an `<img>` too. Each row is drawn once,
 * on a tape that moves up behind a window: it costs no more to scroll. Knows the 16 colours, bold and dim.
 */
export async function draw(outputs: readonly Output[], picture: Picture): Promise<string> {
  const { columns, rows: height } = picture;
  const { rows, tops } = await play(outputs, columns, height);
  const length = (outputs.at(-1)?.at ?? 0) + LAST;
  const percent = (time: number) => `${Number(((time / length) * 100).toFixed(2))}%`;
  const moved = (top: number) => `{transform:translateY(${-top * CELL.height}px)}`;

  const spans = Map.groupBy(rows, ({ from, until }) =>
    [
      "0%{visibility:hidden}",
      `${percent(from)}{visibility:visible}`,
      until === undefined ? "" : `${percent(until)}{visibility:hidden}`,
    ].join(""),
  );
  const [width, tall] = [columns * CELL.width, height * CELL.height];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width + 2 * MARGIN} ${BAR + tall + MARGIN}" width="${width + 2 * MARGIN}" height="${BAR + tall + MARGIN}" role="img" aria-labelledby="title description">
<title id="title">${escaped(picture.name)}</title>
<desc id="description">${escaped(picture.description)}</desc>
<style>
text{font:14px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:#d5dde5}
.b{font-weight:700}.d{opacity:.65}
${COLORS.map((color, index) => `.c${index}{fill:${color}}`).join("")}
g{animation:${length.toFixed(2)}s step-end infinite}
.gone{visibility:hidden}
#tape${moved(tops.at(-1)?.top ?? 0)}
@keyframes tape{${tops.map(({ at, top }) => percent(at) + moved(top)).join("")}}
${[...spans.keys()].map((frames, index) => `@keyframes t${index}{${frames}}`).join("\n")}
@media (prefers-reduced-motion:reduce){g{animation:none!important}}
</style>
<rect width="100%" height="100%" rx="8" fill="#12181f"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>
<text x="50%" y="23" text-anchor="middle" class="d">${escaped(picture.title)}</text>
<svg x="${MARGIN}" y="${BAR}" width="${width}" height="${tall}">
<g id="tape" style="animation-name:tape">
${[...spans.values()]
  .map((group, index) => {
    const gone = group[0]?.until === undefined ? "" : ' class="gone"';
    return `<g${gone} style="animation-name:t${index}">${group.map(drawRow).join("")}</g>`;
  })
  .join("\n")}
</g>
</svg>
</svg>
`;
}

/** Lets a terminal show the recording, and watches what stands in its lines and which of them is its topmost. */
async function play(outputs: readonly Output[], columns: number, height: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows: height, scrollback: 10_000, allowProposedApi: true });
  const rows: Row[] = [];
  const tops = [{ at: 0, top: 0 }];
  const shown = new Map<number, Row>();
  for (const { at, text } of outputs) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const { active } = terminal.buffer;
    if (active.baseY !== tops.at(-1)?.top) tops.push({ at, top: active.baseY });
    for (let line = 0; line < active.length; line++) {
      const runs = runsOf(active.getLine(line));
      const before = shown.get(line);
      if (JSON.stringify(runs) === JSON.stringify(before?.runs ?? [])) continue;
      if (before) before.until = at;
      const row = { line, from: at, until: undefined, runs };
      shown.set(line, row);
      if (runs.length > 0) rows.push(row);
    }
  }
  return { rows, tops };
}

function runsOf(line: IBufferLine | undefined): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line?.getCell(column);
    const text = cell?.getChars().trim();
    if (!cell || !text) continue;
    const style = styleOf(cell);
    const last = runs.at(-1);
    const gap = last ? column - last.column - last.cells : 2;
    // A single space does not part what looks alike. A wide character stands alone: fonts differ in how wide it is.
    if (last && gap < 2 && last.style === style && cell.getWidth() === 1 && last.cells === last.text.length) {
      runs.splice(-1, 1, { ...last, cells: last.cells + gap + 1, text: last.text + " ".repeat(gap) + text });
    } else runs.push({ column, cells: cell.getWidth(), style, text });
  }
  return runs;
}

function styleOf(cell: IBufferCell): string {
  const color = cell.isFgPalette() && cell.getFgColor() < COLORS.length && `c${cell.getFgColor()}`;
  return [color, cell.isBold() && "b", cell.isDim() && "d"].filter(Boolean).join(" ");
}

/** The text's length is given, so that it keeps to its cells in every font. */
function drawRow({ line, runs }: Row): string {
  const y = line * CELL.height + 14;
  return runs
    .map(({ column, cells, style, text }) => {
      const [x, length] = [column, cells].map((count) => Number((count * CELL.width).toFixed(1)));
      return `<text x="${x}" y="${y}" textLength="${length}"${style && ` class="${style}"`}>${escaped(text)}</text>`;
    })
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Black, red, green, yellow, blue, magenta, cyan, white, and the same bright; each readable on the window. */
const COLORS = [
  "#7f8c99",
  "#ff7b72",
  "#56d364",
  "#e3b341",
  "#79c0ff",
  "#d2a8ff",
  "#56d4dd",
  "#d5dde5",
  "#96a3b0",
  "#ffa198",
  "#7ee787",
  "#f2cc60",
  "#a5d6ff",
  "#e2c5ff",
  "#8be9f0",
  "#ffffff",
];
