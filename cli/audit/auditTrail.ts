import * as v from "valibot";
import { Timestamp } from "../../provider/datadog/answers";
import type { DatadogClient } from "../../provider/datadog/client";
import { now } from "../../provider/datadog/gate";

/** The most audit events that Datadog allows. */
const PAGE_SIZE = 1000;

/** A user's action, as the Audit Trail records it. Every part may be missing. */
export const AuditEvent = v.object({
  attributes: v.object({
    timestamp: Timestamp,
    attributes: v.nullish(
      v.object({
        usr: v.nullish(
          v.object({ id: v.nullish(v.string()), email: v.nullish(v.string()), uuid: v.nullish(v.string()) }),
        ),
        auth_method: v.nullish(v.string()),
        http: v.nullish(
          v.object({
            /** Documented as text. */
            status_code: v.nullish(v.union([v.string(), v.number()])),
            url_details: v.nullish(v.object({ path: v.nullish(v.string()) })),
            useragent: v.nullish(v.string()),
          }),
        ),
        network: v.nullish(v.object({ client: v.nullish(v.object({ ip: v.nullish(v.string()) })) })),
      }),
    ),
  }),
});
export type AuditEvent = v.InferOutput<typeof AuditEvent>;

/** `POST /api/v2/audit/events/search` */
const AuditEventsAnswer = v.object({
  data: v.nullish(v.array(AuditEvent)),
  meta: v.nullish(v.object({ page: v.nullish(v.object({ after: v.nullish(v.string()) })) })),
});

/**
 * `POST /api/v2/audit/events/search`, page by page.
 *
 * @param within milliseconds for all pages
 * @throws DatadogError
 * @see https://docs.datadoghq.com/api/latest/audit/#search-audit-logs-events
 */
export async function searchAuditTrail(
  { http }: DatadogClient,
  filter: { query: string; from: string; to: string },
  within: number,
): Promise<AuditEvent[]> {
  const path = "/api/v2/audit/events/search";
  const deadline = now() + within;
  let events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = { limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
    const options = { within: deadline - now(), body: { filter, page, sort: "timestamp" } };
    const answer = await http.request("POST", path, options);
    const { data, meta } = http.parse(AuditEventsAnswer, answer, `POST ${path}`);
    events = events.concat(data ?? []);
    const after = meta?.page?.after ?? undefined;
    // A cursor that leads nowhere ends the search, whatever the server says.
    cursor = after === cursor || !data?.length ? undefined : after;
  } while (cursor !== undefined);
  return events;
}
