import { stripVTControlCharacters } from "node:util";
import type { Output } from "./record.mts";

/** The morning on which all recordings begin. */
const DAWN = Date.parse("2026-01-15T03:00:00Z");
/** How many seconds nothing happens at most. */
const LONGEST_PAUSE = 2;
/** Seconds from one line to the next, where a program printed many at once: so that the eye can follow. */
const LINE = 0.06;

/** Without what differs from machine to machine and from run to run: the folder, the port, the day. */
export function neutral(lines: readonly Output[], root: string): Output[] {
  const later = Date.now() - DAWN;
  const folder = root.replace(/\/$/, "");
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
  return lines.map(({ at, text }) => ({
    at,
    text: text
      .replaceAll(folder, "~/pulumi-datadog-revocation")
      .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080")
      .replace(time, (found, fraction = "") => {
        const moved = new Date(Date.parse(found) - later).toISOString();
        return fraction ? moved : moved.replace(/\.\d+/, "");
      }),
  }));
}

/** Without the parts whose headings begin so; the time that they took is cut out too. */
export function withoutParts(lines: readonly Output[], headings: readonly string[]): Output[] {
  const missing = new Set(headings);
  let leftOut = false;
  let cut = 0;
  let before = 0;
  return lines.flatMap(({ at, text }) => {
    const title = /^─── (.*)/.exec(stripVTControlCharacters(text))?.[1];
    if (title !== undefined) {
      const heading = headings.find((start) => title.startsWith(start));
      leftOut = heading !== undefined;
      if (heading) missing.delete(heading);
    }
    if (leftOut) cut += at - before;
    before = at;
    return leftOut ? [] : [{ at: at - cut, text }];
  });
}

/** With short pauses, and one line after the other. */
export function unhurried(lines: readonly Output[]): Output[] {
  let before = 0;
  let now = 0;
  return lines.map(({ at, text }) => {
    now += Math.min(Math.max(at - before, LINE), LONGEST_PAUSE);
    before = at;
    return { at: now, text };
  });
}
