import { type Answer, data, noContent } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import type { Caller } from "./authentication";
import { createdTokenResource, tokenResource } from "./jsonApi";
import type { Token } from "./organization";
import { demand, demandForOthers } from "./permissions";
import { Refusal } from "./refusal";
import { timestamp } from "./timestamp";
import { changedAttributes, newAttributes } from "./tokenBody";
import { tokenList } from "./tokenList";
import { alias, tokenValue } from "./tokenValue";

/** `GET /api/v2/personal_access_tokens`: personal and service tokens; only one's own without `org_app_keys_read`. */
export function listTokens({ organization, caller, query, now }: ApiRequest): Answer {
  demand(caller, "user_app_keys", "org_app_keys_read");
  const all = caller.permissions.has("org_app_keys_read");
  const visible: Token[] = [];
  for (const token of organization.tokens.values()) {
    if (organization.shows(token, now) && (all || token.owner.id === caller.owner.id)) visible.push(token);
  }
  return data(200, tokenList(visible, query));
}

/** `GET /api/v2/personal_access_tokens/{token_id}`: shows a service account's token too. */
export function getToken(request: ApiRequest): Answer {
  const { organization, caller, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_read");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  if (token === undefined || !organization.shows(token, now)) throw notFound();
  demandForOthers(caller, token, "org_app_keys_read");
  return data(200, { data: tokenResource(token) });
}

/** `POST /api/v2/personal_access_tokens`: a token of the caller's own. */
export function createToken({ organization, caller, body, random, now }: ApiRequest): Answer {
  demand(caller, "user_app_keys");
  if (caller.owner.type !== "users") throw new Refusal(403, "a service account has no personal access tokens");
  const { name, scopes, expiresAt } = newAttributes(body, now);
  demandNoMoreThanOwn(caller, scopes, expiresAt);
  const id = random.uuid();
  const token: Token = {
    id,
    value: tokenValue("ddpat_", id, random),
    publicPortion: alias(id),
    owner: caller.owner,
    name,
    scopes,
    createdAt: timestamp(now),
    expiresAt,
    modifiedAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  organization.addToken(token);
  return data(201, { data: createdTokenResource(token) });
}

/** `PATCH /api/v2/personal_access_tokens/{token_id}`: name and scopes. */
export function updateToken(request: ApiRequest): Answer {
  const { organization, caller, body, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_write");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  if (!isPersonal(token) || !organization.shows(token, now)) throw notFound();
  demandForOthers(caller, token, "org_app_keys_write");
  const { name, scopes } = changedAttributes(body, token.id);
  if (scopes !== undefined) demandNoMoreThanOwn(caller, scopes, token.expiresAt);
  token.name = name ?? token.name;
  token.scopes = scopes ?? token.scopes;
  token.modifiedAt = timestamp(now);
  return data(200, { data: tokenResource(token) });
}

/** `DELETE /api/v2/personal_access_tokens/{token_id}` */
export function revokeToken(request: ApiRequest): Answer {
  const { organization, caller, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_write");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  if (!isPersonal(token) || !organization.acceptsRevocation(token, now)) throw notFound();
  demandForOthers(caller, token, "org_app_keys_write");
  token.revokedAt ??= now;
  return noContent;
}

/**
 * Whether this path can change the token. Of service accounts' tokens that is not known of Datadog; the simulator is
 * strict and does not find them, so that nobody comes to rely on it.
 */
function isPersonal(token: Token | undefined): token is Token {
  return token?.owner.type === "users";
}

function notFound(): Refusal {
  return new Refusal(404, "there is no such access token");
}

/** A call made with a token may not give more scopes or a longer life than the token has itself. */
function demandNoMoreThanOwn(caller: Caller, scopes: readonly string[], expiresAt: string | null): void {
  const { token } = caller;
  if (token === undefined) return;
  const outlives = token.expiresAt !== null && (expiresAt === null || expiresAt > token.expiresAt);
  if (outlives || scopes.some((scope) => !token.scopes.includes(scope))) {
    throw new Refusal(403, "an access token may not give more scopes or a longer life than its own");
  }
}
