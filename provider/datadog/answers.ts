/**
 * The parts of Datadog's answers that this package reads. Unknown fields are allowed: Datadog adds some without notice.
 *
 * @see https://docs.datadoghq.com/api/latest/key-management/
 */
import * as v from "valibot";
import { isUuid } from "../tokens/tokenIds";

export const Timestamp = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), "Expected an RFC 3339 time"),
);

/** It becomes part of the path of a DELETE: nothing else may be one. */
const TokenId = v.pipe(v.string(), v.check(isUuid, "Expected a UUID"));

/** A service account's becomes part of the path, too. */
const OwnerId = v.pipe(v.string(), v.regex(/^[\w-]+$/, "Expected an id"));

/** One access token, personal or service, as the API describes it: never its value. */
export const Token = v.object({
  type: v.string(),
  id: TokenId,
  attributes: v.object({
    name: v.string(),
    public_portion: v.optional(v.string()),
    scopes: v.optional(v.nullable(v.array(v.string()))),
    created_at: Timestamp,
    /** Null: never expires. */
    expires_at: v.optional(v.nullable(Timestamp)),
    /** Null: never used. */
    last_used_at: v.optional(v.nullable(Timestamp)),
    modified_at: v.optional(v.nullable(Timestamp)),
    /** Not null: already revoked. */
    revoker_uuid: v.optional(v.nullable(v.string())),
  }),
  relationships: v.object({
    owned_by: v.object({ data: v.object({ id: OwnerId, type: v.picklist(["users", "service_account"]) }) }),
  }),
});
export type Token = v.InferOutput<typeof Token>;

/** Whether Datadog knows a token, and not as a revoked one. */
export function isAlive(token: Token | undefined): token is Token {
  return token !== undefined && token.attributes.revoker_uuid == null;
}

/** `GET /api/v2/personal_access_tokens/{token_id}` */
export const TokenAnswer = v.object({ data: Token });
export type TokenAnswer = v.InferOutput<typeof TokenAnswer>;

/** `GET /api/v2/personal_access_tokens` */
export const TokenListAnswer = v.object({
  data: v.array(Token),
  meta: v.object({ page: v.object({ total_filtered_count: v.number() }) }),
});
export type TokenListAnswer = v.InferOutput<typeof TokenListAnswer>;

const UserAttributes = v.object({ handle: v.nullish(v.string()), email: v.nullish(v.string()) });

/** `GET /api/v2/users/{user_id}` */
export const UserAnswer = v.object({ data: v.object({ type: v.literal("users"), attributes: UserAttributes }) });
export type UserAnswer = v.InferOutput<typeof UserAnswer>;

/** `GET /api/v2/current_user` */
export const CurrentUserAnswer = v.object({
  data: v.object({
    type: v.literal("users"),
    id: v.string(),
    attributes: UserAttributes,
    relationships: v.object({ org: v.object({ data: v.object({ type: v.literal("orgs"), id: v.string() }) }) }),
  }),
  /** The organization among others. */
  included: v.optional(
    v.array(
      v.object({
        type: v.string(),
        id: v.string(),
        attributes: v.optional(v.object({ name: v.optional(v.nullable(v.string())) })),
      }),
    ),
  ),
});
export type CurrentUserAnswer = v.InferOutput<typeof CurrentUserAnswer>;

const words = v.nullish(v.string());

/** Datadog's two error shapes: `["text", …]` and `[{ status, title, detail, code }, …]`. */
export const ErrorAnswer = v.object({
  errors: v.array(v.union([v.string(), v.object({ status: words, title: words, detail: words, code: words })])),
});
export type ErrorAnswer = v.InferOutput<typeof ErrorAnswer>;

/** An error as gateways word it, and some of Datadog's own answers. */
export const SingleErrorAnswer = v.object({
  error: v.object({ code: v.nullish(v.union([v.string(), v.number()])), message: v.string() }),
});
