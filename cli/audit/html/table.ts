import { type Content, html, type Markup } from "./markup";

/*
 * Tables whose rows become cards where the page is narrow, so that nothing need be scrolled sideways; the style sheet
 * does that to the class "cards". Each cell then names its column, and the roles keep the table one for screen readers:
 * some browsers take a table that is laid out otherwise for no table.
 */

export function headRow(headings: readonly Markup[]): Markup {
  return html`<thead role="rowgroup"><tr role="row">${headings}</tr></thead>`;
}

export function columnHeading(heading: string, sort?: "ascending"): Markup {
  return html`<th scope="col" role="columnheader"${sort && html` aria-sort="${sort}"`}>${heading}</th>`;
}

export function rowHeading(column: string, content: Content): Markup {
  return html`<th scope="row" role="rowheader" data-column="${column}">${content}</th>`;
}

export function cell(column: string, content: Content): Markup {
  return html`<td role="cell" data-column="${column}">${content}</td>`;
}
