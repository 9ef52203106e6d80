import { stripVTControlCharacters } from "node:util";
import type { Line } from "./record.mts";

/** When every recording begins. */
const BEGINNING = Date.parse("2026-01-15T03:00:00Z");
/** The most seconds in which nothing happens. */
const LONGEST_PAUSE = 2.5;
/** Seconds from line to line where many were printed at once, so that the eye can follow. */
const SHORTEST_PAUSE = 0.06;

/**
 * Replaces what differs from machine to machine and from run to run: the project's folder, the port, the time.
 *
 * @param began in milliseconds since 1970
 */
export function neutral(lines: readonly Line[], began: number, root: string): Line[] {
  const neutralTime = (time: string): string => {
    const moved = new Date(Date.parse(time) - began + BEGINNING).toISOString();
    return time.includes(".") ? moved : moved.replace(/\.\d+/, "");
  };
  return lines.map(({ at, text }) => ({
    at,
    text: text
      .replaceAll(root, "~/pulumi-datadog-revocation/")
      .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080")
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, neutralTime),
  }));
}

/** Leaves out the parts of the demo whose headings begin so. */
export function withoutParts(lines: readonly Line[], headings: readonly string[]): Line[] {
  const headingOf = ({ text }: Line) => /^─── (.*)/.exec(stripVTControlCharacters(text))?.[1];
  for (const heading of headings)
    if (!lines.some((line) => headingOf(line)?.startsWith(heading))) throw new Error(`No part begins with: ${heading}`);
  let leftOut = false;
  return lines.filter((line) => {
    const title = headingOf(line);
    if (title !== undefined) leftOut = headings.some((heading) => title.startsWith(heading));
    return !leftOut;
  });
}

/** Shortens pauses, and lets one line follow the other. */
export function unhurried(lines: readonly Line[]): Line[] {
  let now = 0;
  return lines.map(({ at, text }, index) => {
    const pause = at - (lines[index - 1]?.at ?? at);
    now += Math.min(Math.max(pause, SHORTEST_PAUSE), LONGEST_PAUSE);
    return { at: now, text };
  });
}
