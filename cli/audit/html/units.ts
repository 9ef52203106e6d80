import { html, type Markup, quoted } from "./markup";

const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in its two largest units: `"3 d 4 h"`, `"12 min"`, `"1.3 s"`. */
export function duration(seconds: number): string {
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const rounded = seconds < HOUR ? Math.round(seconds) : Math.round(seconds / MINUTE) * MINUTE;
  if (rounded < MINUTE) return `${rounded} s`;
  if (rounded < HOUR) return units(rounded, [MINUTE, "min"], [SECOND, "s"]);
  if (rounded < DAY) return units(rounded, [HOUR, "h"], [MINUTE, "min"]);
  return units(rounded, [DAY, "d"], [HOUR, "h"]);
}

/** The same, never more than it was: for what took at least as long. */
export function floored(seconds: number): string {
  return duration(seconds - (seconds % (seconds < HOUR ? SECOND : MINUTE)));
}

type Unit = readonly [seconds: number, name: string];

function units(seconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** Milliseconds since 1970; undefined for a text that is no time. */
export function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** `2026-11-05 05:18:08`; the page says once that its times are UTC. A text that is no time stands as it is. */
export function time(text: string): Markup {
  const at = timeOf(text);
  if (at === undefined) return quoted(text);
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

/** The same to the millisecond. */
export function exactTime(text: string): Markup {
  const at = timeOf(text);
  return at === undefined ? quoted(text) : html`${new Date(at).toISOString().slice(0, -1).replace("T", " ")}`;
}

/** `2026-11-05` */
export function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** `"1 token"`, `"10,000 tokens"` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `"10,000"` */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** `"999"`, `"10K"`: at most five characters, rounded where it need be. */
export function compact(number: number): string {
  return number.toLocaleString("en-US", { notation: "compact" });
}
