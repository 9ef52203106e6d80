import xterm, { type IBufferCell, type IBufferLine } from "@xterm/headless";
import type { Line } from "./record.mts";

export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** Stands above the terminal. */
  readonly title: string;
  /** The picture's name, and what it shows, for those who do not see it. */
  readonly name: string;
  readonly description: string;
}

/** What a row of the terminal showed from one time to another; rows are counted from the first one ever printed. */
interface Row {
  readonly row: number;
  readonly from: number;
  readonly runs: readonly Run[];
  until?: number;
}

/** Neighbouring cells that look alike. */
interface Run {
  readonly column: number;
  readonly cells: number;
  readonly look: string;
  readonly text: string;
}

/** Black, red, green, yellow, blue, magenta, cyan, white, and the same bright: each readable on the dark window. */
const COLORS =
  "#7f8c99 #ff7b72 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #d5dde5 " +
  "#96a3b0 #ffa198 #7ee787 #f2cc60 #a5d6ff #e2c5ff #8be9f0 #ffffff";
const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const TITLE_BAR = 36;
/** How many seconds the last frame stays. */
const LAST = 6;

/**
 * Draws a recording as an SVG that is animated by its style sheet alone, so that it plays in an `<img>` too. Each row is
 * drawn once, on a tape that moves up behind a window. Knows the 16 colours, bold and dim.
 */
export async function draw(lines: readonly Line[], picture: Picture): Promise<string> {
  const { rows, tops } = await play(lines, picture);
  const seconds = (lines.at(-1)?.at ?? 0) + LAST;
  const percent = (at: number) => `${Number(((at / seconds) * 100).toFixed(2))}%`;
  const moved = (top: number) => `{transform:translateY(${-top * CELL.height}px)}`;
  const visible = ({ from, until }: Row) =>
    `0%{visibility:hidden}${percent(from)}{visibility:visible}${until ? `${percent(until)}{visibility:hidden}` : ""}`;
  // Without animation each group is as at the end.
  const groups = [...Map.groupBy(rows, visible)].map(([frames, group], index) => ({
    frames: `@keyframes r${index}{${frames}}`,
    drawn: `<g style="animation-name:r${index}"${group[0]?.until ? ' visibility="hidden"' : ""}>${group.map(drawRow).join("")}</g>`,
  }));
  const [width, height] = [picture.columns * CELL.width, picture.rows * CELL.height];
  const [wide, high] = [width + 2 * MARGIN, height + TITLE_BAR + MARGIN];
  const size = `viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title description">
<title id="title">${escaped(picture.name)}</title>
<desc id="description">${escaped(picture.description)}</desc>
<style>
text{font:14px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d5dde5}
.b{font-weight:700}.d{opacity:.65}${COLORS.split(" ")
    .map((color, index) => `.c${index}{fill:${color}}`)
    .join("")}
g{animation:${seconds.toFixed(2)}s step-end infinite}
#tape${moved(tops.at(-1)?.top ?? 0)}
@keyframes tape{${tops.map(({ at, top }) => percent(at) + moved(top)).join("")}}
${groups.map(({ frames }) => frames).join("\n")}
@media (prefers-reduced-motion:reduce){g{animation:none!important}}
</style>
<rect width="100%" height="100%" rx="8" fill="#12181f"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/>
<circle cx="40" cy="18" r="6" fill="#febc2e"/>
<circle cx="60" cy="18" r="6" fill="#28c840"/>
<text x="50%" y="23" text-anchor="middle" class="d">${escaped(picture.title)}</text>
<svg x="${MARGIN}" y="${TITLE_BAR}" width="${width}" height="${height}">
<g id="tape" style="animation-name:tape">
${groups.map(({ drawn }) => drawn).join("\n")}
</g>
</svg>
</svg>
`;
}

/** Lets a terminal show the recording, and notes what its rows hold and which of them is at its top. */
async function play(lines: readonly Line[], { columns, rows: height }: Picture) {
  const terminal = new xterm.Terminal({ cols: columns, rows: height, scrollback: 10_000, allowProposedApi: true });
  const rows: Row[] = [];
  const tops = [{ at: 0, top: 0 }];
  const shown: Row[] = [];
  for (const { at, text } of lines) {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const { active } = terminal.buffer;
    if (active.baseY !== tops.at(-1)?.top) tops.push({ at, top: active.baseY });
    for (let row = 0; row < active.length; row++) {
      const runs = runsOf(active.getLine(row));
      const before = shown[row];
      if (JSON.stringify(runs) === JSON.stringify(before?.runs ?? [])) continue;
      if (before) before.until = at;
      const now: Row = { row, from: at, runs };
      shown[row] = now;
      rows.push(now);
    }
  }
  return { rows: rows.filter(({ runs }) => runs.length > 0), tops };
}

function runsOf(line: IBufferLine | undefined): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < (line?.length ?? 0); column++) {
    const cell = line?.getCell(column);
    const text = cell?.getChars().trim();
    if (!cell || !text) continue;
    const look = lookOf(cell);
    const last = runs.at(-1);
    const gap = last ? column - last.column - last.cells : 0;
    // One space does not part what looks alike. A wide character stands alone, as fonts differ in how wide they draw it.
    if (last?.look === look && gap < 2 && cell.getWidth() === 1 && last.cells === last.text.length)
      runs.splice(-1, 1, { ...last, cells: last.cells + gap + 1, text: last.text + " ".repeat(gap) + text });
    else runs.push({ column, cells: cell.getWidth(), look, text });
  }
  return runs;
}

function lookOf(cell: IBufferCell): string {
  const color = cell.isFgPalette() && cell.getFgColor() < 16 && `c${cell.getFgColor()}`;
  return [color, cell.isBold() && "b", cell.isDim() && "d"].filter(Boolean).join(" ");
}

/** Each text's length is given, so that it keeps to its cells in every font. */
function drawRow({ row, runs }: Row): string {
  const drawn = runs.map(({ column, cells, look, text }) => {
    const [x, length] = [column, cells].map((count) => Number((count * CELL.width).toFixed(1)));
    const style = look && ` class="${look}"`;
    return `<text x="${x}" y="${row * CELL.height + 14}" textLength="${length}"${style}>${escaped(text)}</text>`;
  });
  return drawn.join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
