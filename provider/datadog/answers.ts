/**
 * The parts of Datadog's answers that this package reads. Unknown fields are allowed: Datadog adds some without notice.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
import * as v from "valibot";
import { isUuid } from "../tokens/tokenIds";

/** RFC 3339, with up to nine digits of a second's fraction. */
export const Timestamp = v.pipe(
  v.string(),
  v.isoTimestamp("Expected an RFC 3339 time"),
  v.check((text) => !Number.isNaN(Date.parse(text)), "Expected an RFC 3339 time"),
);

/** It becomes part of the path of a DELETE: nothing else may be one. */
export const TokenId = v.pipe(v.string(), v.check(isUuid, "Expected a UUID"), v.toLowerCase());

/** `GET /api/v2/personal_access_tokens/{token_id}`; `readToken` reads the rest. */
export const TokenAnswer = v.object({ data: v.looseObject({ id: TokenId }), included: v.optional(v.unknown()) });

/** `GET /api/v2/personal_access_tokens`: tokens are read one by one, as an odd one must not hide the others. */
export const TokenListAnswer = v.object({
  data: v.array(v.unknown()),
  included: v.optional(v.unknown()),
  meta: v.optional(v.unknown()),
});

/** A text that is an extra: one that is missing, or none, takes nothing else with it. */
const extra = v.fallback(v.nullish(v.string()), undefined);

const UserAttributes = v.fallback(
  v.optional(v.object({ handle: extra, email: extra, name: extra, service_account: v.optional(v.unknown()) })),
  undefined,
);
export type UserAttributes = v.InferOutput<typeof UserAttributes>;

/** `GET /api/v2/users/{user_id}`: users and service accounts. */
export const UserAnswer = v.object({ data: v.object({ type: v.literal("users"), attributes: UserAttributes }) });

/** `GET /api/v2/current_user`: beside the user, `included` has the organization, roles and permissions. */
export const CurrentUserAnswer = v.object({
  data: v.object({
    type: v.literal("users"),
    id: v.string(),
    attributes: UserAttributes,
    relationships: v.object({ org: v.object({ data: v.object({ type: v.literal("orgs"), id: v.string() }) }) }),
  }),
  included: v.fallback(v.array(v.unknown()), []),
});

/** Some send numbers. */
const code = v.fallback(v.nullish(v.union([v.string(), v.pipe(v.number(), v.transform(String))])), undefined);

/** Datadog's two error shapes: `["text", …]` and `[{ status, title, detail, code }, …]`; an odd one hides no other. */
export const ErrorAnswer = v.object({
  errors: v.array(v.fallback(v.union([v.string(), v.object({ status: code, title: extra, detail: extra, code })]), {})),
});
export type ErrorAnswer = v.InferOutput<typeof ErrorAnswer>;

/** An error as gateways word it, and some of Datadog's own answers. */
export const SingleErrorAnswer = v.object({
  error: v.object({ code: v.nullish(v.union([v.string(), v.number()])), message: v.string() }),
});
