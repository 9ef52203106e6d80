import { type Answer, jsonApi } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import type { Account, Token } from "./organization";
import type { Permission } from "./permissionNames";
import { demand } from "./permissions";
import { create, noSuchAccount, noSuchToken, revoke, show, update } from "./tokenActions";
import { checkListQuery, sortOf, tokenList } from "./tokenList";

/**
 * What this path asks for: Datadog's specification says `service_account_write`, the documentation's page on service
 * access tokens says the organization-wide permissions for application keys. Either will do here.
 */
const TO_SEE: readonly Permission[] = ["service_account_write", "org_app_keys_read"];
const TO_CHANGE: readonly Permission[] = ["service_account_write", "org_app_keys_write"];

/** `GET /api/v2/service_accounts/{service_account_id}/access_tokens`; it has no `filter[owned_by]`. */
export function listTokens(request: ApiRequest): Answer {
  const { organization, query, now } = request;
  const owner = serviceAccountOf(request, TO_SEE);
  checkListQuery(query);
  const tokens = [...organization.tokensIn(sortOf(query))];
  const visible = tokens.filter((token) => token.owner === owner && organization.shows(token, now));
  return jsonApi(200, tokenList(visible, request));
}

/** `GET /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}` */
export function getToken(request: ApiRequest): Answer {
  return show(request, shownTokenOf(request, TO_SEE));
}

/** `POST /api/v2/service_accounts/{service_account_id}/access_tokens` */
export function createToken(request: ApiRequest): Answer {
  return create(request, serviceAccountOf(request, TO_CHANGE));
}

/** `PATCH /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}`: name and scopes. */
export function updateToken(request: ApiRequest): Answer {
  return update(request, shownTokenOf(request, TO_CHANGE));
}

/** `DELETE /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}` */
export function revokeToken(request: ApiRequest): Answer {
  const token = tokenOf(request, TO_CHANGE);
  if (!request.organization.acceptsRevocation(token, request.now)) throw noSuchToken();
  return revoke(request, token);
}

/** The account in the path. */
function serviceAccountOf(request: ApiRequest, anyOf: readonly Permission[]): Account {
  demand(request.caller, ...anyOf);
  const account = request.organization.accounts.get(uuidOf(request, "service_account_id"));
  if (account?.type !== "service_account") throw noSuchAccount();
  return account;
}

/** The token in the path, alive or revoked; another account's is as good as none. */
function tokenOf(request: ApiRequest, anyOf: readonly Permission[]): Token {
  const owner = serviceAccountOf(request, anyOf);
  const token = request.organization.tokens.get(uuidOf(request, "token_id"));
  if (token?.owner !== owner) throw noSuchToken();
  return token;
}

function shownTokenOf(request: ApiRequest, anyOf: readonly Permission[]): Token {
  const token = tokenOf(request, anyOf);
  if (!request.organization.shows(token, request.now)) throw noSuchToken();
  return token;
}
