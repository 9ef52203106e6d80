import { type Content, html, type Markup } from "./markup";
import { compact } from "./units";

/** A stretch of an axis: from left to right in percent of the plot's width, from top to bottom in pixels. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A mark on an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Maps values to places, linearly. */
export function linear(values: Span, places: Span): (value: number) => number {
  const scale = (places.to - places.from) / (values.to - values.from);
  return (value) => round(places.from + (value - values.from) * scale);
}

/** A tenth of a pixel of precision: more only makes the page larger. */
export function round(place: number): number {
  return Math.round(place * 100) / 100;
}

/** All of the width: a drawing is as wide as its column, while its texts and its height stay as they are. */
export const ACROSS: Span = { from: 0, to: 100 };

/** The least of 1, 2, 5, 10, 20, 50, … that is not below a count, so that an axis of counts ends at a round number. */
export function roundUp(count: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, count)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= count) ?? power;
}

/** Horizontal lines at nothing, half and all, with their counts at the left. */
export function countAxis(most: number, y: (count: number) => number): Markup {
  const counts = [...new Set([0, most / 2, most])].filter(Number.isInteger);
  return html`${counts.map(
    (count) => html`<line class="${count === 0 ? "base" : "grid"}" x2="100%" y1="${y(count)}" y2="${y(count)}"/>
<text class="label" x="-6" y="${y(count)}" dy=".35em" text-anchor="end">${compact(count)}</text>`,
  )}`;
}

/** A bar from one count up to another, however low to be seen; nothing where they are equal. */
export function bar(className: string, x: Span, y: (count: number) => number, counts: Span, title: string): Content {
  if (counts.from === counts.to) return null;
  const height = round(Math.max(1, y(counts.from) - y(counts.to)));
  return html`<rect class="${className}" x="${x.from}%" width="${round(x.to - x.from)}%" y="${round(y(counts.from) - height)}" height="${height}"><title>${title}</title></rect>
`;
}

export interface Figure {
  /** Of the element, and the stem of the ids in it. */
  readonly id: string;
  readonly heading: string;
  /** What the drawing shows, in a sentence or two, for who cannot see it. */
  readonly description: string;
  /** In pixels. */
  readonly height: number;
  readonly drawing: Content;
  /** The key to its signs. */
  readonly legend: Content;
  /** The same numbers as a table. */
  readonly table: Markup;
}

/** A drawing with its words and its numbers, so that it is no one's only way to them. */
export function figure({ id, heading, description, height, drawing, legend, table }: Figure): Markup {
  return html`<section class="figure" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
<svg role="img" aria-labelledby="${id}-title ${id}-description" width="100%" height="${height}">
<title id="${id}-title">${heading}</title>
<desc id="${id}-description">${description}</desc>
${drawing}</svg>
<div class="legend">${legend}</div>
<details><summary>The same as a table</summary>
${table}</details>
</section>
`;
}

/** One sign of a legend: the mark as it is drawn round nought, and its meaning. */
export function sign(mark: Markup, meaning: string): Markup {
  return html`<span><svg aria-hidden="true" viewBox="-7 -7 14 14" width="14" height="14">${mark}</svg>${meaning}</span> `;
}

/** A plain table of counts. */
export function countTable(caption: string, columns: readonly string[], rows: readonly (readonly Content[])[]): Markup {
  return html`<table class="plain">
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ([first = "", ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table>
`;
}
