import { type Answer, jsonApi } from "./answer";
import { type ApiRequest, isUuid, uuidOf } from "./apiRequest";
import type { Token } from "./organization";
import { demand, demandForOthers } from "./permissions";
import { checkQuery } from "./queryParameters";
import { invalidParameter, Refusal } from "./refusal";
import { create, noSuchToken, revoke, show, update } from "./tokenActions";
import { LIST_PARAMETERS, sortOf, tokenList } from "./tokenList";

/** `GET /api/v2/personal_access_tokens`: personal and service tokens; only one's own without `org_app_keys_read`. */
export function listTokens(request: ApiRequest): Answer {
  const { organization, caller, query, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_read");
  checkQuery(query, { once: LIST_PARAMETERS, repeated: ["filter[owned_by]"] });
  const all = caller.permissions.has("org_app_keys_read");
  const owners = ownersIn(query);
  const visible: Token[] = [];
  for (const token of organization.tokensIn(sortOf(query))) {
    if (!organization.shows(token, now) || (owners.size > 0 && !owners.has(token.owner.id))) continue;
    if (all || token.owner.id === caller.owner.id) visible.push(token);
  }
  return jsonApi(200, tokenList(visible, request));
}

/** `GET /api/v2/personal_access_tokens/{token_id}`: shows a service account's token too, unless it is to be strict. */
export function getToken(request: ApiRequest): Answer {
  const { organization, caller, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_read");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  const hidden = organization.behaviour.strictServiceTokens && !isPersonal(token);
  if (token === undefined || hidden || !organization.shows(token, now)) throw noSuchToken();
  demandForOthers(caller, token, "org_app_keys_read");
  return show(request, token);
}

/** `POST /api/v2/personal_access_tokens`: a token of the caller's own. */
export function createToken(request: ApiRequest): Answer {
  const { caller } = request;
  demand(caller, "user_app_keys");
  if (caller.owner.type !== "users") throw new Refusal(403, "a service account has no personal access tokens");
  return create(request, caller.owner);
}

/** `PATCH /api/v2/personal_access_tokens/{token_id}`: name and scopes. */
export function updateToken(request: ApiRequest): Answer {
  const { organization, caller, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_write");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  if (!isPersonal(token) || !organization.shows(token, now)) throw noSuchToken();
  demandForOthers(caller, token, "org_app_keys_write");
  return update(request, token);
}

/** `DELETE /api/v2/personal_access_tokens/{token_id}` */
export function revokeToken(request: ApiRequest): Answer {
  const { organization, caller, now } = request;
  demand(caller, "user_app_keys", "org_app_keys_write");
  const token = organization.tokens.get(uuidOf(request, "token_id"));
  if (!isPersonal(token) || !organization.acceptsRevocation(token, now)) throw noSuchToken();
  demandForOthers(caller, token, "org_app_keys_write");
  return revoke(request, token);
}

/** `filter[owned_by]` stands once for each owner whose tokens are wanted. */
function ownersIn(query: URLSearchParams): ReadonlySet<string> {
  const owners = query.getAll("filter[owned_by]").map((owner) => owner.toLowerCase());
  if (!owners.every(isUuid)) throw invalidParameter("filter[owned_by]", 'type "uuid"');
  return new Set(owners);
}

/**
 * Whether this path can change the token. Of service accounts' tokens that is not known of Datadog; the simulator does
 * not find them, so that nobody comes to rely on it.
 */
function isPersonal(token: Token | undefined): token is Token {
  return token?.owner.type === "users";
}
