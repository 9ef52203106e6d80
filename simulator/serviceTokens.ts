import { type Answer, data } from "./answer";
import { type ApiRequest, uuidOf } from "./apiRequest";
import type { Account, Token } from "./organization";
import { demand } from "./permissions";
import { Refusal } from "./refusal";
import { create, noSuchToken, revoke, show, update } from "./tokenActions";
import { tokenList } from "./tokenList";

/** `GET /api/v2/service_accounts/{service_account_id}/access_tokens`; it has no `filter[owned_by]`. */
export function listTokens(request: ApiRequest): Answer {
  const { organization, query, now } = request;
  const owner = serviceAccountOf(request);
  const tokens = [...organization.tokensIn(query.get("sort"))];
  const visible = tokens.filter((token) => token.owner === owner && organization.shows(token, now));
  return data(200, tokenList(visible, query));
}

/** `GET /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}` */
export function getToken(request: ApiRequest): Answer {
  return show(shownTokenOf(request));
}

/** `POST /api/v2/service_accounts/{service_account_id}/access_tokens` */
export function createToken(request: ApiRequest): Answer {
  return create(request, serviceAccountOf(request));
}

/** `PATCH /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}`: name and scopes. */
export function updateToken(request: ApiRequest): Answer {
  return update(request, shownTokenOf(request));
}

/** `DELETE /api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}` */
export function revokeToken(request: ApiRequest): Answer {
  const token = tokenOf(request);
  if (!request.organization.acceptsRevocation(token, request.now)) throw noSuchToken();
  return revoke(request, token);
}

/** The account in the path. All that lies below it asks for the same permission. */
function serviceAccountOf(request: ApiRequest): Account {
  demand(request.caller, "service_account_write");
  const account = request.organization.accounts.get(uuidOf(request, "service_account_id"));
  if (account?.type !== "service_account") throw new Refusal(404, "there is no such service account");
  return account;
}

/** The token in the path, alive or revoked; another account's is as good as none. */
function tokenOf(request: ApiRequest): Token {
  const owner = serviceAccountOf(request);
  const token = request.organization.tokens.get(uuidOf(request, "token_id"));
  if (token?.owner !== owner) throw noSuchToken();
  return token;
}

function shownTokenOf(request: ApiRequest): Token {
  const token = tokenOf(request);
  if (!request.organization.shows(token, request.now)) throw noSuchToken();
  return token;
}
