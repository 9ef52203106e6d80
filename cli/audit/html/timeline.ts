import type { Outcome } from "../../../provider/core/records";
import type { AuditReport } from "../auditReport";
import {
  ACROSS,
  bar,
  countAxis,
  countTable,
  figure,
  linear,
  round,
  roundUp,
  type Span,
  sign,
  type Tick,
} from "./chart";
import { html, type Markup } from "./markup";
import { count, day, grouped, timeOf } from "./units";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Spans of time that a bar may stand for. */
const STEPS: readonly (readonly [milliseconds: number, words: string])[] = [
  [SECOND, "second"],
  [10 * SECOND, "ten seconds"],
  [MINUTE, "minute"],
  [10 * MINUTE, "ten minutes"],
  [HOUR, "hour"],
  [6 * HOUR, "six hours"],
  [DAY, "day"],
  [7 * DAY, "week"],
  [28 * DAY, "four weeks"],
  [364 * DAY, "52 weeks"],
];
const MOST_BARS = 60;
/** Fewer steps would be a wall of one bar, without a time beside it. */
const LEAST_STEPS = 5;
/** In percent of the plot's width. */
const WIDEST_BAR = 5;

/** What may lie between two ticks. */
const TICK_STEPS = [
  ...[1, 2, 5, 10, 20, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2, 7, 14, 28].map((each) => each * DAY),
];
const TICK_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];
/** There are ticks for a wide drawing and for a narrow one: the style sheet shows those that there is room for. */
const MOST_TICKS = { fine: 6, coarse: 4 };

const HEIGHT = 226;
const Y: Span = { from: 132, to: 12 };
/** Where the deployments stand. */
const LANE = 160;
const AXIS = 182;

/** Monday, 1 January 1900: weeks begin on a Monday. */
const MONDAY = Date.UTC(1900, 0, 1);

interface Bar {
  readonly from: number;
  revoked: number;
  alreadyRevoked: number;
}

/** When tokens were revoked, and when deployments ran, on one axis of time. */
export function timeline({ records, stacks }: AuditReport): Markup {
  const acts = records.flatMap(({ outcome, revokedAt }): { at: number; outcome: Outcome }[] => {
    const at = timeOf(revokedAt);
    return at !== undefined && (outcome === "revoked" || outcome === "alreadyRevoked") ? [{ at, outcome }] : [];
  });
  const runs = stacks
    .flatMap(({ deployments }) => deployments)
    .flatMap(({ startedAt, result }) => {
      const at = timeOf(startedAt);
      return at === undefined ? [] : [{ at, mark: markOf(result) }];
    });
  const times = [...acts, ...runs].map(({ at }) => at);
  if (times.length === 0) return html``;

  const whole = times.reduce(({ from, to }, at) => ({ from: Math.min(from, at), to: Math.max(to, at) }), {
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
  });
  const [step, words] = STEPS.find(([each]) => (whole.to - whole.from) / each < MOST_BARS - 1) ?? [
    364 * DAY * Math.ceil((whole.to - whole.from) / (364 * DAY * (MOST_BARS - 1))),
    "years",
  ];
  const start = (at: number): number => MONDAY + Math.floor((at - MONDAY) / step) * step;
  const steps = (start(whole.to) - start(whole.from)) / step + 1;
  const around = Math.ceil(Math.max(0, LEAST_STEPS - steps) / 2) * step;
  const span = { from: start(whole.from) - around, to: start(whole.to) + step + around };
  const x = linear(span, ACROSS);

  const bars = new Map<number, Bar>();
  for (const { at, outcome } of acts) {
    const from = start(at);
    const each = bars.get(from) ?? { from, revoked: 0, alreadyRevoked: 0 };
    each[outcome] += 1;
    bars.set(from, each);
  }
  const inOrder = [...bars.values()].toSorted((one, other) => one.from - other.from);
  const most = roundUp(Math.max(1, ...inOrder.map(({ revoked, alreadyRevoked }) => revoked + alreadyRevoked)));
  const y = linear({ from: 0, to: most }, Y);
  /** Marks that would lie on each other are drawn once. */
  const marks = new Map(runs.map(({ at, mark }) => [`${Math.round(5 * x(at))} ${mark}`, { at, mark }]));
  const shapes = marks.size > MOST_MARKS ? NARROW_SHAPES : SHAPES;

  return figure({
    id: "timeline",
    heading: "Revocations and deployments over time",
    description: `${count(acts.length, "revocation")} as bars, one a ${words}, and ${count(runs.length, "deployment")} as marks below them, from ${day(whole.from)} to ${day(whole.to)}, UTC.`,
    height: HEIGHT,
    drawing: html`${(["fine", "coarse"] as const).map(
      (name) => html`<g class="${name}">${ticks(span, MOST_TICKS[name]).map((tick) => tickMark(tick, x(tick.at)))}</g>
`,
    )}${countAxis(most, y)}
${inOrder.map(({ from, revoked, alreadyRevoked }) => {
  const middle = (x(from) + x(from + step)) / 2;
  const width = Math.min(WIDEST_BAR, 0.8 * (x(from + step) - x(from)));
  const columns = { from: round(middle - width / 2), to: round(middle + width / 2) };
  const title = `${label(from, step)}: ${grouped(revoked)} revoked, ${grouped(alreadyRevoked)} already revoked`;
  return html`${bar("revoked", columns, y, { from: 0, to: revoked }, title)}${bar("already", columns, y, { from: revoked, to: revoked + alreadyRevoked }, title)}`;
})}<line class="base" x2="100%" y1="${AXIS}" y2="${AXIS}"/>
${[...marks.values()].map(({ at, mark }) => html`<svg x="${x(at)}%" y="${LANE}">${shape(mark, shapes)}</svg>`)}
`,
    legend: html`${sign(html`<rect class="revoked" x="-6" y="-6" width="12" height="12"/>`, `revoked, per ${words}`)}${sign(
      html`<rect class="already" x="-5.5" y="-5.5" width="11" height="11"/>`,
      "already revoked",
    )}${(["succeeded", "failed", "unfinished"] as const).map(
      (mark) => runs.some((run) => run.mark === mark) && sign(shape(mark, shapes), `deployment ${mark}`),
    )}`,
    table: countTable(
      `Revocations per ${words}`,
      ["From (UTC)", "Revoked", "Already revoked"],
      inOrder.map(({ from, revoked, alreadyRevoked }) => [
        label(from, step),
        grouped(revoked),
        grouped(alreadyRevoked),
      ]),
    ),
  });
}

