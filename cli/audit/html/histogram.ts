import type { AuditReport } from "../auditReport";
import { isFromLeak, startOf } from "../leak";
import { ACROSS, bar, countAxis, countTable, figure, linear, round, roundUp, type Span, sign } from "./chart";
import { type Content, html, type Markup } from "./markup";
import { median, timesToRevoke } from "./summary";
import { compact, count, duration, grouped } from "./units";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Where one class of times ends and the next begins, in seconds. Each is three to five times the one before: minutes
 * and weeks find room on one scale, and the limits stay numbers that people use. They are the same in every report, so
 * that two can be compared.
 */
const LIMITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 28 * DAY] as const;

const HEIGHT = 226;
/** The median and the highest bar's count stand above. */
const Y: Span = { from: 178, to: 38 };
/** Nearer than this to the plot's edge, in percent of its width, there is no room for half of the median's label. */
const EDGE = 20;

/** How long it took from report to revocation, as a distribution. */
export function histogram({ records }: AuditReport): Markup {
  const times = timesToRevoke(records);
  if (times.length === 0) return html``;
  const counts = new Array<number>(LIMITS.length + 1).fill(0);
  for (const time of times) counts[classOf(time)] = (counts[classOf(time)] ?? 0) + 1;
  const most = roundUp(Math.max(...counts));
  const y = linear({ from: 0, to: most }, Y);
  const x = linear({ from: 0, to: counts.length }, ACROSS);
  const middle = median(times);
  const slowest = times.at(-1) ?? middle;
  const untimed = records.length - times.length;
  const ofLeak = records.filter(isFromLeak).length;
  return figure({
    id: "distribution",
    heading: `Time from ${startOf(records)} to revocation`,
    description: `A histogram of ${count(times.length, "time")} to revoke, from under a minute to over four weeks. The median is ${duration(middle)}, the slowest ${duration(slowest)}.`,
    height: HEIGHT,
    drawing: html`${countAxis(most, y)}
${counts.map((each, index) => {
  const columns = { from: round(x(index + 0.04)), to: round(x(index + 0.96)) };
  return bar("revoked", columns, y, { from: 0, to: each }, `${classLabel(index)}: ${grouped(each)}`);
})}${LIMITS.map(limitMark)}${medianMark(x(place(middle)), middle)}${counts.map(
  (each, index) =>
    each > 0 &&
    html`<text class="value" x="${x(index + 0.5)}%" y="${y(each) - 5}" text-anchor="middle">${size(each)}</text>
`,
)}`,
    legend: html`${sign(html`<rect class="revoked" x="-6" y="-6" width="12" height="12"/>`, "tokens revoked within this time")}${
      ofLeak > 0 && html`<span>${grouped(ofLeak)} counted from when Datadog found it leaked</span> `
    }${untimed > 0 && html`<span>${grouped(untimed)} not counted: already revoked, never seen there, or not known from when to count</span>`}`,
    table: countTable(
      `Tokens by time from ${startOf(records)} to revocation`,
      ["Time", "Tokens"],
      counts.map((each, index) => [classLabel(index), grouped(each)]),
    ),
  });
}

/** Every second label has a longer tick, and stands lower where the drawing is narrow. */
function limitMark(limit: number, index: number): Markup {
  const at = round((100 * (index + 1)) / (LIMITS.length + 1));
  return html`<g${index % 2 === 1 && html` class="lower"`}><line class="tick" x1="${at}%" x2="${at}%" y1="${Y.from}" y2="${Y.from + 5}"/>
<text class="label" x="${at}%" y="${Y.from + 18}" text-anchor="middle">${limit === 28 * DAY ? "4 wk" : duration(limit)}</text></g>
`;
}

/** The label stands beside the line's end where it would leave the drawing otherwise. */
function medianMark(at: number, seconds: number): Markup {
  const anchor = at < EDGE ? "start" : at > 100 - EDGE ? "end" : "middle";
  return html`<line class="median" x1="${at}%" x2="${at}%" y1="${Y.from}" y2="18"/>
<text class="value" x="${at}%" y="12" text-anchor="${anchor}">median ${duration(seconds)}</text>
`;
}

/** A large count in full and in short: the style sheet shows the one that there is room for. */
function size(tokens: number): Content {
  const short = compact(tokens);
  if (tokens < 1000 || tokens >= 100_000) return short;
  return html`<tspan class="whole">${grouped(tokens)}</tspan><tspan class="short">${short}</tspan>`;
}

function classOf(time: number): number {
  const index = LIMITS.findIndex((limit) => time < limit);
  return index === -1 ? LIMITS.length : index;
}

function classLabel(index: number): string {
  const [from, to] = [LIMITS[index - 1], LIMITS[index]];
  if (from === undefined) return `under ${duration(LIMITS[0])}`;
  return to === undefined ? `${duration(from)} or more` : `${duration(from)} to under ${duration(to)}`;
}

/** Where a time stands among the classes, counted in classes: logarithmically within one, in the middle of an open one. */
function place(time: number): number {
  const index = classOf(time);
  const [from, to] = [LIMITS[index - 1], LIMITS[index]];
  if (from === undefined || to === undefined) return index + 0.5;
  return index + Math.log(time / from) / Math.log(to / from);
}
