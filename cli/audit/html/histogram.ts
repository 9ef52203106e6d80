import type { AuditReport } from "../auditReport";
import { isFromLeak, startOf } from "../leak";
import { bar, countAxis, countTable, figure, linear, round, roundUp, type Span, sign } from "./chart";
import { html, type Markup } from "./markup";
import { median, timesToRevoke } from "./summary";
import { count, duration, grouped } from "./units";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Where one class of times ends and the next begins, in seconds. Each is three to five times the one before: minutes
 * and weeks find room on one scale, and the limits stay numbers that people use. They are the same in every report, so
 * that two can be compared.
 */
const LIMITS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY, 28 * DAY] as const;

const WIDTH = 520;
const HEIGHT = 216;
const X: Span = { from: 34, to: 512 };
const Y: Span = { from: 178, to: 30 };

/** How long it took from report to revocation, as a distribution. */
export function histogram({ records }: AuditReport): Markup {
  const times = timesToRevoke(records);
  if (times.length === 0) return html``;
  const counts = new Array<number>(LIMITS.length + 1).fill(0);
  for (const time of times) counts[classOf(time)] = (counts[classOf(time)] ?? 0) + 1;
  const most = roundUp(Math.max(...counts));
  const y = linear({ from: 0, to: most }, Y);
  const x = linear({ from: 0, to: counts.length }, X);
  const middle = median(times);
  const slowest = times.at(-1) ?? middle;
  const untimed = records.length - times.length;
  const ofLeak = records.filter(isFromLeak).length;
  return figure({
    id: "distribution",
    heading: `Time from ${startOf(records)} to revocation`,
    description: `A histogram of ${count(times.length, "time")} to revoke, from under a minute to over four weeks. The median is ${duration(middle)}, the slowest ${duration(slowest)}.`,
    width: WIDTH,
    height: HEIGHT,
    drawing: html`${countAxis(most, y, X)}
${counts.map((each, index) => {
  const columns = { from: round(x(index) + 2), to: round(x(index + 1) - 2) };
  return html`${bar("revoked", columns, y, { from: 0, to: each }, `${classLabel(index)}: ${each}`)}${
    each > 0 &&
    html`<text class="value" x="${round((columns.from + columns.to) / 2)}" y="${y(each) - 5}" text-anchor="middle">${grouped(each)}</text>
`
  }`;
})}${LIMITS.map(
  (
    limit,
    index,
  ) => html`<line class="tick" x1="${x(index + 1)}" x2="${x(index + 1)}" y1="${Y.from}" y2="${Y.from + 5}"/>
<text class="label" x="${x(index + 1)}" y="${Y.from + 18}" text-anchor="middle">${limit === 28 * DAY ? "4 wk" : duration(limit)}</text>
`,
)}<line class="median" x1="${x(place(middle))}" x2="${x(place(middle))}" y1="${Y.from}" y2="16"/>
<text class="value" x="${x(place(middle))}" y="11" text-anchor="middle">median ${duration(middle)}</text>
`,
    legend: html`${sign(html`<rect class="revoked" x="1" y="1" width="12" height="12"/>`, "tokens revoked within this time")}${
      ofLeak > 0 && html`<span>${grouped(ofLeak)} counted from when Datadog found it leaked</span> `
    }${untimed > 0 && html`<span>${grouped(untimed)} not counted: already revoked, or not known from when to count</span>`}`,
    table: countTable(
      `Tokens by time from ${startOf(records)} to revocation`,
      ["Time", "Tokens"],
      counts.map((each, index) => [classLabel(index), grouped(each)]),
    ),
  });
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