type Mark = "succeeded" | "failed" | "unfinished";

function markOf(result: string): Mark {
  return result === "succeeded" || result === "failed" ? result : "unfinished";
}

const SHAPES: Readonly<Record<Mark, string>> = {
  succeeded: "M0-6v12",
  failed: "M-4-4l8 8m0-8l-8 8",
  unfinished: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
};

/** More than these lie on each other on a phone. */
const MOST_MARKS = 80;

/** Strokes above, below and across the middle, so that of many none hides the others. */
const NARROW_SHAPES: typeof SHAPES = { succeeded: "M0-7v6", failed: "M0 1v6", unfinished: "M0-3v6" };

/** A mark round nought. Shapes differ too, not colours alone: a stroke, a cross, a ring. */
function shape(mark: Mark, shapes: typeof SHAPES): Markup {
  return html`<path class="${mark}" d="${shapes[mark]}"/>`;
}

function label(at: number, step: number): string {
  const iso = new Date(at).toISOString();
  if (step >= DAY) return iso.slice(0, 10);
  return `${iso.slice(0, 10)} ${iso.slice(11, step < MINUTE ? 19 : 16)}`;
}

/** A line through the drawing with its label; of a time of day, the day stands below. */
function tickMark({ label }: Tick, x: number): Markup {
  const [date, time] = label.split(" ");
  return html`<line class="grid" x1="${x}%" x2="${x}%" y1="${Y.to}" y2="${AXIS + 5}"/>
${[time, date]
  .filter((line) => line !== undefined)
  .map(
    (
      line,
      index,
    ) => html`<text class="label" x="${x}%" y="${AXIS + 20 + 16 * index}" text-anchor="middle">${line}</text>
`,
  )}`;
}

/** The beginnings of months where the span is long, else of days or shorter steps; at most so many. */
function ticks({ from, to }: Span, most: number): Tick[] {
  const months = (to - from) / (30 * DAY);
  if (months > 2) {
    const every = TICK_MONTHS.find((each) => months / each <= most) ?? 12_000;
    const { year, month } = { year: new Date(from).getUTCFullYear(), month: new Date(from).getUTCMonth() };
    const firsts = Array.from({ length: most + 2 }, (_, index) =>
      Date.UTC(year, Math.ceil(month / every) * every + index * every),
    );
    return within(firsts, from, to).map((at) => ({ at, label: day(at).slice(0, 7) }));
  }
  const step = TICK_STEPS.find((each) => (to - from) / each <= most) ?? 28 * DAY;
  const first = MONDAY + Math.ceil((from - MONDAY) / step) * step;
  const places = Array.from({ length: most + 1 }, (_, index) => first + index * step);
  return within(places, from, to).map((at) => ({ at, label: label(at, step) }));
}

/** Those that leave room for their label on both sides. */
function within(places: readonly number[], from: number, to: number): number[] {
  const margin = (to - from) * 0.04;
  return places.filter((at) => at >= from + margin && at <= to - margin);
}
