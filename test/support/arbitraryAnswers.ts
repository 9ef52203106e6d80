import { hostileJson, hostileText, roughList, roughly } from "./arbitraryText";
import { fc } from "./cases";

const uuid = fc.uuid();
const id = fc.oneof({ weight: 30, arbitrary: uuid }, hostileText);
const time = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("2026-05-01T08:00:00.123456789Z", "2027-01-01T00:00:00+02:00") },
  fc.constantFrom("0001-01-01T00:00:00Z", "+275760-09-13T00:00:00.000Z", "-000001-01-01T00:00:00Z", "1", "Nov 24 2026"),
  hostileText,
);
const timeOrNull = fc.oneof({ weight: 4, arbitrary: time }, fc.constant(null));

const LEAK_ID = fc.constantFrom("77777777-2222-4333-8444-555555555555", "77777777-2222-4333-8444-555555555556");

/** A token as Datadog describes it, or nearly. */
export const anyToken = roughly({
  type: fc.constant("personal_access_tokens"),
  id: uuid,
  attributes: roughly({
    ...{ name: hostileText, public_portion: hostileText, scopes: fc.array(hostileText, { maxLength: 2 }) },
    ...{ created_at: time, expires_at: timeOrNull, last_used_at: timeOrNull, modified_at: timeOrNull },
    revoker_uuid: fc.constant(null),
  }),
  relationships: roughly({
    owned_by: roughly({ data: roughly({ id, type: fc.constantFrom("users", "service_account") }) }),
    leak_information: roughly({
      data: fc.option(roughly({ id: LEAK_ID, type: fc.constant("leaked_keys") })),
    }),
  }),
});

/** What an answer about tokens has beside them. */
const included = roughList(
  roughly({
    id: LEAK_ID,
    type: fc.constant("leaked_keys"),
    attributes: roughly({ date: time, leak_source: hostileText }),
  }),
);

const total = fc.constantFrom(0, 1, 2, 100, 1e9, 1e308, -1, 0.5);
const user = roughly({ handle: hostileText, email: hostileText, name: hostileText });

/** What Datadog answers to each question, or nearly. */
export const ANSWERS = {
  token: roughly({ data: anyToken, included }),
  listing: roughly({
    data: roughList(anyToken),
    included,
    meta: roughly({ page: roughly({ total_filtered_count: total }) }),
  }),
  user: roughly({ data: roughly({ type: fc.constant("users"), id, attributes: user }) }),
  currentUser: roughly({
    data: roughly({
      type: fc.constant("users"),
      id,
      attributes: user,
      relationships: roughly({ org: roughly({ data: roughly({ type: fc.constant("orgs"), id }) }) }),
    }),
    included: roughList(roughly({ type: fc.constant("orgs"), id, attributes: roughly({ name: hostileText }) })),
  }),
  auditEvents: roughly({
    data: roughList(
      roughly({
        attributes: roughly({
          timestamp: time,
          attributes: roughly({
            usr: roughly({ id: hostileText, email: hostileText, name: hostileText, uuid: hostileText }),
            auth_method: hostileText,
            http: roughly({
              method: fc.constantFrom("DELETE", "GET"),
              status_code: fc.oneof(hostileText, fc.constantFrom<unknown>("204", 204, 1e20, "0x10")),
              url_details: roughly({ path: hostileText }),
              useragent: hostileText,
            }),
            network: roughly({ client: roughly({ ip: hostileText }) }),
          }),
        }),
      }),
    ),
    meta: roughly({
      status: fc.oneof(fc.constantFrom("done", "timeout"), hostileText),
      warnings: roughList(roughly({ code: hostileText, title: hostileText, detail: hostileText })),
      page: roughly({ after: hostileText }),
    }),
  }),
  errors: roughly({
    errors: roughList(
      fc.oneof(
        hostileText,
        roughly({ status: hostileText, title: hostileText, detail: hostileText, code: hostileText }),
      ),
    ),
  }),
  anything: hostileJson,
};
