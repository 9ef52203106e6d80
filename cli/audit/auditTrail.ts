import * as v from "valibot";
import { Timestamp } from "../../provider/datadog/answers";
import type { DatadogClient } from "../../provider/datadog/client";
import { DatadogError } from "../../provider/datadog/errors";
import { now } from "../../provider/datadog/gate";
import { plainLine } from "../../provider/text/plainLine";
import { isObject } from "./storedValues";

/** The most audit events that Datadog allows. */
const PAGE_SIZE = 1000;

/** What has another shape is as if it was missing: it must not hide what stands beside it. */
const lenient = <Schema extends v.GenericSchema>(schema: Schema) => v.fallback(v.nullish(schema), undefined);
const Text = lenient(v.string());

/** A user's action, as the Audit Trail records it. Every part may be missing. */
export const AuditEvent = v.object({
  attributes: lenient(
    v.object({
      timestamp: lenient(Timestamp),
      attributes: lenient(
        v.object({
          usr: lenient(v.object({ id: Text, email: Text, name: Text, uuid: Text })),
          auth_method: Text,
          http: lenient(
            v.object({
              method: Text,
              /** Documented as text. */
              status_code: lenient(v.union([v.string(), v.number()])),
              url_details: lenient(v.object({ path: Text })),
              useragent: Text,
            }),
          ),
          network: lenient(v.object({ client: lenient(v.object({ ip: Text })) })),
        }),
      ),
    }),
  ),
});
export type AuditEvent = v.InferOutput<typeof AuditEvent>;

/** `POST /api/v2/audit/events/search` */
const AuditEventsAnswer = v.object({
  data: v.nullish(v.array(v.fallback(AuditEvent, {}))),
  meta: v.optional(v.unknown()),
});

/** What a search found. */
export interface FoundEvents {
  readonly events: readonly AuditEvent[];
  /** Why there may be more events than these; none: the trail was read whole. */
  readonly doubts: readonly string[];
}

interface Page extends FoundEvents {
  /** The cursor of the next page. */
  readonly after: string | undefined;
}

/**
 * `POST /api/v2/audit/events/search`, page by page. A page that may be partial is asked for once more.
 *
 * @param within milliseconds for all pages
 * @throws DatadogError where not even the first page can be read
 * @see https://docs.datadoghq.com/api/latest/audit/#search-audit-logs-events
 * @see https://docs.datadoghq.com/logs/guide/collect-multiple-logs-with-pagination/
 */
export async function searchAuditTrail(
  { http }: DatadogClient,
  filter: { query: string; from: string; to: string },
  within: number,
): Promise<FoundEvents> {
  const path = "/api/v2/audit/events/search";
  const deadline = now() + within;
  const cursors = new Set<string | undefined>([undefined]);
  const doubts = new Set<string>();
  let events: AuditEvent[] = [];
  let wasEmpty = false;
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor).catch((error) => orDoubt(error, cursor !== undefined));
    events = events.concat(page.events);
    for (const doubt of page.doubts) doubts.add(doubt);
    const isEmpty = page.events.length === 0;
    // An empty page is the end, as documented. One that leads on is followed once.
    const isEnd = page.after === undefined || cursors.has(page.after) || (isEmpty && wasEmpty);
    if (isEnd) return { events, doubts: [...doubts] };
    wasEmpty = isEmpty;
    cursor = page.after;
    cursors.add(cursor);
  }

  /** A page; where it may be partial, as it is on the second try. */
  async function ask(cursor: string | undefined): Promise<Page> {
    const first = await askOnce(cursor);
    if (first.doubts.length === 0) return first;
    const second = await askOnce(cursor).catch((error) => orDoubt(error, true));
    if (second.doubts.length === 0) return second;
    const known = new Set(first.events.map((event) => JSON.stringify(event)));
    const others = second.events.filter((event) => !known.has(JSON.stringify(event)));
    return {
      events: [...first.events, ...others],
      after: second.after ?? first.after,
      doubts: [...first.doubts, ...second.doubts],
    };
  }

  async function askOnce(cursor: string | undefined): Promise<Page> {
    const page = { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
    const options = { within: deadline - now(), body: { filter, page, sort: "timestamp" } };
    const answer = await http.request("POST", path, options);
    const { data, meta } = http.parse(AuditEventsAnswer, answer, `POST ${path}`);
    const { after, isDone, doubts } = readMeta(meta);
    const found = data ?? [];
    // After the last page, "data" is null, as documented.
    if (!data && !(data === null && isDone && cursor !== undefined)) doubts.push("an answer without a list of events");
    if (after === undefined && found.length >= PAGE_SIZE) doubts.push("a full page that names no next one");
    if (after !== undefined && cursors.has(after) && found.length > 0) doubts.push("a page that leads back to itself");
    return { events: found, after, doubts };
  }
}

/** @throws the error, unless it is Datadog's and other pages were read */
function orDoubt(error: unknown, isReadInPart: boolean): Page {
  if (!(error instanceof DatadogError) || !isReadInPart) throw error;
  return { events: [], after: undefined, doubts: [error.message] };
}

/** What an answer says of itself. */
function readMeta(meta: unknown): { after: string | undefined; isDone: boolean; doubts: string[] } {
  if (meta === undefined || meta === null) return { after: undefined, isDone: false, doubts: [] };
  if (!isObject(meta)) return { after: undefined, isDone: false, doubts: ["an answer whose meta cannot be read"] };
  const { status, warnings, page } = meta;
  const doubts: string[] = [];
  if (status === "timeout") doubts.push("timed out");
  else if (status !== undefined && status !== null && status !== "done") doubts.push(`status ${words(status)}`);
  for (const warning of toList(warnings)) doubts.push(`Datadog warns: ${words(warning)}`);
  const after = cursorOf(page);
  if (after === null) doubts.push("an unreadable cursor");
  return { after: after ?? undefined, isDone: status === "done", doubts };
}

/** The cursor of the next page; undefined: there is none; null: it has another shape. */
function cursorOf(page: unknown): string | undefined | null {
  if (page === undefined || page === null) return undefined;
  const { after } = isObject(page) ? page : { after: page };
  if (after === undefined || after === null || after === "") return undefined;
  return isObject(page) && typeof after === "string" ? after : null;
}

function toList(warnings: unknown): readonly unknown[] {
  if (warnings === undefined || warnings === null) return [];
  return Array.isArray(warnings) ? warnings : [warnings];
}

/** What is kept of others' words. */
const LONGEST = 200;

/** Others' words, as the part of a sentence that goes on after them. */
export function withoutStop(text: string): string {
  return text.replace(/\.+$/, "");
}

/** A warning, or a status, in its own words. */
function words(said: unknown): string {
  const parts = isObject(said) ? [said.title, said.detail, said.code] : [said];
  const texts = parts.filter((part) => typeof part === "string" && part !== "").slice(0, 2);
  const text = plainLine(
    texts.length > 0 ? texts.map((text) => withoutStop(String(text))).join(": ") : (JSON.stringify(said) ?? ""),
  );
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
}
